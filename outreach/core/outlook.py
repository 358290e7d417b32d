"""The outlook from a place in a walk: when each of those who wait could come next, and whether it shows that not all
of them can."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from outreach.core.room import LATE, PAST, Kind, Wish
from outreach.core.walk import Walk

#: Who waits in a row: the earliest moment of any, how far the last lies behind the first at least, and its place among
#: all that are unanswered; then the row's gaps.
_Column = list[Any]
#: From when on one more of a kind fits, and when it opens then (PAST until somebody asks); how far it reaches; its
#: column; whether nothing of others' stands in its way.
_View = list[Any]


class Outlook(Walk):
    """A walk that looks ahead. `group` are all that it will ever be asked about."""

    def __init__(self, group: Sequence[Wish]) -> None:
        super().__init__()
        self._rooms = list(dict.fromkeys(room for x in group for room in x.kind.takes))
        self._rows = list(dict.fromkeys(row for x in group for row in x.kind.rows))
        rooms, rows = ({one: n for n, one in enumerate(some)} for some in (self._rooms, self._rows))
        self._waits_in = {
            kind: ([rooms[room] for room in kind.own if room in rooms], rows.get(kind.row))
            for kind in {x.kind for x in group}
        }

    def _moments(self, todo: list[Wish], now: int) -> tuple[list[int], int] | None:
        """The earliest moment of each, LATE for one whose turn can't be next, and before when whoever is next must
        come; None when not all have a place."""
        moments, over = [], LATE
        columns = [[LATE, 0, len(row.times) - 1, row.gaps] for row in self._rows]
        views: dict[Kind, _View] = {}
        for x in todo:
            kind = x.kind
            view = views.get(kind)
            if view is None:
                free, place = max(now, self.free(kind)), self._waits_in[kind][1]
                column = columns[place] if place is not None else None
                view = views[kind] = [free, PAST, self.reach(kind), column, not kind.foreign]
            free, t, reach, column, plain = view
            if free <= x.wish:
                t = x.opened
            elif t == PAST:
                view[1] = t = kind.opens(free)
            if t >= over:
                moments.append(LATE)
            else:
                if x.fixed or not plain:
                    t = self.earliest(x, max(free, x.wish))
                moments.append(t)
                if t + reach < over:
                    over = t + reach
            if t > x.end or (column and not _in_line(column, t, x.end)):
                return None
        return (moments, over) if self._all_hold(todo, moments, views) else None

    def _all_hold(self, todo: list[Wish], moments: list[int], views: dict[Kind, _View]) -> bool:
        """Whether the rooms can hold as many as are waiting for them, each behind all that end earlier."""
        queues: list[list[Any]] = [[LATE, 0, room.times, room.most, room.per] for room in self._rooms]
        for x, t in zip(todo, moments, strict=True):
            if t == LATE:
                view = views[x.kind]
                t = x.opened if view[0] <= x.wish else view[1]
            for n in self._waits_in[x.kind][0]:
                queue = queues[n]
                first, many, times, most, per = queue
                if t < first:
                    queue[0] = first = t
                if many:  # the first one of all has asked for its room already
                    if many < most:
                        free = times[many - most] + per
                        if free < first:
                            free = first
                    else:
                        rounds, place = divmod(many, most)
                        free = times[place - most] + per
                        free = (free if free > first else first) + rounds * per
                    if free > x.end:
                        return False
                queue[1] = many + 1
        return True


def _in_line(column: _Column, since: int, end: int) -> bool:
    """The same for a row."""
    first, width, place, gaps = column
    if since < first:
        column[0] = first = since
    if first + width > end:
        return False
    column[2] = place = place + 1
    column[1] = width + gaps[place]
    return True


def by_end(x: Wish) -> tuple[int, int]:
    """Who ends first comes first."""
    return x.end, x.rank

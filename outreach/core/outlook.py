"""The outlook from a place in a walk: when each of those who wait could come next, and whether it shows that not all
of them can."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, Final

from outreach.core.room import LATE, PAST, Kind, Wish
from outreach.core.walk import Walk

#: Who waits in a row: the earliest moment of any, how far the last lies behind the first at least, and its place among
#: all that are unanswered; then the row's gaps.
_Column = list[Any]
#: From when on one more of a kind fits, and when it opens then (PAST until somebody asks); how far it reaches; its
#: column; whether nothing of others' stands in its way.
_View = list[Any]
#: What `Outlook` sees: the earliest moment of each, and before when whoever is next must come.
Looked = tuple[list[int], int]


class Outlook(Walk):
    """A walk that looks ahead. `group` are all that it will ever be asked about."""

    def __init__(self, group: Sequence[Wish]) -> None:
        super().__init__()
        kinds = dict.fromkeys([x.kind for x in group])
        self._rooms = list(dict.fromkeys([room for kind in kinds for room in kind.takes]))
        self._rows = list(dict.fromkeys([row for kind in kinds for row in kind.rows]))
        rooms, rows = ({one: n for n, one in enumerate(some)} for some in (self._rooms, self._rows))
        self._waits_in = {
            kind: ([rooms[room] for room in kind.own if room in rooms], rows.get(kind.row)) for kind in kinds
        }

    def _moments(self, todo: list[Wish], now: int) -> Looked | None:
        """The earliest moment of each (or one before it, where its turn can't be next), and before when whoever is next
        must come; None when not all have a place."""
        moments, over, long = [], LATE, self._rows_are_long()
        columns = [[LATE, 0, len(row.times) - 1, row.gaps] for row in self._rows]
        views: dict[Kind, _View] = {}
        for x in todo:
            kind = x.kind
            view = views.get(kind)
            if view is None:
                place = self._waits_in[kind][1]
                column = columns[place] if place is not None else None
                reach = kind.reach if long else self.reach(kind)
                view = views[kind] = [self.free(kind, now), PAST, reach, column, not kind.foreign]
            free, t, reach, column, plain = view
            if free <= x.wish:
                t = x.opened
            elif t == PAST:
                view[1] = t = kind.opens(free)
            if t < over:
                if x.fixed or not plain:
                    t = self.earliest(x, max(free, x.wish))
                if t + reach < over:
                    over = t + reach
            if t > x.end or (column and not _in_line(column, t, x.end)):
                return None
            moments.append(t)
        return (moments, over) if long or self._all_hold(todo, moments) else None

    def _rows_are_long(self) -> bool:
        """Whether all gaps behind are at their longest: then rows ask for more than rooms do, nearly always."""
        return bool(self._rows) and all([len(row.times) > row.longest for row in self._rows])

    def _all_hold(self, todo: list[Wish], moments: list[int]) -> bool:
        """Whether the rooms can hold as many as are waiting for them, each behind all that end earlier."""
        count, end, full = len(todo), todo[0].end, False
        queues: list[list[Any] | None] = []
        for room in self._rooms:
            most = room.most
            if count > most or room.times[count - 1 - most] + room.per > end:
                queues.append([LATE, 0, room.times, most, room.per])
                full = True
            else:
                queues.append(None)
        if not full:
            return True
        for x, t in zip(todo, moments, strict=True):
            for n in self._waits_in[x.kind][0]:
                queue = queues[n]
                if queue is None:
                    continue
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


#: Who ends first comes first.
by_end: Final[Callable[[Wish], Any]] = attrgetter("end", "rank")

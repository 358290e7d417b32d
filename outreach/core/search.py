"""A search for arrangements that keep the cadence: exact, and made of one idea.

In a given order of time, each wish at the earliest moment that those before it leave is at least as good as any other
choice: every limit looks back, so whoever comes earlier is out of the others' way earlier. So only orders are searched,
never moments. Whether a contact may come *before* one that stands already, the later one says when its turn comes. The
same holds of a back-off: how many unanswered contacts lie before one, and so the gap it needs, is told by the order.

Orders are left out where they can't be better: who would start only when another's reach is over lets that one go
first (with a back-off only once its gaps are at their longest: until then each one more makes all gaps behind it
longer); of two of the same kind the one that ends first goes first; what failed fails again when no room was free
earlier, and no fewer were unanswered; and where more are waiting for a room, or in a row, than it can hold until the
last of them ends, none of it is tried.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import le
from typing import Any

from outreach.core.room import LATE, PAST, Kind, Line, Wish
from outreach.core.walk import Walk

#: Fewer than this are tried faster than looked up.
FEW = 4

#: Who waits for a room: the earliest moment of any and how many they are; then the room's times, `most` and `per`.
_Queue = list[Any]
#: Who waits in a row: the earliest moment of any, how far the last lies behind the first at least, and its place among
#: all that are unanswered; then the row's gaps, and the place from which on they are the longest.
_Column = list[Any]


class Search(Walk):
    """A walk that looks for an order in which all have a place.

    `group` are all that it will ever be asked about; `steps` bounds how many moments it gives, in all its searches.
    """

    def __init__(self, group: Sequence[Wish], steps: int = LATE) -> None:
        super().__init__()
        self.steps = steps
        self._rooms = list(dict.fromkeys(room for x in group for room in x.kind.takes))
        self._rows = list(dict.fromkeys(row for x in group for row in x.kind.rows))
        rooms, rows = ({one: n for n, one in enumerate(some)} for some in (self._rooms, self._rows))
        self._waits_in = {
            kind: ([rooms[room] for room in kind.own if room in rooms], rows.get(kind.row))
            for kind in {x.kind for x in group}
        }
        self._fixed = any(x.fixed for x in group)
        others = {(id(room), -1): (room, -1) for x in group for room in x.kind.foreign}
        anyway = {(id(room), x.rank): (room, x.rank) for x in group if x.fixed for room in x.kind.takes}
        self._watched = list((others | anyway).values())
        self._failed: dict[frozenset[Wish], list[tuple[int, ...]]] = {}

    def hopeless(self, todo: Sequence[Wish]) -> bool:
        """Whether it shows at once that not all of these can have their place."""
        return self._moments(sorted(todo, key=_by_end), PAST) is None

    def fits(self, todo: Sequence[Wish]) -> Line | None:
        """An arrangement in which all of these have their place; None when there is none, or no more steps are left."""
        line = list(self.line) if self._complete(sorted(todo, key=_by_end), PAST) else None
        self.back_to(0)
        return line

    def loosened(self, x: Wish) -> None:
        """The bounds of `x` are no longer as narrow as they were: what failed before it had its moment may do now."""
        self._failed = {left: failed for left, failed in self._failed.items() if x not in left}

    def _complete(self, todo: list[Wish], now: int) -> bool:
        """Give all of these, in order of their ends, a moment from now on."""
        if not todo:
            return True
        if len(todo) == 1:
            return self._last(todo[0], now)
        found = self._moments(todo, now)
        if found is None:
            return False
        moments, over = found
        failed: list[tuple[int, ...]] = []
        state: tuple[int, ...] = ()
        if len(todo) >= FEW:
            failed, state = self._failed.setdefault(frozenset(todo), []), self._state(now)
            for known in failed:
                if all(map(le, known, state)):
                    return False
        for place, x in self._next(todo, moments, over):
            if self.steps <= 0:
                return False
            self.steps -= 1
            self.push(moments[place], x)
            if self._complete(todo[:place] + todo[place + 1 :], moments[place]):
                return True
            self.back_to(len(self.line) - 1)
        failed.append(state)
        return False

    def _last(self, x: Wish, now: int) -> bool:
        """Give the only one that is left its moment."""
        t = self.earliest(x, now)
        if t > x.end or self.steps <= 0:
            return False
        self.steps -= 1
        self.push(t, x)
        return True

    def _moments(self, todo: list[Wish], now: int) -> tuple[list[int], int] | None:
        """The earliest moment of each, LATE for one whose turn can't be next, and before when whoever is next must
        come; None when not all have a place."""
        moments, over = [], LATE
        queues = [[LATE, 0, room.times, room.most, room.per] for room in self._rooms]
        columns = [[LATE, 0, row.count, row.gaps, len(row.gaps) - 1] for row in self._rows]
        views: dict[Kind, tuple[int, int, list[_Queue], _Column | None]] = {}
        for x in todo:
            kind, end = x.kind, x.end
            view = views.get(kind)
            if view is None:
                rooms, place = self._waits_in[kind]
                own, column = [queues[n] for n in rooms], columns[place] if place is not None else None
                view = views[kind] = max(now, self.free(kind)), self.reach(kind), own, column
            since, reach, own, column = view
            if since < x.wish:
                since = x.wish
            if since >= over:
                moments.append(LATE)
            else:
                since = self.earliest(x, since) if kind.foreign or x.fixed else kind.opens(since)
                moments.append(since)
                if since + reach < over:
                    over = since + reach
            if since > end or not _holds(own, since, end) or (column and not _in_line(column, since, end)):
                return None
        return moments, over

    def _next(self, todo: list[Wish], moments: list[int], over: int) -> list[tuple[int, Wish]]:
        """Who of them may be next, and where it stands among them."""
        found = [(place, x) for place, x in enumerate(todo) if moments[place] < over]
        if self._fixed:
            first = min([(moments[place], -x.rank) for place, x in found if x.fixed], default=(LATE, 0))
            return [(place, x) for place, x in found if (moments[place], -x.rank if x.fixed else 2) <= first]
        if len(found) == 1:
            return found
        tried: dict[Kind, int] = {}
        alone = []
        for place, x in found:
            t = moments[place]
            if t < tried.get(x.kind, LATE):
                tried[x.kind] = t
                alone.append((place, x))
        return alone

    def _state(self, now: int) -> tuple[int, ...]:
        """What the walk leaves to those who come: the smaller, the better."""
        left = [now, *[max(now, t + room.per) for room in self._rooms for t in room.times[-room.most :]]]
        for row in self._rows:
            left += row.count, max(now, row.free), self._waits(row)
        for room, rank in self._watched:
            left.append(self._last_of(room, PAST, rank) or PAST)
        return tuple(left)


def _holds(own: Sequence[_Queue], since: int, end: int) -> bool:
    """Whether each of these rooms can hold one more, not before `since` and not after `end`, behind all that wait for
    it and end earlier."""
    for queue in own:
        first, many, times, most, per = queue
        if since < first:
            queue[0] = first = since
        if many:  # the first one of all has asked for its room already
            if many < most:
                free = times[many - most] + per
                if free < first:
                    free = first
            else:
                rounds, place = divmod(many, most)
                free = times[place - most] + per
                free = (free if free > first else first) + rounds * per
            if free > end:
                return False
        queue[1] = many + 1
    return True


def _in_line(column: _Column, since: int, end: int) -> bool:
    """The same for a row."""
    first, width, place, gaps, last = column
    if since < first:
        column[0] = first = since
    if first + width > end:
        return False
    column[2] = place = place + 1
    column[1] = width + gaps[place if place < last else last]
    return True


def _by_end(x: Wish) -> tuple[int, int]:
    return x.end, x.rank

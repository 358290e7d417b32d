"""A search for arrangements that keep the cadence: exact, and made of one idea.

In a given order of time, each wish at the earliest moment that those before it leave is at least as good as any other
choice: every limit looks back, so whoever comes earlier is out of the others' way earlier. So only orders are searched,
never moments. Whether a contact may come *before* one that stands already, the later one says when its turn comes. The
same holds of a back-off: how many unanswered contacts lie before one, and so the gap it needs, is told by the order.

Orders are left out where they can't be better: who would start only when another's reach is over lets that one go
first (with a back-off only once its gaps are at their longest: until then each one more makes all gaps behind it
longer); of two of the same kind the one that ends first goes first; nobody goes first who makes the one that ends first
too late; what failed fails again when no room was free earlier, and no fewer were unanswered; and where more are
waiting for a room, or in a row, than it can hold until the last of them ends, none of it is tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import le

from outreach.core.crowding import crowded, delayed
from outreach.core.outlook import Outlook, by_end
from outreach.core.room import LATE, PAST, Kind, Line, Room, Row, Wish

#: Fewer than this are tried faster than looked up.
FEW = 10
#: In microseconds, one and a half of the longest gaps of a common cadence: what is farther away matters little.
NEAR = 240 * 3600 * 10**6


class Search(Outlook):
    """A walk that looks for an order in which all have a place.

    `group` are all that it will ever be asked about; `steps` bounds how many moments it gives, in all its searches.
    """

    def __init__(self, group: Sequence[Wish], steps: int = LATE) -> None:
        super().__init__(group)
        self.steps = steps
        self._fixed = any(x.fixed for x in group)
        kinds = {x.kind for x in group}
        self._since = {kind: self.free(kind) for kind in kinds}
        self._common = {row: _common(row, kinds) for row in self._rows}
        others = {(id(room), -1): (room, -1) for x in group for room in x.kind.foreign}
        anyway = {(id(room), x.rank): (room, x.rank) for x in group if x.fixed for room in x.kind.takes}
        self._watched = list((others | anyway).values())
        self._failed: dict[frozenset[Wish], list[tuple[int, ...]]] = {}

    def fits(self, todo: Sequence[Wish], x: Wish, others: Line) -> Line | None:
        """An arrangement in which all of these have their place; None when there is none, or no more steps are left.

        `x` is the one of them that is new, or has new bounds; `others` is how the rest could stand."""
        todo = sorted(todo, key=by_end)
        near = [y for y in todo if y.end >= x.wish - NEAR and y.wish <= x.end + NEAR]
        before = self._before(near, todo)
        if any(row is x.kind.row and crowded(x, near, self._since, self._common[row], before[row]) for row in before):
            return None
        line = self.squeezed(x, others)
        if line is None and (len(near) == len(todo) or self._can_stand(near, before)) and not self._delays(x, todo):
            line = list(self.line) if self._complete(todo, PAST) else None
            self.back_to(0)
        return line

    def _delays(self, x: Wish, todo: Sequence[Wish]) -> bool:
        """Whether `x`, being where it must be, makes the row too long for those behind it."""
        row = x.kind.row
        if row is None or len(row.times) > row.longest:
            return False
        return delayed(x, todo, self._since, self._common[row])

    def _before(self, near: Sequence[Wish], todo: Sequence[Wish]) -> dict[Row, int]:
        """How many stand in each row before all of those that are near, whatever their moments."""
        first = min([y.wish for y in near])
        earlier = [y.kind.rows for y in todo if y.end < first]
        return {row: sum([row in rows for rows in earlier]) for row in self._rows}

    def _can_stand(self, near: list[Wish], before: Mapping[Row, int]) -> bool:
        """Whether these could have their places if there were nobody else but those `before` them, who stand in the
        rows at some moment long past; yes when no steps are left to tell."""
        saved, self._failed = self._failed, {}
        for row, many in before.items():
            row.times[:0] = [PAST] * many
        found = self._complete(near, PAST)
        self.back_to(0)
        for row, many in before.items():
            del row.times[:many]
        self._failed = saved
        return found or self.steps <= 0

    def loosened(self, x: Wish) -> None:
        """The bounds of `x` are no longer as narrow as they were: what failed before it had its moment may do now."""
        if self._failed:
            self._failed = {left: failed for left, failed in self._failed.items() if x not in left}

    def forget(self) -> None:
        """Bounds are as wide as they were again."""
        self._failed = {}

    def _complete(self, todo: list[Wish], now: int) -> bool:
        """Give all of these, in order of their ends, a moment from now on."""
        if not todo:
            return True
        if len(todo) == 1:
            return self._last(todo[0], now)
        if len(todo) == 2 and not (todo[0].fixed or todo[1].fixed):
            return self._both(todo[0], todo[1], now) or self._both(todo[1], todo[0], now)
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
            self.pop()
        failed.append(state)
        return False

    def _both(self, x: Wish, y: Wish, now: int) -> bool:
        """Give these two their moments, in this order."""
        t = self.earliest(x, now)
        if t > x.end or t > y.end or self.steps <= 0:
            return False
        self.steps -= 1
        self.push(t, x)
        if self._last(y, t):
            return True
        self.pop()
        return False

    def _last(self, x: Wish, now: int) -> bool:
        """Give the only one that is left its moment."""
        t = self.earliest(x, now)
        if t > x.end or self.steps <= 0:
            return False
        self.steps -= 1
        self.push(t, x)
        return True

    def _next(self, todo: list[Wish], moments: list[int], over: int) -> list[tuple[int, Wish]]:
        """Who of them may be next, and where it stands among them."""
        found = [(place, x) for place, x in enumerate(todo) if moments[place] < over]
        if len(found) > 1:
            found = self._in_time(found, moments, todo[0])
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

    def _in_time(self, found: list[tuple[int, Wish]], moments: list[int], first: Wish) -> list[tuple[int, Wish]]:
        """Those of them behind whom the one that ends first isn't too late."""
        row, end = first.kind.row, first.end
        if row is None:
            return [(place, x) for place, x in found if moments[place] <= end or x is first]
        soon = end - row.gaps[len(row.times)]
        return [
            (place, x)
            for place, x in found
            if (t := moments[place]) <= soon or x is first or (t <= end and row not in x.kind.rows)
        ]

    def _state(self, now: int) -> tuple[int, ...]:
        """What the walk leaves to those who come: the smaller, the better."""
        left = [now, *[max(now, t + room.per) for room in self._rooms for t in room.times[-room.most :]]]
        for row in self._rows:
            left += min(len(row.times) - 1, row.longest), max(now, row.free), self._waits(row)
        for room, rank in self._watched:
            left.append(self._last_of(room, PAST, rank) or PAST)
        return tuple(left)


def _common(row: Row, kinds: Iterable[Kind]) -> list[Room]:
    """The rooms in which all that wait in this row must find a place, but for those that ask for less than its gaps."""
    waiting = [kind for kind in kinds if kind.row is row]
    rooms = waiting[0].own if waiting else []
    return [room for room in rooms if room.per > row.gaps[0] and all([room in kind.own for kind in waiting])]

"""Keeping: which of some follow-ups are kept, and when each takes place.

The best arrangement keeps the most important follow-up, then the second, and so on; among those that keep the same, the
most important is nearest to its wish, then the second, and so on. To take turns, the most important first, each at the
earliest moment that leaves the others where they are, is the best as long as nobody is lost by it. Where somebody
would be, `Search.fits` is asked whether all could be kept; and if so, how near to its wish each can be all the same.

Work is bounded: up to EXACT follow-ups in each other's way are arranged exactly, whatever the cadence has in it, caps,
laws and back-off. A bigger group has STEPS steps, which is nearly always enough; once they are used up the rest take
turns, each where it fits beside those that have their places. As turns come first, it never keeps less than turns
would.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence

from outreach.core.crowding import not_before
from outreach.core.room import LATE, PAST, Line, Room, Wish
from outreach.core.search import Search
from outreach.core.walk import by_moment

_NONE = (0, LATE, PAST)
EXACT = 12
STEPS = 2000


class Keeping:
    """A group of follow-ups in each other's way: those of them that are `kept` so far stand on the `line`."""

    def __init__(self, group: Sequence[Wish]) -> None:
        self.search = Search(group, LATE if len(group) <= EXACT else STEPS)
        self.kept = [x for x in group if x.fixed]
        self._used: dict[Room, tuple[int, int, int]] = {}
        self.line: Line = sorted(((x.first, x) for x in self.kept), key=by_moment)
        self._nearest = True

    def keep(self, x: Wish) -> bool:
        """Keep `x` too, if that is possible without losing any that is kept."""
        if self._full(x):
            return False
        line = self.search.beside(x, self.line)
        if line is None and not_before(x, self.kept) <= x.end:
            line = self.search.fits([*self.kept, x], x, self.line)
            self._nearest = self._nearest and line is None
        if line is not None:
            self.line = line
            self._enter(x)
        return line is not None

    def _full(self, x: Wish) -> bool:
        """Whether one of the rooms of `x` has as many as it can hold, wherever in their bounds they are."""
        wish, end, used = x.wish, x.end, self._used
        for room in x.kind.own:
            many, since, until = used.get(room, _NONE)
            over = (until if until > end else end) - room.per
            if wish > over and since > over and (many >= room.most or room.times[many - room.most] > over):
                return True
        return False

    def _enter(self, x: Wish) -> None:
        self.kept.append(x)
        wish, end, used = x.wish, x.end, self._used
        for room in x.kind.takes:
            many, since, until = used.get(room, _NONE)
            used[room] = many + 1, wish if wish < since else since, end if end > until else until

    def narrow(self, x: Wish, wish: int, end: int) -> bool:
        """Let one that is kept take place between these two only, if that is possible without losing any."""
        before = x.wish, x.end
        x.within(wish, end)
        if wish <= self.moment(x) <= end:
            return True
        others = [(at, y) for at, y in self.line if y is not x]
        line = self.search.fits(self.kept, x, others)
        if line is None:
            x.within(*before)
            self.search.loosened(x)
            return False
        self.line, self._nearest = line, False
        return True

    def moment(self, x: Wish) -> int:
        """When `x`, which is kept, takes place."""
        return _moment(x, self.line)

    def settle(self) -> Line:
        """Bring all that are kept as near to their wishes as possible, the most important first."""
        if self._nearest:
            return self.line
        self._nearest = True
        bounds = [(x, x.wish, x.end, x.opened) for x in self.kept]
        pinned: Line = [(t, x) for t, x in self.line if x.fixed]
        for x in sorted(self.kept, key=by_rank):
            if not x.fixed:
                t = self._nearest_to(x, pinned)
                x.wish = x.end = x.opened = t
                insort(pinned, (t, x), key=by_moment)
        for x, wish, end, opened in bounds:
            x.wish, x.end, x.opened = wish, end, opened
        self.search.forget()
        return self.line

    def _nearest_to(self, x: Wish, pinned: Line) -> int:
        """The earliest moment of `x` at which all can be kept, these at theirs."""
        t = best = self.moment(x)
        if t != x.opened and not_before(x, self.kept) < t:
            best = _moment(x, self.search.beside(x, pinned) or self.line)
        while best < t:
            x.end = t - 1
            others = [(at, y) for at, y in self.line if y is not x]
            line = self.search.fits(self.kept, x, others)
            if line is None:
                self.search.loosened(x)
                break
            self.line, t = line, _moment(x, line)
        return t


def by_rank(x: Wish) -> int:
    """The most important first."""
    return x.rank


def _moment(x: Wish, line: Line) -> int:
    return next(t for t, y in line if y is x)

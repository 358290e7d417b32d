"""A walk through time, along which wishes are given moments; and what can be told without a search."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from operator import itemgetter

from outreach.core.room import LATE, PAST, Kind, Line, Room, Row, Wish


class Walk:
    """Wishes are given moments, none before the last, and can be taken back."""

    def __init__(self) -> None:
        self.line: Line = []

    def push(self, t: int, x: Wish) -> None:
        """`x` takes place at `t`."""
        for times in x.kind.books:
            times.append(t)
        self.line.append((t, x))

    def push_all(self, line: Line) -> None:
        """These take place behind all that did, in their order."""
        for t, x in line:
            for times in x.kind.books:
                times.append(t)
        self.line += line

    def pop(self) -> None:
        """Take back the last that was pushed."""
        for times in self.line.pop()[1].kind.books:
            times.pop()

    def back_to(self, length: int) -> None:
        """Take back what was pushed since the walk had this length."""
        line = self.line
        while len(line) > length:
            for times in line.pop()[1].kind.books:
                times.pop()

    def earliest(self, x: Wish, t: int) -> int:
        """The first moment from `t` on at which `x` may take place behind all that did; LATE when there is none."""
        if x.fixed:
            return x.wish if t <= x.wish and not self._hurts(x) else LATE
        kind = x.kind
        t = self.free(kind, t)
        t = x.opened if t <= x.wish else kind.opens(t)
        return self._past_others(x, t) if kind.foreign else t

    def free(self, kind: Kind, t: int = PAST) -> int:
        """From when on, but not before `t`, one more of this kind fits behind all that have their places."""
        for times, back, per in kind.needs:
            free = times[back] + per
            if free > t:
                t = free
        for row in kind.rows:
            if row is kind.row or self._waits(row):
                times = row.times
                free = times[-1] + row.gaps[len(times) - 1]
                if free > t:
                    t = free
        return t

    def reach(self, kind: Kind) -> int:
        """Beyond this it is in nobody's way, from where the walk is: LATE while it makes all gaps behind it longer."""
        for row in kind.rows:
            if len(row.times) < row.longest:
                return LATE
        return kind.reach

    def _waits(self, row: Row) -> bool:
        """Whether somebody who has to obey this row stands in it."""
        return any(x.kind.row is row for _, x in self.line)

    def _past_others(self, x: Wish, t: int) -> int:
        """The first moment from `t` on at which `x` takes nobody's place in a view that isn't its own."""
        while t < LATE:
            later = t
            for room in x.kind.foreign:
                if room.free > t and (last := self._last_of(room, t - room.per)) is not None:
                    later = max(later, min(room.free, last + room.per))
            if later == t:
                return t
            t = x.kind.opens(later)
        return t

    def _last_of(self, room: Room, since: int, rank: int = -1) -> int | None:
        """When, after `since`, one took place who looks at this room and is ranked behind `rank`."""
        return next((t for t, x in reversed(self.line) if t > since and x.rank > rank and room in x.kind.own), None)

    def _hurts(self, x: Wish) -> bool:
        """Whether `x`, which goes anyway, would find a less important one before it that had to keep away, or a law's
        place taken."""
        return self.free(x.kind) > x.wish or any(
            room.free > x.wish and self._last_of(room, x.wish - room.per, x.rank) is not None for room in x.kind.takes
        )

    def apart(self, wishes: Sequence[Wish]) -> Line | None:
        """All of them where each would stand if it were alone; None when they are in each other's way."""
        line = sorted(((x.first, x) for x in wishes), key=by_moment)
        for t, x in line:
            if self.earliest(x, t) != t:
                self.back_to(0)
                return None
            self.push(t, x)
        self.back_to(0)
        return line

    def beside(self, x: Wish, line: Line) -> Line | None:
        """`line` with `x` in it at the earliest moment that leaves all others where they are; None if there is none."""
        found, t, many = None, max(x.first, x.wish), len(line)
        first = bisect_left(line, t, key=_moment)
        self.push_all(line[:first])
        for place in range(first, many + 1):
            if place == many or line[place][0] >= t:
                t = self.earliest(x, t)
                if t > x.end:
                    break
                if place == many or self._leaves(x, t, line, place):
                    found = [*line[:place], (t, x), *line[place:]]
                    break
                t = max(t, line[place][0])
            self.push(*line[place])
        self.back_to(0)
        return found

    def squeezed(self, x: Wish, line: Line) -> Line | None:
        """`line` with `x` somewhere in it, the others in their order behind it; None when that can't be."""
        found, now, many, first = None, PAST, len(line), 0
        while first < many and line[first][1].end < x.opened:  # these can't be behind it
            now = line[first][0]
            first += 1
        self.push_all(line[:first])
        for place in range(first, many + 1):
            if place < many and line[place][1].end < x.opened:  # this one neither
                now = line[place][0]
                self.push(*line[place])
                continue
            t = self.earliest(x, now)
            if t > x.end:
                break
            if place == len(line) or t <= line[place][1].end:
                self.push(t, x)
                if self._follow(line[place:]):
                    found = list(self.line)
                    break
                self.back_to(place)
            if place < len(line):
                now = line[place][0]
                self.push(*line[place])
        self.back_to(0)
        return found

    def _follow(self, line: Line) -> bool:
        """Push all of these in their order, each as early as that leaves it."""
        now, last = self.line[-1]
        for _, x in line:
            t = self.earliest(x, now)
            if t > x.end or (x.fixed and t == now and not last.fixed):
                return False
            self.push(t, x)
            now, last = t, x
        return True

    def _leaves(self, x: Wish, t: int, line: Line, place: int) -> bool:
        """Whether all from `place` on may stay where they are when `x` comes before them at `t`."""
        at, z = line[place]
        if at < t or (at == t and z.fixed):
            return False
        length, stay, reach = len(self.line), True, self.reach(x.kind)
        self.push(t, x)
        for at, z in line[place:]:
            if at - t >= reach:
                break
            if not self._may_stay(z, at):
                stay = False
                break
            self.push(at, z)
        self.back_to(length)
        return stay

    def _may_stay(self, x: Wish, t: int) -> bool:
        """Whether `x`, for whom `t` was found, finds it still behind all that have their places."""
        if x.fixed or x.kind.foreign:
            return self.earliest(x, t) == t
        return self.free(x.kind) <= t


_moment = itemgetter(0)


def by_moment(placed: tuple[int, Wish]) -> tuple[int, bool, int]:
    """In order of time; what goes anyway comes before others of that moment, the most important last."""
    t, x = placed
    return t, not x.fixed, -x.rank

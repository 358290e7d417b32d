"""Crowding: whether too many must stand in one row between two moments. A proof without a search."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from outreach.core.room import Kind, Room, Row, Wish

#: Who must stand in the row: from when on each may, and its end; in order of their ends.
_Waiting = list[tuple[int, int]]


def crowded(x: Wish, todo: Sequence[Wish], free: Callable[[Kind], int]) -> bool:
    """Whether the row of `x` is too short for those of `todo` that must stand in it with `x`: for every moment, those
    who can't come before it stand behind it, the one that ends first in front, each as soon as the row and the rooms
    that all of them share may allow it. If that is too late for one of them, so is everything else.

    `free` tells from when on one more of a kind fits behind those that have their places.
    """
    row = x.kind.row
    if row is None:
        return False
    mine = sorted([y for y in todo if row in y.kind.rows], key=lambda y: y.end)
    kinds = {y.kind for y in mine}
    if any(kind.row is not row for kind in kinds):
        return False
    since = {kind: free(kind) for kind in kinds}
    waiting = [(y.opened if since[y.kind] <= y.wish else y.kind.opens(since[y.kind]), y.end) for y in mine]
    rooms = [room for room in x.kind.own if all(room in kind.own for kind in kinds)]
    queue = _Queue(row, rooms, sorted([t for t, _ in waiting]))
    latest = waiting[mine.index(x)][0]
    return any(queue.too_late(r, waiting) for r in sorted({t for t, _ in waiting if t <= latest}))


class _Queue:
    """The soonest moments in a row: of the first that stands in it, the second, and so on."""

    def __init__(self, row: Row, rooms: Sequence[Room], opened: Sequence[int]) -> None:
        self._gaps, self._count = row.gaps, len(row.times) - 1
        self._rooms = [(room.times[-room.most :], room.most, room.per) for room in rooms]
        self.soonest: list[int] = []
        for t in opened:
            self.soonest.append(self._next(self.soonest, t))

    def _next(self, line: Sequence[int], t: int) -> int:
        """The first moment from `t` on for one more behind these."""
        k = len(line)
        if k and (after := line[-1] + self._gaps[self._count + k]) > t:
            t = after
        for past, most, per in self._rooms:
            after = (past[k] if k < most else line[k - most]) + per
            if after > t:
                t = after
        return t

    def too_late(self, r: int, waiting: _Waiting) -> bool:
        """Whether one of those who can't come before `r` comes too late."""
        line = self.soonest[: sum([end < r for _, end in waiting])]
        for t, end in waiting:
            if t >= r:
                t = self._next(line, max(r, self.soonest[len(line)]))
                if t > end:
                    return True
                line.append(t)
        return False

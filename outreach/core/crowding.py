"""Crowding: whether too many must stand in one row between two moments. A proof without a search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from outreach.core.room import Kind, Room, Wish

#: Who must stand in the row: from when on each may, and its end; in order of their ends.
_Waiting = list[tuple[int, int]]
#: The latest in a room, as many as it holds; how many that are, and in which length of time.
_Limit = tuple[list[int], int, int]


def crowded(x: Wish, todo: Sequence[Wish], since: Mapping[Kind, int], rooms: Sequence[Room], before: int) -> bool:
    """Whether the row of `x` is too short for those of `todo` that must wait in it with `x`: for every moment, those
    who can't come before it stand behind it, the one that ends first in front, each as soon as the row and the rooms
    that all of them share may allow it. If that is too late for one of them, so is everything else.

    `todo` are in order of their ends; so many stand in the row `before` all of them; `since` tells from when on one
    more of a kind fits behind what took place.
    """
    row, latest = x.kind.row, 0
    assert row is not None
    waiting: _Waiting = []
    for y in todo:
        kind = y.kind
        if kind.row is row:
            free = since[kind]
            t = y.opened if free <= y.wish else kind.opens(free)
            waiting.append((t, y.end))
            if t > y.end:
                return True
            if y is x:
                latest = t
    opened = sorted([t for t, _ in waiting])
    gaps, limits = row.gaps[len(row.times) - 1 + before :], [_limit(room) for room in rooms]
    soonest: list[int] = []
    for t in opened:
        soonest.append(_next(soonest, t, gaps, limits))
    last = None
    for r in opened:
        if r > latest:
            break
        if r != last and _too_late(r, waiting, soonest, gaps, limits):
            return True
        last = r
    return False


def _limit(room: Room) -> _Limit:
    return room.times[-room.most :], room.most, room.per


def _next(line: Sequence[int], t: int, gaps: Sequence[int], limits: Sequence[_Limit]) -> int:
    """The first moment from `t` on for one more behind these."""
    k = len(line)
    if k and (after := line[-1] + gaps[k]) > t:
        t = after
    for past, most, per in limits:
        after = (past[k] if k < most else line[k - most]) + per
        if after > t:
            t = after
    return t


def _too_late(
    r: int, waiting: _Waiting, soonest: Sequence[int], gaps: Sequence[int], limits: Sequence[_Limit]
) -> bool:  # fmt: skip
    """Whether one of those who can't come before `r` comes too late. `soonest` are the moments of the first that stands
    in the row, the second, and so on, whoever they are."""
    line = [*soonest[: sum([end < r for _, end in waiting])]]
    t = max(r, soonest[len(line)])
    for since, end in waiting:
        if since >= r:
            t = _next(line, t, gaps, limits)
            if t > end:
                return True
            line.append(t)
    return False

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
    soonest = _soonest(opened, gaps, limits)
    last = None
    for r in opened:
        if r > latest:
            break
        if r != last and _too_late(r, waiting, soonest, gaps, limits):
            return True
        last = r
    return False


def not_before(x: Wish, others: Sequence[Wish]) -> int:
    """A moment before which `x` has no place in its row, with all of these in it too: those who would be too late
    behind `x` come before it, and it waits for the last of them to open, and for as many."""
    row, t = x.kind.row, x.opened
    if row is None:
        return t
    waiting = [(y.end, y.opened) for y in others if y.kind.row is row and y is not x]
    gaps, place = row.gaps, len(row.times) - 1
    while True:
        behind = t + gaps[place + 1 + sum([end < t for end, _ in waiting])]
        before = [opened for end, opened in waiting if end < behind]
        if not before or (after := max(before) + gaps[place + len(before)]) <= t or t > x.end:
            return t
        t = x.kind.opens(after)


def delayed(x: Wish, todo: Sequence[Wish], since: Mapping[Kind, int], rooms: Sequence[Room]) -> bool:
    """Whether the row of `x` is too short for those of `todo` that open behind its end, with `x` before them: every
    gap is one step longer then. They are told as `crowded` tells it."""
    row, end = x.kind.row, x.end
    assert row is not None
    waiting = [
        (y.opened if (free := since[y.kind]) <= y.wish else y.kind.opens(free), y.end)
        for y in todo
        if y.kind.row is row and y is not x
    ]
    opened = sorted([t for t, _ in waiting])
    if not opened or opened[-1] <= end:
        return False
    gaps, limits = row.gaps[len(row.times) :], [_limit(room) for room in rooms]
    soonest = _soonest(opened, gaps, limits)
    return any([_too_late(r, waiting, soonest, gaps, limits) for r in dict.fromkeys(opened) if r > end])


def _limit(room: Room) -> _Limit:
    return room.times[-room.most :], room.most, room.per


def _soonest(opened: Sequence[int], gaps: Sequence[int], limits: Sequence[_Limit]) -> list[int]:
    """The moments before which there can't be one, two, … in the row, whoever they are."""
    line: list[int] = []
    for t in opened:
        line.append(_next(line, t, gaps, limits))
    return line


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

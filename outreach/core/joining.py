"""The best arrangement of a customer's wishes, those that may join another one included.

One that may join, and can't have its own moment beside the more important ones, joins the most important of those that
use the same channel at a moment between its own wish and the end of its worth, and within its own hours. Then it takes
no room, and the winner stays within these bounds. Before its wish it never joins: nobody should speak of what isn't due
yet. Nobody is moved to make it possible. One that had its own moment, and would have to give way so that a less
important one isn't lost, joins too; and one that would be lost joins whoever is there, a less important one too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf

from outreach.core.keeping import Keeping, by_rank
from outreach.core.room import Line, Wish
from outreach.core.walk import Walk


def best(wishes: Sequence[Wish]) -> tuple[dict[str, int], dict[str, str]]:
    """The moment of each that is kept, and whom each that joins has joined; both by id."""
    moments: dict[str, int] = {}
    joined: dict[str, str] = {}
    for group in groups([x for x in wishes if x.first <= x.end]):
        line = Walk().apart(group)
        if line is None:
            line, joins = _solved(group)
            joined |= joins
        moments.update((x.id, t) for t, x in line)
    return moments, joined


def groups(wishes: Sequence[Wish]) -> Iterator[list[Wish]]:
    """Those that may stand in each other's way, in order of rank; different groups are out of each other's reach."""
    group: list[Wish] = []
    over, walk = 0, Walk()
    for x in sorted(wishes, key=_by_first):
        if group and x.first >= over:
            yield sorted(group, key=by_rank)
            group, over = [], 0
        group.append(x)
        over = max(over, x.end + walk.reach(x.kind))
    if group:
        yield sorted(group, key=by_rank)


def _solved(group: list[Wish]) -> tuple[Line, dict[str, str]]:
    """The best line of a group, and who joins whom."""
    bounds = [(x, x.wish, x.end) for x in group]
    late: dict[str, Wish] = {}
    while True:
        for x, wish, end in bounds:
            x.wish, x.end = wish, end
        keeping = Keeping(group)
        joins = _take_turns(group, keeping, late)
        pair = _moved_though_it_may_join(keeping.settle(), late)
        if pair is None:
            break
        late[pair[0].id] = pair[1]
    for x in group:
        if x in keeping.kept or x.id in joins:
            continue
        if keeping.search.steps <= 0:
            keeping.keep(x)
        elif x.may_join and (winner := _winner(x, keeping.line, inf)) is not None:
            joins[x.id] = winner.id
    return keeping.line, joins


def _take_turns(group: list[Wish], keeping: Keeping, late: dict[str, Wish]) -> dict[str, str]:
    joins: dict[str, str] = {}
    for x in group:
        if x.fixed:
            continue
        winner = _choice(x, keeping, late.get(x.id)) if x.may_join else None
        if winner is not None:
            joins[x.id] = winner.id
        elif not x.drops or keeping.search.beside(x, keeping.settle()) is not None:
            keeping.keep(x)
    return joins


def _choice(x: Wish, keeping: Keeping, winner: Wish | None) -> Wish | None:
    """Whom `x` joins; None when it has its own moment beside the more important ones, or may join none of them."""
    line = keeping.settle()
    if winner is None:
        placed = keeping.search.beside(x, line)
        if placed is not None and (x.first, x) in placed:
            return None
        winner = _winner(x, line, x.rank)
    if winner is None or winner.fixed:
        return winner
    return winner if keeping.narrow(winner, max(winner.wish, x.wish), min(winner.end, x.end)) else None


def _winner(x: Wish, line: Line, before: float) -> Wish | None:
    """The most important one of the same channel, ranked before that, whose moment is good for `x` too."""
    good = (
        w for t, w in line
        if w.rank < before and w.kind.channel == x.kind.channel and x.wish <= t <= x.end and x.kind.tells(t)
    )  # fmt: skip
    return min(good, key=by_rank, default=None)


def _moved_though_it_may_join(line: Line, late: dict[str, Wish]) -> tuple[Wish, Wish] | None:
    """The most important one that had to give way, and the more important one that it may join instead."""
    for t, x in sorted(line, key=lambda placed: placed[1].rank):
        if x.may_join and t != x.first and x.id not in late:
            winner = _winner(x, line, x.rank)
            if winner is not None:
                return x, winner
    return None


def _by_first(x: Wish) -> int:
    return x.first

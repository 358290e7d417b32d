"""The best arrangement of a customer's wishes, those that may join another one included.

The rule, of those that may join, the most important first. `W` is a winner for `x` when it uses the same channel and
has a moment of its own that is good for `x`: between its wish and the end of its worth, within its hours, and not where
contacts that took place have used up a law's places. Before its wish it never joins: nobody should speak of what isn't
due yet.

1. Beside the more important ones, as they would stand if they were all, `x` has its own moment (its first), and keeps
   it. Nobody is moved to make that possible.
2. Else it joins the most important winner among the more important ones, if there is one. It takes no room then, and
   the winner stays between the wish and the end of `x`, whatever less important ones might ask of it.
3. Else it finds a place like everybody else.

When all have had their turn, and one of those under 1 or 3 has had to give way (it is kept, and not at its first
moment) while a more important winner is there, all is done anew with the most important of these joining that winner;
and so on until there is none. In the end whoever is lost joins the most important winner of all, less important ones
too. What goes anyway joins nothing; it may be joined.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf
from typing import Final

from outreach.core.keeping import Keeping, by_rank
from outreach.core.room import Line, Wish
from outreach.core.walk import Walk

#: So many who may stand in each other's way nearly always do: nobody looks first.
MANY: Final = 7


def best(wishes: Sequence[Wish]) -> tuple[dict[str, int], dict[str, str]]:
    """The moment of each that is kept, and whom each that joins has joined; both by id."""
    moments: dict[str, int] = {}
    joined: dict[str, str] = {}
    for group in groups([x for x in wishes if x.first <= x.end]):
        line = Walk().apart(group) if len(group) < MANY else None
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
            x.within(wish, end)
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
    if winner is None or winner not in keeping.kept:
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

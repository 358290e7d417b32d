"""What is proven of a row without a search, against every order in which its contacts could take place."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import permutations

from outreach.core.crowding import delayed, not_before
from outreach.core.room import PAST, Kind, Line, Room, Row, Wish
from outreach.core.walk import Walk

GAPS = [3, 3, 6, 12, *[24] * 9]


def a_row(*before: int) -> Row:
    return Row(GAPS, 4, [PAST, *before])


def a_kind(row: Row, *rooms: Room, every: int = 1) -> Kind:
    """One that waits in this row, and whose hours open once in so many."""
    kind = Kind(lambda t: -(-t // every) * every, row=row)
    for room in rooms:
        kind.need(room)
        kind.take(room)
    kind.stand_in([row])
    return kind


def a_wish(rank: int, wish: int, end: int, kind: Kind) -> Wish:
    opened = kind.opens(wish)
    return Wish(f"f{rank}", rank, wish, end, kind, first=opened, opened=opened)


def lines(wishes: Sequence[Wish]) -> Iterator[Line]:
    """The best line of each order in which all of them have their places."""
    for order in permutations(wishes):
        walk, now = Walk(), PAST
        for x in order:
            now = walk.earliest(x, now)
            if now > x.end:
                break
            walk.push(now, x)
        else:
            yield list(walk.line)
        walk.back_to(0)


def chance(dice: random.Random) -> tuple[list[Wish], Room]:
    """Up to five in one row and one room that all of them share."""
    row, room = a_row(*[-5][: dice.randrange(2)]), Room(2, dice.randrange(1, 30), [PAST] * 2)
    kinds = [a_kind(row, room, every=dice.randrange(1, 6)) for _ in range(2)]
    found = []
    for rank in range(dice.randrange(2, 6)):
        wish = dice.randrange(60)
        found.append(a_wish(rank, wish, wish + dice.randrange(6, 45), dice.choice(kinds)))
    return [x for x in found if x.opened <= x.end], room


def test_no_order_has_anybody_sooner_than_is_told() -> None:
    dice, moved, exact = random.Random(7), 0, 0
    for _ in range(1500):
        wishes, _ = chance(dice)
        stood = list(lines(wishes))
        for x in wishes:
            told, best = not_before(x, wishes), min((t for line in stood for t, y in line if y is x), default=None)
            assert best is None or told <= best
            moved += told > x.opened
            exact += best is not None and x.opened < told == best
    assert moved > 300
    assert exact > 100


def test_it_waits_for_those_that_would_be_too_late_behind_it() -> None:
    kind = a_kind(a_row())
    x, y, z = a_wish(0, 10, 90, kind), a_wish(1, 8, 12, kind), a_wish(2, 0, 2, kind)
    assert not_before(x, [x]) == 10
    assert not_before(x, [x, y]) == 11  # y has three hours too few behind it; then it waits three behind y
    assert not_before(x, [x, y, z]) == 14  # and six where two are before it
    assert not_before(x, [x, y, a_wish(3, 9, 13, kind)]) == 15  # at 11 it leaves the other one too late as well


def test_what_waits_in_no_row_is_held_back_by_none() -> None:
    x = a_wish(0, 10, 90, Kind(lambda t: t))
    assert not_before(x, [x, a_wish(1, 9, 10, a_kind(a_row()))]) == 10


def test_no_order_is_left_where_one_more_is_told_to_delay_the_others() -> None:
    dice, told, alone = random.Random(8), 0, 0
    for _ in range(2500):
        wishes, room = chance(dice)
        todo, walk = sorted(wishes, key=lambda x: x.end), Walk()
        since = {x.kind: walk.free(x.kind) for x in wishes}
        for x in wishes:
            if delayed(x, todo, since, [room]):
                told += 1
                assert not list(lines(wishes))
                alone += any(lines([y for y in wishes if y is not x]))
    assert told > 100
    assert alone > 20


def test_one_more_before_them_makes_every_gap_longer() -> None:
    kind, walk = a_kind(a_row()), Walk()
    x, y, z = a_wish(0, 0, 2, kind), a_wish(1, 20, 20, kind), a_wish(2, 23, 25, kind)
    since = {kind: walk.free(kind)}
    assert delayed(x, [x, y, z], since, [])  # six between the second and the third, and only five are left
    z.within(23, 26)
    assert not delayed(x, [x, y, z], since, [])
    z.within(23, 25)
    x.end = 23  # now it may come last
    assert not delayed(x, [x, y, z], since, [])

"""The plan is the best there is with a back-off and the limits of laws too: against every arrangement, hour by hour."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from outreach.core.cadence import BackOff
from outreach.core.keeping import EXACT
from tests.support.arranged import (
    ODD,
    Crowd,
    Limit,
    Past,
    a_real_crowd,
    best_by_steps,
    best_of_all,
    in_turn,
    worth,
)
from tests.support.crowds import (
    Crowds,
    any_order_makes_the_same_plan,
    the_cadence_is_kept,
    the_guard_says_the_same,
    the_rest_stays_when_the_first_part_is_done,
    what_is_moved_or_lost_says_why,
)  # fmt: skip

SEEDS = range(4)
TWICE = BackOff(after=1, factor=2, longest=8)


CROWDS = Crowds(a_real_crowd)
crowds, patient = CROWDS.any, CROWDS.patient


@pytest.mark.parametrize("seed", SEEDS)
def test_it_is_the_best_of_all_arrangements(seed: int):
    for crowd in patient(seed, 60, 5, span=8):
        assert crowd.planned() == best_of_all(crowd), crowd


@pytest.mark.parametrize("seed", SEEDS)
def test_it_is_the_best_for_as_many_as_it_is_said_to_be(seed: int):
    for crowd in [*crowds(seed, 40, 7, span=10, least=5), *crowds(seed, 6, EXACT, span=14, least=9, worth=6)]:
        assert crowd.planned() == best_by_steps(crowd), crowd


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 106))
def test_it_is_the_best_of_all_arrangements_many_times(seed: int):
    for crowd in patient(seed, 300, 5, span=8):
        assert crowd.planned() == best_of_all(crowd), crowd
    for crowd in [*crowds(seed, 100, 8, span=12, least=6), *crowds(seed, 30, EXACT, span=16, least=9, worth=7)]:
        assert crowd.planned() == best_by_steps(crowd), crowd


def test_the_two_ways_to_find_the_best_agree():
    for crowd in patient(7, 60, 5, span=8):
        assert best_by_steps(crowd) == best_of_all(crowd), crowd


@pytest.mark.parametrize("seed", SEEDS)
def test_it_is_never_worse_than_taking_turns_and_often_better(seed: int):
    ours = [*crowds(seed, 40, 8), *crowds(seed, 8, 30, span=40, least=EXACT + 1)]
    pairs = [(worth(crowd.planned()), worth(in_turn(crowd))) for crowd in ours]
    assert all(plan >= turns for plan, turns in pairs)
    assert sum(plan > turns for plan, turns in pairs) > 5


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_arrival_is_of_no_account(seed: int):
    dice = random.Random(seed)
    for crowd in crowds(seed, 30, 16, span=30):
        crowd = replace(crowd, may_join=frozenset(f.id for f in crowd.ahead if dice.random() < 0.3))
        any_order_makes_the_same_plan(crowd, dice)


@pytest.mark.parametrize(("most", "span", "count"), [(6, 12, 40), (20, 40, 15), (48, 60, 3)])
@pytest.mark.parametrize("seed", SEEDS)
def test_however_many_there_are_the_cadence_is_kept(seed: int, most: int, span: int, count: int):
    dice = random.Random(seed)
    for crowd in crowds(seed, count, most, span=span, least=most // 2):
        crowd = replace(crowd, may_join=frozenset(f.id for f in crowd.ahead if dice.random() < 0.2))
        the_cadence_is_kept(crowd)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_guard_says_the_same_of_every_moment(seed: int):
    for crowd in crowds(seed, 40, 9):
        the_guard_says_the_same(crowd)


@pytest.mark.parametrize("seed", SEEDS)
def test_doing_the_first_part_leaves_the_rest_as_it_is(seed: int):
    for crowd in [c for c in patient(seed, 20, 9) if c.purposes is not ODD]:
        the_rest_stays_when_the_first_part_is_done(crowd)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_moved_or_lost_says_why(seed: int):
    for crowd in crowds(seed, 40, 9):
        what_is_moved_or_lost_says_why(crowd)


def test_one_before_them_makes_the_gap_between_two_others_longer():
    wishes = [(9, 3, 0, "sms", "care"), (8, 7, 0, "sms", "care"), (1, 0, 20, "sms", "care")]
    assert Crowd(wishes, 3).planned() == (3, 7, 0)
    assert Crowd(wishes, 3, back_off=TWICE).planned() == (3, 7, 13)


def test_one_long_before_them_does_so_too():
    wishes = [(9, 40, 0, "sms", "care"), (8, 44, 0, "sms", "care"), (1, 0, 9, "sms", "care")]
    assert Crowd(wishes, 3).planned() == (40, 44, 0)
    assert Crowd(wishes, 3, back_off=TWICE).planned() == (40, 44, None)


def test_once_the_gap_is_at_its_longest_it_does_no_more():
    wishes = [(9, 40, 0, "sms", "care"), (8, 64, 0, "sms", "care"), (1, 0, 9, "sms", "care")]
    assert Crowd(wishes, 3, back_off=TWICE, ignored=4).planned() == (40, 64, 0)


def test_a_big_one_waits_where_a_small_one_would_be_lost():
    wishes = [(9, 0, 9, "sms", "care"), (1, 0, 2, "email", "care")]
    assert Crowd(wishes, 3, back_off=TWICE, past=[Past(-6)]).planned() == (6, 0)


def test_the_limit_of_a_law_is_kept_by_what_obeys_no_caps_too():
    law = [Limit(1, 10, "call", law=True)]
    wishes = [(9, 2, 20, "call", "care"), (1, 0, 20, "call", "transactional")]
    assert Crowd(wishes).planned() == (2, 0)
    assert Crowd(wishes, laws=law).planned() == (10, 0)
    assert Crowd([*wishes, (5, 1, 20, "call", "transactional")], laws=law).planned() == (21, 1, 11)


def test_a_law_counts_what_the_house_does_not():
    wishes = [(9, 0, 20, "call", "care"), (1, 0, 20, "call", "safety")]
    assert Crowd(wishes, 3, back_off=TWICE).planned() == (0, 0)
    assert Crowd(wishes, 3, laws=[Limit(1, 10, "call", law=True)]).planned() == (10, 0)


def test_how_many_are_unanswered_makes_a_difference_to_an_order_that_failed():
    """What counts for nobody leaves the room as it was, and the row longer."""
    safety = [(4, 5, 23), (4, 26, 2), (2, 4, 0)]
    care = [(6, 0, 16), (6, 20, 40), (3, 0, 0)]
    wishes = [(*w, "sms", purpose) for purpose, some in (("safety", safety), ("care", care)) for w in some]
    crowd = Crowd(wishes, 4, back_off=BackOff(after=0, factor=3, longest=8), purposes=ODD)
    assert crowd.planned() == best_by_steps(crowd) == (16, 60, 28, 28, None, 4)


def test_one_that_ends_later_goes_first_where_the_one_that_ends_first_is_just_in_time_behind_it():
    wishes = [
        (6, 4, 2, "call", "care"), (1, 2, 19, "sms", "marketing"), (0, 15, 10, "call", "care"),
        (0, 0, 8, "email", "marketing"), (7, 7, 1, "call", "marketing"), (3, 18, 17, "email", "care"),
        (3, 5, 19, "email", "marketing"),
    ]  # fmt: skip
    crowd = Crowd(
        wishes, 1, hours={"email": (7, 19), "call": (7, 24)}, past=[Past(-6, "email", "marketing"), Past(0)],
        drops=frozenset({"f0", "f2", "f4"}), back_off=BackOff(after=1, factor=3, longest=4),
    )  # fmt: skip
    assert crowd.planned() == best_by_steps(crowd) == (7, None, 19, 23, 11, 3, None)

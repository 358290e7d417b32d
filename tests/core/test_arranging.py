"""The plan is the best there is, against every arrangement, hour by hour; and what may never happen in any crowd."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from outreach.core.keeping import EXACT
from tests.support.arranged import ODD, Crowd, Limit, Past, a_crowd, best_by_steps, best_of_all, in_turn, worth
from tests.support.crowds import (
    Crowds,
    any_order_makes_the_same_plan,
    the_cadence_is_kept,
    the_guard_says_the_same,
    the_rest_stays_when_the_first_part_is_done,
    what_is_moved_or_lost_says_why,
)  # fmt: skip

SEEDS = range(8)


CROWDS = Crowds(a_crowd)
crowds, patient = CROWDS.any, CROWDS.patient


@pytest.mark.parametrize("seed", SEEDS)
def test_it_is_the_best_of_all_arrangements(seed: int):
    for crowd in patient(seed, 80, 5, span=8):
        assert crowd.planned() == best_of_all(crowd), crowd


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 110))
def test_it_is_the_best_of_all_arrangements_many_times(seed: int):
    for crowd in patient(seed, 500, 5, span=8):
        assert crowd.planned() == best_of_all(crowd), crowd
    for crowd in [*crowds(seed, 50, 8, span=12, least=6), *crowds(seed, 30, EXACT, span=16, least=9, worth=7)]:
        assert crowd.planned() == best_by_steps(crowd), crowd


@pytest.mark.parametrize("seed", SEEDS)
def test_it_is_the_best_for_as_many_as_it_is_said_to_be(seed: int):
    for crowd in [*crowds(seed, 60, 7, span=10, least=5), *crowds(seed, 5, EXACT, span=14, least=9, worth=6)]:
        assert crowd.planned() == best_by_steps(crowd), crowd


def test_the_two_ways_to_find_the_best_agree():
    for crowd in patient(7, 80, 5, span=8):
        assert best_by_steps(crowd) == best_of_all(crowd), crowd


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_arrival_is_of_no_account(seed: int):
    dice = random.Random(seed)
    for crowd in crowds(seed, 40, 16, span=30):
        any_order_makes_the_same_plan(crowd, dice)


@pytest.mark.parametrize(("most", "span", "count"), [(6, 12, 60), (20, 40, 20), (48, 60, 4)])
@pytest.mark.parametrize("seed", SEEDS)
def test_however_many_there_are_the_cadence_is_kept(seed: int, most: int, span: int, count: int):
    for crowd in crowds(seed, count, most, span=span, least=most // 2):
        the_cadence_is_kept(crowd)


@pytest.mark.parametrize("seed", SEEDS)
def test_it_is_never_worse_than_taking_turns_by_importance(seed: int):
    for crowd in [*crowds(seed, 30, 8), *crowds(seed, 6, 30, span=40, least=EXACT + 1)]:
        assert worth(crowd.planned()) >= worth(in_turn(crowd)), crowd


@pytest.mark.parametrize("seed", SEEDS)
def test_one_more_touch_in_the_past_makes_nothing_better(seed: int):
    dice = random.Random(seed)
    for crowd in patient(seed, 60, 9):
        more = Past(dice.randrange(-12, 1), dice.choice(("sms", "email", "call")), "care", dice.random() < 0.3)
        assert worth(replace(crowd, past=[*crowd.past, more]).planned()) <= worth(crowd.planned()), (crowd, more)


@pytest.mark.parametrize("seed", SEEDS)
def test_one_more_less_important_wish_loses_nobody(seed: int):
    for crowd in crowds(seed, 40, 9):
        more = replace(crowd, wishes=[*crowd.wishes, (-1, 2, 5, "sms", "care")])
        kept, before = worth(more.planned())[0][:-1], worth(crowd.planned())[0]
        assert kept == before, crowd


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_planned_for_its_moment_stays_there(seed: int):
    for crowd in crowds(seed, 60, 9):
        hours = crowd.planned()
        settled = [replace_due(f.id, t, crowd) for t, f in zip(hours, crowd.ahead, strict=True) if t is not None]
        again = replace(crowd, wishes=settled, drops=frozenset())
        assert sorted(t for t in again.planned() if t is not None) == sorted(t for t in hours if t is not None), crowd


def replace_due(id: str, hour: int, crowd: Crowd) -> tuple[int, int, int, str, str]:
    priority, due, valid, channel, purpose = crowd.wishes[int(id[1:])]
    return priority, hour, due + valid - hour, channel, purpose


@pytest.mark.parametrize("seed", SEEDS)
def test_doing_the_first_part_leaves_the_rest_as_it_is(seed: int):
    for crowd in [c for c in patient(seed, 30, 9) if c.purposes is not ODD]:
        the_rest_stays_when_the_first_part_is_done(crowd)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_guard_says_the_same_of_every_moment(seed: int):
    for crowd in crowds(seed, 40, 9):
        the_guard_says_the_same(crowd)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_moved_or_lost_says_why(seed: int):
    for crowd in crowds(seed, 60, 9):
        what_is_moved_or_lost_says_why(crowd)


def test_one_that_is_not_put_off_does_not_give_way_to_a_smaller_one():
    """Moved by three hours, it would leave room for both; but moved it would be dropped."""
    wishes = [(9, 0, 9, "sms", "care"), (1, 0, 0, "email", "care")]
    assert Crowd(wishes, 3).planned() == (3, 0)
    assert Crowd(wishes, 3, drops=frozenset({"f0"})).planned() == (0, None)


def test_nobody_waits_for_one_that_may_as_well_be_dropped():
    wishes = [(9, 0, 9, "sms", "care"), (1, 0, 5, "email", "care")]
    assert Crowd(wishes, 3).planned() == (0, 3)
    assert Crowd(wishes, 3, drops=frozenset({"f1"})).planned() == (0, None)
    assert Crowd([(9, 3, 9, "sms", "care"), wishes[1]], 3, drops=frozenset({"f1"})).planned() == (3, 0)


def test_what_goes_anyway_pushes_nobody_out_who_comes_before_it_and_is_more_important():
    later = (5, 1, 0, "sms", "transactional")
    assert Crowd([(9, 0, 0, "sms", "care"), later], 3).planned() == (0, 1)
    assert Crowd([(1, 0, 5, "sms", "care"), later], 3).planned() == (1, 4)
    assert Crowd([(9, 2, 5, "sms", "care"), later], 3).planned() == (4, 1)


def test_what_somebody_else_was_sent_at_the_shared_phone_is_not_forgotten_by_an_email_before_her_call():
    """An e-mail at once would leave the call no room: two in ten at that phone, with the one her husband had."""
    crowd = Crowd(
        [(9, 2, 0, "call", "care"), (1, 0, 9, "email", "care")], 0, [Limit(2, 10)], past=[Past(-1, shared=True)]
    )
    assert crowd.planned() == (2, 9)
    assert replace(crowd, past=[]).planned() == (2, 0)


def test_a_cap_of_none_keeps_out_whom_it_covers():
    crowd = Crowd([(9, 0, 5, "sms", "care"), (1, 0, 5, "call", "care")], 2, [Limit(0, 10, "sms")])
    assert crowd.planned() == (None, 0)


def test_who_came_last_of_those_that_must_keep_away_makes_a_difference_to_an_order_that_failed():
    """The SMS of hours 0 and 3 may change places: only with the least important one first is it out of reach of what
    goes anyway at 12, and all that else is known of the two orders is the same."""
    wishes = [(9, 0, 3), (8, 10, 0), (7, 21, 0), (6, 24, 0), (1, 0, 3)]
    crowd = Crowd([*((*w, "sms", "care") for w in wishes), (5, 12, 0, "sms", "transactional")], 3, [Limit(2, 10)])
    assert replace(crowd, purposes=ODD).planned() == (3, 10, 21, 24, 12, 0)


def test_whoever_comes_first_at_the_last_moment_of_the_one_that_ends_first_makes_it_late_for_nobody():
    """Those that count for nobody may stand at that very moment. The best is what trying hour after hour finds, which
    takes seconds here."""
    wishes = [
        (5, 7, 10, "call", "transactional"), (3, 4, 10, "call", "safety"), (5, 2, 4, "email", "marketing"),
        (0, 18, 21, "email", "marketing"), (3, 4, 24, "call", "safety"), (1, 8, 4, "call", "marketing"),
        (0, 10, 19, "email", "care"), (4, 2, 11, "sms", "marketing"), (4, 10, 14, "email", "care"),
        (5, 3, 4, "call", "marketing"), (7, 0, 27, "sms", "safety"), (5, 3, 17, "email", "safety"),
    ]  # fmt: skip
    crowd = Crowd(
        wishes, 2, [Limit(2, 7, "sms", "safety"), Limit(3, 4, "call", "care"), Limit(3, 14, purpose="marketing")],
        past=[Past(-13, "email"), Past(-6, "sms", "transactional", True), Past(-1, "email", "marketing", True)],
        purposes=ODD, laws=[Limit(2, 8, purpose="care", law=True)],
    )  # fmt: skip
    assert crowd.planned() == (1, 3, 9, 5, 7, 13, 15, 9, 9, 11, 17, 19)

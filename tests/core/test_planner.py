"""The plan: the same whatever came first, the most important at its wish, and never over the cadence."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.core.follow_up import FollowUp
from outreach.core.guard import Policy
from outreach.core.planner import arrange
from tests.support.guarded import DAY, HOUR, NOON, a_cap, a_follow_up, a_policy, a_standing, a_touch

GAP, MOST, PER = 3, 2, 10  # hours: a gap of three, two in ten
POLICY = a_policy(a_cap(MOST, PER * HOUR), gap=GAP * HOUR)
Hours = tuple[int | None, ...]


def wish(priority: int, due: int, worth: int, **given: object) -> FollowUp:
    """A follow-up with hours from noon; its name tells it from others."""
    name = f"{priority}/{due}/{worth}{''.join(map(str, given.values()))}"
    return a_follow_up(name, NOON + due * HOUR, worth * HOUR, priority=priority, **given)


def hours(ahead: Sequence[FollowUp], policy: Policy = POLICY) -> Hours:
    """Where each is placed, in hours from noon, in the order given."""
    plan = arrange(NOON, ahead, a_standing(), policy)
    return tuple(None if (at := plan[f.id].at) is None else (at - NOON) // HOUR for f in ahead)


def fits(placed: Sequence[int]) -> bool:
    """Gap and cap, by counting."""
    apart = all(abs(a - b) >= GAP for a, b in combinations(placed, 2))
    return apart and all(sum(1 for t in placed if first <= t < first + PER) <= MOST for first in placed)


def arrangements(wishes: Sequence[FollowUp], placed: Hours = ()) -> Iterator[Hours]:
    """Every arrangement that keeps the cadence, hour by hour."""
    if len(placed) == len(wishes):
        yield placed
        return
    f = wishes[len(placed)]
    due, last = (f.due - NOON) // HOUR, (f.valid_until - NOON) // HOUR
    for at in (None, *range(due, last + 1)):
        if fits([t for t in (*placed, at) if t is not None]):
            yield from arrangements(wishes, (*placed, at))


def one_by_one(wishes: Sequence[FollowUp]) -> Hours:
    """The best when each in turn, most important first, is given the best that is left."""
    dues = [(f.due - NOON) // HOUR for f in wishes]
    return max(
        arrangements(wishes), key=lambda a: [(0, 0) if t is None else (1, d - t) for t, d in zip(a, dues, strict=True)]
    )


def kept_first(wishes: Sequence[FollowUp]) -> Hours:
    """The best when first as many of the important ones as possible are kept, and only then moments are looked at."""
    dues = [(f.due - NOON) // HOUR for f in wishes]
    return max(
        arrangements(wishes),
        key=lambda a: ([t is not None for t in a], [0 if t is None else d - t for t, d in zip(a, dues, strict=True)]),
    )


channels = st.sampled_from(["sms", "call", "email"])
wishes = st.lists(
    st.builds(wish, st.integers(1, 9), st.integers(0, 12), st.integers(0, 14), channel=channels),
    max_size=6, unique_by=lambda f: f.id,
)  # fmt: skip
in_turn = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=4).map(
    lambda found: [wish(9 - n, due, worth) for n, (due, worth) in enumerate(found)]
)


def test_the_most_important_gets_its_wish():
    assert hours([wish(1, 0, 20), wish(9, 1, 20)]) == (4, 1)


def test_a_small_one_waits_rather_than_push_out_a_bigger_one():
    assert hours([wish(1, 0, 20), wish(9, 2, 0)]) == (5, 2)


def test_a_small_one_goes_at_once_where_it_is_in_nobodys_way():
    assert hours([wish(1, 0, 20), wish(9, 3, 0)]) == (0, 3)


def test_ties_go_to_what_was_due_earlier_then_by_the_rules_name():
    assert hours([wish(5, 1, 20), wish(5, 0, 20)]) == (3, 0)
    assert hours([wish(5, 0, 20, rule="b"), wish(5, 0, 20, rule="a")]) == (3, 0)


def test_what_finds_no_room_in_its_time_has_none_and_says_why():
    plan = arrange(NOON, [wish(9, 0, 2), wish(1, 0, 2)], a_standing(), POLICY)
    assert (plan["1/0/2"].at, [r.code for r in plan["1/0/2"].reasons]) == (None, ["gap:3h"])


def test_a_big_one_waits_where_a_small_one_would_be_lost():
    assert hours([wish(9, 0, 9), wish(1, 0, 2)]) == (3, 0)


def test_the_last_moment_of_its_worth_is_still_good():
    assert hours([wish(9, 0, 9), wish(1, 0, 3)]) == (0, 3)


def test_what_is_refused_takes_no_room():
    silent = a_standing(consents=())
    plan = arrange(NOON, [wish(9, 0, 9, purpose="marketing"), wish(1, 0, 2)], silent, POLICY)
    assert (plan["1/0/2"].at, plan["9/0/9marketing"].refused.code) == (NOON, "no_consent:sms")


def test_a_task_takes_no_room_and_needs_none():
    assert hours([wish(9, 0, 9, channel="task"), wish(1, 0, 0)]) == (0, 0)


def test_what_is_overdue_is_wished_for_now():
    [place] = arrange(NOON + DAY, [wish(5, 0, 48)], a_standing(), POLICY).values()
    assert place.at == NOON + DAY


@given(ahead=wishes)
def test_the_order_of_arrival_is_of_no_account(ahead: list[FollowUp]):
    plan = arrange(NOON, ahead, a_standing(), POLICY)
    for other in [ahead[::-1], *list(permutations(ahead))[:50:7]]:
        assert arrange(NOON, other, a_standing(), POLICY) == plan


@given(ahead=wishes, past=st.lists(st.integers(-12, 0), max_size=4, unique=True))
def test_the_plan_never_goes_over_the_cadence(ahead: list[FollowUp], past: list[int]):
    past = past if fits(past) else past[:1]
    standing = a_standing(*[a_touch(NOON + h * HOUR) for h in past])
    places = arrange(NOON, ahead, standing, POLICY)
    assert fits([*past, *[(p.at - NOON) // HOUR for p in places.values() if p.at is not None]])


@given(ahead=wishes)
def test_each_stands_between_its_wish_and_the_end_of_its_worth(ahead: list[FollowUp]):
    for f, at in zip(ahead, hours(ahead), strict=True):
        assert at is None or f.due <= NOON + at * HOUR <= f.valid_until


@given(ahead=in_turn)
def test_the_plan_is_the_best_of_all_arrangements(ahead: list[FollowUp]):
    assert hours(ahead) == kept_first(ahead)


def test_on_days_as_crowded_as_they_come_nothing_is_lost_that_could_be_kept():
    """A gap of three hours, and all wishes within nine. Each in turn at the moment nearest to its own wish, as it was
    done once, keeps less in 68 of these 200: a bigger one stands where only a smaller one could, although an hour later
    would have done for it as well."""
    dice = random.Random(2026)
    in_turn = 0
    for _ in range(200):
        ahead = [wish(9 - n, dice.randrange(9), dice.randrange(9)) for n in range(dice.randrange(2, 5))]
        best = kept_first(ahead)
        assert hours(ahead) == best
        in_turn += [at is None for at in one_by_one(ahead)] != [at is None for at in best]
    assert in_turn == 68


@pytest.mark.parametrize("shift", [timedelta(0), timedelta(days=400)])
def test_the_same_facts_give_the_same_plan_at_any_date(shift: timedelta):
    ahead = [wish(n, n, 9) for n in range(5)]
    moved = [a_follow_up(f.id, f.due + shift, 9 * HOUR, priority=f.priority) for f in ahead]
    plan, later = (arrange(NOON + s, fs, a_standing(), POLICY) for s, fs in ((timedelta(0), ahead), (shift, moved)))
    assert [later[f.id].at for f in moved] == [p.at + shift if (p := plan[f.id]).at else None for f in ahead]

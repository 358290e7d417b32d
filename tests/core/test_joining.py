"""Two reasons become one contact: who joins whom, and who never does."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace

import pytest

from outreach.core.cadence import Hold
from outreach.core.follow_up import FollowUp
from outreach.core.hours import parse_hours
from outreach.core.ledger import Touch
from outreach.core.planner import arrange, by_importance
from tests.support.arranged import Crowd, Limit, Past, a_crowd, a_real_crowd
from tests.support.guarded import DAY, HOUR, NOON, a_cap, a_follow_up, a_policy, a_standing, a_touch
from tests.support.joined import joined_by_rule

GAP = a_policy(gap=20 * HOUR)
ALL = frozenset({"a", "b", "c"})


def call(id: str, priority: int, due: int = 0, worth: int = 48, **given: object) -> FollowUp:
    """A call with hours from noon; its rule is called like it."""
    return a_follow_up(
        id, NOON + due * HOUR, worth * HOUR, **({"priority": priority, "channel": "call", "rule": id} | given)
    )


def joined(
    *ahead: FollowUp, policy=GAP, past: Iterable[Touch] = (), may_join: frozenset[str] = ALL, **standing: object
) -> dict[str, str]:
    """`at 4` for a place of its own, `with a` for one that joins, `lost`."""
    plan = arrange(NOON, ahead, a_standing(*past, **standing), policy, may_join)
    return {
        f.id: f"with {p.joins}" if (p := plan[f.id]).joins else f"at {(p.at - NOON) // HOUR}" if p.at else "lost"
        for f in ahead
    }


def test_two_reasons_for_a_call_become_one():
    assert joined(call("a", 9), call("b", 1)) == {"a": "at 0", "b": "with a"}


def test_without_leave_it_waits_as_ever():
    assert joined(call("a", 9), call("b", 1), may_join=frozenset()) == {"a": "at 0", "b": "at 20"}


def test_three_reasons_become_one_too():
    assert joined(call("c", 5), call("b", 1), call("a", 9)) == {"c": "with a", "b": "with a", "a": "at 0"}


def test_one_that_has_its_own_moment_goes_by_itself():
    assert joined(call("a", 9, 30), call("b", 1)) == {"a": "at 30", "b": "at 0"}


def test_it_joins_rather_than_make_a_more_important_one_wait():
    assert joined(call("a", 9, 2), call("b", 1, worth=3)) == {"a": "at 2", "b": "with a"}


def test_nobody_speaks_of_what_is_not_due_yet():
    assert joined(call("a", 9), call("b", 1, due=1)) == {"a": "at 0", "b": "at 20"}


def test_nor_of_what_is_no_longer_worth_it():
    assert joined(call("a", 9, 30), call("b", 1, 15, worth=10)) == {"a": "at 35", "b": "at 15"}
    assert joined(call("a", 9, 30, worth=0), call("b", 1, 15, worth=10)) == {"a": "at 30", "b": "lost"}


def test_another_channel_is_another_contact():
    assert joined(call("a", 9), call("b", 1, channel="sms")) == {"a": "at 0", "b": "at 20"}


def test_it_joins_the_most_important_of_several():
    policy = a_policy(a_cap(1, 9 * DAY, purposes=["marketing"]))
    ahead = [call("c", 5), call("a", 9), call("b", 1, purpose="marketing")]
    assert joined(*ahead, policy=policy, past=[a_touch(NOON - DAY, purpose="marketing")])["b"] == "with a"


def test_what_was_lost_by_its_own_cap_joins_a_smaller_one_too():
    policy = a_policy(a_cap(1, 9 * DAY, purposes=["marketing"]))
    ahead = [call("a", 1), call("b", 9, purpose="marketing")]
    past = [a_touch(NOON - DAY, purpose="marketing")]
    assert joined(*ahead, policy=policy, past=past) == {"a": "at 0", "b": "with a"}
    assert joined(*ahead, policy=policy, past=past, may_join=frozenset()) == {"a": "at 0", "b": "lost"}
    in_time = [ahead[0], call("b", 9, purpose="marketing", worth=24 * 9)]
    assert joined(*in_time, policy=policy, past=past) == {"a": "at 0", "b": "at 192"}


def test_the_winner_stays_where_it_is_good_for_both():
    """Alone, `c` would be kept by a delay of `a` until tomorrow: too late for `b`, who is more important."""
    ahead = [call("a", 9, 4), call("b", 5, 3, worth=5), call("c", 1, worth=2, channel="sms")]
    assert joined(*ahead) == {"a": "at 4", "b": "with a", "c": "lost"}
    assert joined(ahead[0], ahead[2]) == {"a": "at 20", "c": "at 0"}


def test_one_that_gave_way_to_a_smaller_one_joins_as_well():
    ahead = [call("a", 9, 30), call("b", 5, 10), call("c", 1, worth=2, channel="sms")]
    assert joined(ahead[0], ahead[1]) == {"a": "at 30", "b": "at 10"}
    assert joined(*ahead) == {"a": "at 30", "b": "with a", "c": "at 0"}


def test_what_joins_takes_no_room():
    ahead = [call("a", 9), call("b", 5), call("c", 1, worth=20, channel="sms")]
    assert joined(*ahead) == {"a": "at 0", "b": "with a", "c": "at 20"}


def test_what_is_held_does_not_ride_on_a_call_that_is_not():
    policy = a_policy(gap=20 * HOUR, holds=(Hold(name="complaint", purposes=frozenset({"marketing"})),))
    ahead = [call("a", 9), call("b", 1, purpose="marketing")]
    assert joined(*ahead, policy=policy) == {"a": "at 0", "b": "with a"}
    assert joined(*ahead, policy=policy, holds={"complaint": NOON}) == {"a": "at 0", "b": "lost"}


def test_what_is_refused_does_not_either():
    ahead = [call("a", 9), call("b", 1, purpose="marketing")]
    plan = arrange(NOON, ahead, a_standing(consents=()), GAP, ALL)
    assert (plan["b"].refused.code, plan["b"].joins) == ("no_consent:call", "")


def test_what_keeps_hours_does_not_ride_on_a_call_that_keeps_none():
    policy = a_policy(gap=20 * HOUR, hours={"call": parse_hours({"mon-sun": "13:00-18:00"})})
    ahead = [call("a", 1, purpose="safety"), call("b", 9, worth=3), call("c", 5, worth=3)]
    assert joined(*ahead, policy=policy) == {"a": "at 0", "b": "at 1", "c": "with b"}


def test_it_says_whom_it_joins_and_why():
    plan = arrange(NOON, [call("a", 9), call("b", 1)], a_standing(), GAP, ALL)
    assert [r.code for r in plan["b"].reasons] == ["gap:20h", "merge"]
    assert (plan["b"].at, plan["b"].reasons[-1].numbers) == (NOON, {"into": "a"})


def test_a_task_joins_nothing_and_nothing_joins_it():
    assert joined(call("a", 9, channel="task"), call("b", 1), call("c", 0)) == {"a": "at 0", "b": "at 0", "c": "with b"}


def crowds(seed: int, count: int) -> list[Crowd]:
    dice = random.Random(seed)
    found = []
    for crowd in [a_crowd(dice, 9, span=16) for _ in range(count)]:
        ids = [f.id for f in crowd.ahead]
        found.append(replace(crowd, may_join=frozenset(dice.sample(ids, dice.randrange(len(ids) + 1)))))
    return found


def crowds_at_one_phone(seed: int, count: int) -> list[Crowd]:
    """Small ones, mostly by SMS, half of them with laws and a back-off, in which most may join."""
    dice = random.Random(seed)
    found = []
    for n in range(count):
        crowd = (a_real_crowd if n % 2 else a_crowd)(dice, 7, span=8)
        wishes = [(*w[:3], "sms" if dice.random() < 0.6 else w[3], w[4]) for w in crowd.wishes]
        may_join = frozenset(f.id for f in crowd.ahead if dice.random() < 0.6)
        found.append(replace(crowd, wishes=wishes, may_join=may_join))
    return found


@pytest.mark.parametrize("seed", range(8))
def test_who_joins_whom_is_what_the_rule_says(seed: int):
    joins = 0
    for crowd in crowds_at_one_phone(seed, 60):
        told = {id: p.joins or (p.at - NOON) // HOUR for id, p in crowd.plan().items() if p.at is not None}
        assert told == joined_by_rule(crowd), crowd
        joins += sum(isinstance(where, str) for where in told.values())
    assert joins > 5


def test_whoever_was_held_to_a_moment_is_free_again_when_the_next_one_comes():
    """What came before was brought near to its wishes first, to see whom the next one may join."""
    wishes = [
        (8, 3, 4, "call", "care"), (7, 10, 7, "sms", "marketing"), (7, 8, 7, "email", "care"),
        (3, 10, 7, "call", "care"), (2, 3, 8, "sms", "marketing"), (3, 1, 6, "email", "marketing"),
        (1, 1, 2, "call", "marketing"),
    ]  # fmt: skip
    crowd = Crowd(
        wishes, 4, [Limit(2, 2, "call", "marketing")], {"email": (1, 24), "call": (1, 18)},
        [Past(-11, "call", "marketing", True), Past(-13, "call", shared=True), Past(-11, "email", "marketing", True)],
        may_join=frozenset({"f0", "f1", "f3", "f4", "f5", "f6"}),
    )  # fmt: skip
    told = {id: p.joins or (p.at - NOON) // HOUR for id, p in crowd.plan().items() if p.at is not None}
    assert told == joined_by_rule(crowd)


def test_where_a_law_has_no_place_left_nothing_of_the_kind_is_told():
    law = [Limit(1, 10, "sms", "marketing", law=True)]
    crowd = Crowd([(9, 0, 5, "sms", "care"), (1, 0, 5, "sms", "marketing")], 1, may_join=frozenset({"f1"}), laws=law)
    assert joined_by_rule(crowd) == {"f0": 0, "f1": "f0"}
    assert crowd.plan()["f1"].joins == "f0"
    crowd = replace(crowd, past=[Past(-2, "sms", "marketing")])
    assert joined_by_rule(crowd) == {"f0": 0}
    assert (crowd.plan()["f1"].joins, crowd.plan()["f1"].at) == ("", None)


@pytest.mark.parametrize("seed", range(8))
def test_whoever_joins_has_leave_and_a_winner_at_a_moment_that_is_good_for_both(seed: int):
    joins = 0
    for crowd in crowds(seed, 120):
        plan, by_id = crowd.plan(), {f.id: f for f in crowd.ahead}
        placed = {i: (p.at - NOON) // HOUR for i, p in plan.items() if p.at is not None and not p.joins}
        for id, place in plan.items():
            if not place.joins:
                continue
            joins += 1
            f, winner = by_id[id], by_id[place.joins]
            assert id in crowd.may_join, crowd
            assert winner.channel == f.channel, crowd
            assert placed[winner.id] in replace(crowd, drops=frozenset()).open_hours(f), crowd
        assert crowd.keeps_cadence([(t, by_id[i]) for i, t in placed.items()]), crowd
    assert joins


@pytest.mark.parametrize("seed", range(8))
def test_nobody_who_may_join_is_moved_or_lost_for_a_winner_that_was_there(seed: int):
    for crowd in crowds(seed, 120):
        plan = crowd.plan()
        for f in crowd.ahead:
            hours, place = crowd.open_hours(f), plan[f.id]
            if f.id not in crowd.may_join or place.joins or not hours or place.at == NOON + hours[0] * HOUR:
                continue
            lost = place.at is None
            for w in crowd.ahead:
                there = plan[w.id].at
                if w is not f and w.channel == f.channel and there is not None and not plan[w.id].joins:
                    more = lost or by_importance(w) < by_importance(f)
                    assert not (more and (there - NOON) // HOUR in hours), crowd


@pytest.mark.parametrize("seed", range(8))
def test_leave_to_join_that_nobody_needs_changes_nothing(seed: int):
    for crowd in crowds(seed, 120):
        if not any(p.joins for p in crowd.plan().values()):
            assert replace(crowd, may_join=frozenset()).plan() == crowd.plan(), crowd


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_arrival_is_of_no_account(seed: int):
    for crowd in crowds(seed, 60):
        assert crowd.plan(crowd.ahead[::-1]) == crowd.plan(), crowd

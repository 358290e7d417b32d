"""Back-off: contacts that nothing comes back from lie farther and farther apart; counted anew, from the outside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from math import ceil

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from outreach.core.cadence import BackOff
from outreach.core.guard import Policy, opening
from outreach.core.ledger import Touch
from outreach.core.planner import arrange
from outreach.core.signs import is_sign
from outreach.core.standing import Standing
from tests.support.business import an_event
from tests.support.guarded import DAY, HOUR, NOON, PHONE_KEY, a_follow_up, a_policy, a_standing, a_touch

POLICY = a_policy(gap=20 * HOUR, back_off=BackOff())
SMS = a_follow_up()


def hours_ago(*hours: int, **about: str) -> list[Touch]:
    return [a_touch(NOON - h * HOUR, **about) for h in hours]


def opens(
    standing: Standing, policy: Policy = POLICY, at: datetime = NOON, planned: list[Touch] | None = None
) -> float:
    """In hours from noon."""
    found = opening(SMS, at, standing, policy, planned or ()).at
    assert found is not None
    return (found - NOON) / HOUR


@pytest.mark.parametrize(
    ("contacts", "next_one"),
    [([0], 20), ([0, 20], 40), ([0, 20, 60], 80), ([0, 20, 60, 140], 160), ([0, 20, 60, 140, 300], 160)],
)
def test_the_gaps_of_the_example(contacts: list[int], next_one: int):
    """20 h, 40 h, 80 h, 160 h, and no longer."""
    past = [a_touch(NOON + h * HOUR) for h in contacts]
    assert opens(a_standing(*past), at=past[-1].at) == contacts[-1] + next_one


@pytest.mark.parametrize(
    ("rule", "gaps"),
    [
        (BackOff(after=0), [40, 80, 160, 160]),
        (BackOff(after=3), [20, 20, 20, 40]),
        (BackOff(factor=3), [20, 60, 160, 160]),
        (BackOff(factor=1.5, longest=2), [20, 30, 40, 40]),
    ],
)
def test_each_word_of_the_rule(rule: BackOff, gaps: list[int]):
    policy = a_policy(gap=20 * HOUR, back_off=rule)
    for n, gap in enumerate(gaps, 1):
        past = hours_ago(*(1 + 200 * i for i in range(n)))
        assert opens(a_standing(*past), policy) == gap - 1


def test_a_sign_of_life_begins_it_anew():
    past = hours_ago(30, 100, 200, 400)
    assert opens(a_standing(*past)) == 130
    assert opens(a_standing(*past, last_sign=NOON - 50 * HOUR)) == 0  # one unanswered since: 20 hours
    assert opens(a_standing(*past, last_sign=NOON - 100 * HOUR)) == 10  # what comes at that moment goes unanswered
    assert opens(a_standing(*past, last_sign=NOON - 150 * HOUR)) == 10  # two unanswered: 40 hours


def test_contacts_older_than_those_listed_count_as_well():
    assert opens(a_standing(*hours_ago(30), ignored=3)) == 130
    assert opens(a_standing(ignored=30)) == 0


def test_what_she_waits_for_neither_obeys_nor_counts():
    asked = hours_ago(30, 100, purpose="transactional") + hours_ago(40, purpose="safety")
    assert opens(a_standing(*asked)) == 0
    many = a_standing(*hours_ago(30, 100, 200))
    assert opening(a_follow_up(purpose="transactional"), NOON, many, POLICY).at == NOON


def test_what_was_given_back_counts_for_nothing():
    assert opens(a_standing(*hours_ago(30), *hours_ago(50, 60, state="released"))) == 0


def test_it_is_the_customers_and_not_the_addresss():
    his = hours_ago(30, 100, 200, customer="c2", address_key=PHONE_KEY)
    assert opens(a_standing(at_phone=his)) == 0


def test_without_a_gap_or_without_the_rule_nothing_is_stretched():
    past = hours_ago(30, 100, 200)
    assert opens(a_standing(*past), a_policy(back_off=BackOff())) == 0
    assert opens(a_standing(*past), a_policy(gap=20 * HOUR)) == 0


def test_the_reason_has_its_numbers():
    [reason] = opening(SMS, NOON, a_standing(*hours_ago(30, 100), last_sign=NOON - 9 * DAY), POLICY).reasons
    assert (reason.code, reason.numbers) == (
        "back_off:40h",
        {"unanswered": 2, "gap": "40h", "since": (NOON - 9 * DAY).isoformat(), "free": (NOON + 10 * HOUR).isoformat()},
    )


def test_a_small_one_is_not_placed_where_it_would_push_a_planned_one_out():
    planned = [a_touch(NOON + 30 * HOUR)]
    assert opens(a_standing(), planned=planned) == 0  # it is the first: 20 hours to the next
    one_before = a_standing(*hours_ago(100))
    # …where one went unanswered already, the next needs 40 hours behind it, and the one after that 80.
    assert opens(one_before, planned=planned) == 30 + 40
    found = opening(SMS, NOON, one_before, POLICY, planned)
    assert [r.code for r in found.reasons] == ["back_off:40h"]


def test_the_plan_ahead_counts_what_is_planned():
    ahead = [a_follow_up(f"f{n}", priority=90 - n, worth=30 * DAY) for n in range(5)]
    plan = arrange(NOON, ahead, a_standing(), POLICY)
    assert [(plan[f.id].at - NOON) / HOUR for f in ahead] == [0, 20, 60, 140, 300]


@pytest.mark.parametrize(
    ("type", "data", "sign"),
    [
        ("purchase", {}, True), ("visit", {}, True), ("call.received", {}, True), ("message.received", {}, True),
        ("complaint.opened", {}, True), ("complaint.resolved", {}, False), ("consent.given", {}, False),
        ("consent.withdrawn", {}, False), ("customer.changed", {}, False), ("contact.made", {}, False),
        ("contact.made", {"direction": "outbound"}, False), ("contact.made", {"direction": "inbound"}, True),
        ("outcome", {"outcome": "reached"}, True), ("outcome", {"outcome": "call_back"}, True),
        ("outcome", {"outcome": "no_answer"}, False), ("outcome", {"outcome": "left_message"}, False),
        ("outcome", {"outcome": "done"}, False), ("outcome", {"outcome": "do_not_call"}, False),
    ],
)  # fmt: skip
def test_what_is_a_sign_of_life(type: str, data: dict[str, str], sign: bool):
    assert is_sign(an_event(type, **data)) == sign


#: A judge of its own: goes through the whole row of contacts, one more added, and looks at each gap.
rules = st.builds(
    BackOff, after=st.integers(0, 3), factor=st.sampled_from([1.5, 2, 3]), longest=st.sampled_from([2, 5, 8])
)
past = st.lists(st.integers(-400, -1), max_size=6, unique=True)
future = st.lists(st.integers(1, 400), max_size=4, unique=True)
sign = st.none() | st.integers(-450, 0)


def keeps(row: Sequence[float], since: int | None, rule: BackOff, gap: int, before: int) -> bool:
    """Whether all from now (0) on keep their distance, in hours."""
    unanswered = sorted(t for t in row if since is None or t >= since)
    return all(
        b - a >= gap * min(rule.longest, rule.factor ** max(0, before + n - rule.after))
        for n, (a, b) in enumerate(pairwise(unanswered), 1) if b >= 0
    )  # fmt: skip


def opening_of(
    history: list[int], ahead: list[int], since: int | None, rule: BackOff, gap: int, at: int, before: int = 0
) -> float:
    standing = a_standing(
        *[a_touch(NOON + h * HOUR) for h in history], ignored=before,
        last_sign=None if since is None else NOON + since * HOUR,
    )  # fmt: skip
    planned = [a_touch(NOON + h * HOUR) for h in ahead]
    return opens(standing, a_policy(gap=gap * HOUR, back_off=rule), NOON + at * HOUR, planned)


@given(past, future, sign, rules, st.integers(1, 30), st.integers(0, 60), st.integers(0, 4))
def test_the_opening_is_the_first_that_keeps_every_gap(history, ahead, since, rule, gap, at, before):
    def fits(t: float) -> bool:
        apart = all(abs(t - other) >= gap for other in (*history, *ahead))
        return apart and keeps([*history, *ahead, t], since, rule, gap, before)

    assume(keeps([*history, *ahead], since, rule, gap, before))  # a plan that is in order stays in order
    found = opening_of(history, ahead, since, rule, gap, at, before)
    assert fits(found)
    assert not any(fits(t) for t in range(at, ceil(found)))


@given(past, future, sign, rules, st.integers(1, 30), st.integers(0, 60), st.integers(-400, 400))
def test_one_more_contact_never_makes_anything_earlier(history, ahead, since, rule, gap, at, more):
    without = opening_of(history, ahead, since, rule, gap, at)
    more_past, more_ahead = ([*history, more], ahead) if more < 0 else (history, [*ahead, more])
    assert opening_of(more_past, more_ahead, since, rule, gap, at) >= without


@given(past, future, st.integers(-450, 0), st.integers(-450, 0), rules, st.integers(1, 30), st.integers(0, 60))
def test_a_sign_of_life_never_makes_anything_later(history, ahead, one, two, rule, gap, at):
    early, late = sorted((one, two))
    before = opening_of(history, ahead, early, rule, gap, at)
    assert opening_of(history, ahead, late, rule, gap, at) <= before
    assert opening_of(history, ahead, None, rule, gap, at) >= before

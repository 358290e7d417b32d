"""The guard: caps, gap, hours, holidays, holds; and a search for the opening that brute force agrees with."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.core.cadence import Hold
from outreach.core.follow_up import FollowUp
from outreach.core.guard import Policy, opening, refusal
from outreach.core.hours import parse_hours
from outreach.core.ledger import Touch
from outreach.core.standing import Standing
from tests.support.guarded import (
    DAY,
    HOUR,
    NOON,
    PHONE_KEY,
    a_cap,
    a_follow_up,
    a_policy,
    a_standing,
    a_touch,
    in_windows,
)  # fmt: skip

SMS = a_follow_up()


def opens(policy: Policy, standing: Standing, f: FollowUp = SMS, at: datetime = NOON) -> datetime | None:
    return opening(f, at, standing, policy).at


@pytest.mark.parametrize(
    ("cap", "opened"),
    [
        (a_cap(1, DAY), NOON + 23 * HOUR),
        (a_cap(1, DAY, ["sms"]), NOON + 23 * HOUR),
        (a_cap(1, DAY, ["call"]), NOON),
        (a_cap(1, DAY, purposes=["care"]), NOON + 23 * HOUR),
        (a_cap(1, DAY, purposes=["marketing"]), NOON),
        (a_cap(2, DAY), NOON),
        (a_cap(0, DAY), None),
    ],
)
def test_a_cap_speaks_of_its_channels_and_purposes(cap, opened: datetime | None):
    assert opens(a_policy(cap), a_standing(a_touch(NOON - HOUR))) == opened


def test_of_several_caps_all_hold():
    policy = a_policy(a_cap(1, DAY), a_cap(2, 7 * DAY))
    assert opens(policy, a_standing(a_touch(NOON - 6 * DAY), a_touch(NOON - HOUR))) == NOON + DAY


def test_the_gap_holds_on_both_sides():
    policy = a_policy(gap=20 * HOUR)
    assert opens(policy, a_standing(a_touch(NOON - 20 * HOUR))) == NOON
    assert opening(SMS, NOON, a_standing(), policy, [a_touch(NOON + HOUR)]).at == NOON + 21 * HOUR


def test_two_customers_with_one_phone_share_its_caps():
    hers = a_touch(NOON - HOUR, customer="c2", address_key=PHONE_KEY)
    standing = a_standing(at_phone=[hers])
    assert opens(a_policy(a_cap(1, DAY)), standing) == NOON + 23 * HOUR
    assert opens(a_policy(a_cap(1, DAY)), standing, a_follow_up(channel="email")) == NOON


def test_a_touch_of_ones_own_at_that_phone_counts_once():
    own = a_touch(NOON - HOUR, address_key=PHONE_KEY)
    assert opens(a_policy(a_cap(2, DAY)), a_standing(own, at_phone=[own])) == NOON


def test_a_task_is_never_held_up():
    policy = a_policy(a_cap(0, DAY), gap=DAY, hours={"task": parse_hours({"mon": "closed"})})
    assert opens(policy, a_standing(a_touch(NOON)), a_follow_up(channel="task")) == NOON


def test_an_open_complaint_holds_what_it_says_and_nothing_else():
    policy = a_policy(holds=(Hold(name="complaint", purposes=frozenset({"marketing"})),))
    standing = a_standing(holds={"complaint": NOON - DAY})
    assert opens(policy, standing, a_follow_up(purpose="marketing")) is None
    assert opens(policy, standing) == NOON


def test_a_transaction_goes_past_caps_and_gap_and_safety_past_the_hours_too():
    policy = a_policy(a_cap(0, DAY), gap=DAY, hours={"sms": parse_hours({"tue": "09:00-10:00"})})
    standing = a_standing(a_touch(NOON))
    assert opens(policy, standing, a_follow_up(purpose="transactional")) == NOON + 21 * HOUR
    assert opens(policy, standing, a_follow_up(purpose="safety")) == NOON


@pytest.mark.parametrize(
    ("channel", "opened"),
    [("sms", NOON.replace(day=3, hour=0)), ("call", NOON.replace(day=3, hour=0)), ("email", NOON)],
)
def test_on_a_holiday_the_phone_is_left_alone_and_mail_may_come(channel: str, opened: datetime):
    assert opens(a_policy(closed=[date(2026, 11, 2)]), a_standing(), a_follow_up(channel=channel)) == opened


def test_each_reason_has_its_numbers():
    found = opening(SMS, NOON, a_standing(a_touch(NOON - HOUR)), a_policy(a_cap(1, DAY), gap=2 * HOUR))
    assert [r.code for r in found.reasons] == ["gap:2h", "cap:1/1d"]
    assert found.reasons[1].numbers == {"used": 1, "limit": 1, "window": "1d", "free": (NOON + 23 * HOUR).isoformat()}


def test_who_has_no_address_or_said_no_is_refused():
    suppressed = a_standing(suppressed={(PHONE_KEY, "all"): "wrong_number"})
    nowhere = a_standing()
    nowhere.customer.phone = ""
    assert refusal(SMS, suppressed, a_policy()).code == "suppressed:sms"
    assert refusal(SMS, nowhere, a_policy()).code == "no_address:sms"
    assert refusal(a_follow_up(purpose="marketing"), a_standing(consents=()), a_policy()).code == "no_consent:sms"
    assert refusal(SMS, a_standing(consents=()), a_policy()) is None


#: An independent judge of one instant, the slow way: no code of the guard, its windows or its hours.
WEEK = {"mon-fri": "10:00-13:00, 14:00-18:00"}
CLOSED = date(2026, 11, 4)


def allowed(at: datetime, zone: str, touches: list[Touch], caps: list[tuple[int, int]], gap: int) -> bool:
    local = at.astimezone(ZoneInfo(zone))
    minute = local.hour * 60 + local.minute
    in_hours = local.weekday() < 5 and (600 <= minute < 780 or 840 <= minute < 1080) and local.date() != CLOSED
    times = [t.at for t in touches]
    return (
        in_hours
        and all(abs(t - at) >= gap * HOUR for t in times)
        and all(in_windows(times, per * HOUR)(at) <= most for most, per in caps)
    )


touched = st.lists(st.integers(-200, 200), max_size=6, unique=True)
caps = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 150)), max_size=3)


@given(hours=touched, caps=caps, gap=st.integers(0, 30), start=st.integers(0, 100),
       zone=st.sampled_from(["UTC", "America/New_York", "Australia/Lord_Howe"]))  # fmt: skip
def test_the_opening_is_the_first_allowed_moment(
    hours: list[int], caps: list[tuple[int, int]], gap: int, start: int, zone: str
):
    touches = [a_touch(NOON + h * HOUR) for h in hours]
    policy = a_policy(
        *[a_cap(most, per * HOUR) for most, per in caps],
        gap=gap * HOUR,
        closed=[CLOSED],
        hours={"sms": parse_hours(WEEK)},
    )
    at = NOON + start * HOUR
    found = opening(SMS, at, a_standing(*touches[:3], zone=zone), policy, touches[3:]).at
    assert found is not None
    assert allowed(found, zone, touches, caps, gap)
    step = timedelta(minutes=30)  # every boundary here lies on one
    assert not any(allowed(at + n * step, zone, touches, caps, gap) for n in range(-(-(found - at) // step)))

"""Moments: the edge cases of calendars and clocks, each under its name."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.core.calendar import Calendar
from outreach.core.moment import Base, Moment, Span, When, again, resolve
from outreach.core.moment_text import parse_when
from tests.core.moments import BERLIN, NEW_YORK, a_base, at, reason, utc

FORMS = [
    "immediately", "in 2 hours", "in 3 days", "in 3 days 10:00", "next day 10:00", "next business day 10:00",
    "in 2 business days 10:00", "next monday 10:00", "same day 18:00", "5 days before event.arrival 09:00",
    "on event.arrival 12:00", "7 days after event.arrival 10:00", "2 hours before event.arrival",
    "3 business days before event.arrival", "1 hour after previous", "2 days after previous 10:00",
    "on customer.birthday 10:00", "7 days after customer.birthday", "36500 days after event.arrival",
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("immediately", "2026-10-30T20:15"),
        ("in 2 hours", "2026-10-30T22:15"),
        ("in 3 days", "2026-11-02T21:15"),
        ("in 3 days 10:00", "2026-11-02T15:00"),
        ("next day 10:00", "2026-10-31T14:00"),
        ("next day", "2026-10-31T20:15"),
        ("next business day 10:00", "2026-11-02T15:00"),
        ("in 2 business days 10:00", "2026-11-03T15:00"),
        ("next monday 10:00", "2026-11-02T15:00"),
        ("next friday 10:00", "2026-11-06T15:00"),
        ("same day 18:00", "2026-10-30T22:00"),
    ],
)
def test_what_the_forms_mean_on_a_friday_before_the_clocks_change(text, expected):
    assert at(text) == utc(expected)


def test_t5_the_next_day_is_that_of_the_events_local_date():
    """23:59 in New York is the day after in UTC; 00:30 in Berlin the day before."""
    assert at("next day 10:00", a_base("2026-06-02T03:59")) == utc("2026-06-02T14:00")
    assert at("next day 10:00", a_base("2026-06-01T22:30", BERLIN)) == utc("2026-06-03T08:00")


def test_t6_the_next_business_day_is_open_for_the_house_and_where_the_customer_is():
    monday, tuesday = date(2026, 11, 2), date(2026, 11, 3)
    calendar = Calendar(
        closed=frozenset({monday}),
        holidays=lambda country, region, _: frozenset({tuesday} if (country, region) == ("US", "NY") else ()),
    )
    base = a_base(calendar=calendar, country="US", region="NY")
    assert at("next business day 10:00", base) == utc("2026-11-04T15:00")
    assert at("next business day 10:00", a_base(calendar=calendar, country="US")) == utc("2026-11-03T15:00")


def test_t8_a_time_that_does_not_exist_moves_forward_by_the_gap():
    assert at("next day 02:30", a_base("2027-03-13T17:00")) == utc("2027-03-14T07:30")
    assert at("next day 02:30", a_base("2027-03-27T17:00", BERLIN)) == utc("2027-03-28T01:30")


def test_t9_a_time_that_exists_twice_is_the_first():
    assert at("next day 01:30", a_base("2026-10-31T17:00")) == utc("2026-11-01T05:30")
    assert at("next day 02:30", a_base("2026-10-24T17:00", BERLIN)) == utc("2026-10-25T00:30")


def test_t10_one_day_is_not_24_hours():
    saturday_ten = a_base("2027-03-13T15:00")
    assert at("in 1 day", saturday_ten) == utc("2027-03-14T14:00"), "10:00 EDT"
    assert at("in 24 hours", saturday_ten) == utc("2027-03-14T15:00"), "11:00 EDT"


def test_t11_elapsed_time_counts_through_the_change():
    assert at("in 3 hours", a_base("2027-03-14T06:00")) == utc("2027-03-14T09:00")


def test_t12_half_an_hour_on_lord_howe():
    found = resolve(parse_when("next day 02:15"), a_base("2026-10-03T01:00", "Australia/Lord_Howe"))
    assert found == Moment(utc("2026-10-03T15:45"), "2026-10-04T02:15 Australia/Lord_Howe")


def test_t13_a_day_that_never_was():
    assert at("next day 10:00", a_base("2011-12-29T22:00", "Pacific/Apia")) == utc("2011-12-30T20:00")


def test_t14_a_wish_moves_with_the_customer_and_an_instant_does_not():
    wish = resolve(parse_when("in 3 days 10:00"), a_base())
    elapsed = resolve(parse_when("in 2 hours"), a_base())
    assert isinstance(wish, Moment)
    assert isinstance(elapsed, Moment)
    assert (wish.intent, elapsed.intent) == ("2026-11-02T10:00 America/New_York", "2026-10-30T22:15:00Z")
    assert again(wish.intent, BERLIN) == utc("2026-11-02T09:00")
    assert again(elapsed.intent, BERLIN) == elapsed.at
    assert again(wish.intent, NEW_YORK) == wish.at


@pytest.mark.parametrize("intent", ["", "soon", "2026-11-02T10:00", "2026-11-02T10:00 Mars", "2026-11-02T10:00Z Mars"])
def test_an_intent_that_cannot_be_read_gives_nothing(intent):
    assert again(intent, "Mars/Olympus") is None


def test_t27_an_event_from_the_future_counts_from_its_own_time():
    base = a_base("2026-11-05T12:00", now=utc("2026-10-30T20:15"))
    assert at("immediately", base) == utc("2026-11-05T12:00")
    assert at("in 2 hours", base) == utc("2026-11-05T14:00")


def test_t23_an_event_that_comes_late_counts_from_its_own_time_too():
    base = a_base("2026-10-30T20:15", now=utc("2026-10-30T23:00"))
    assert at("in 2 hours", base) == utc("2026-10-30T22:15")
    assert at("immediately", base) == utc("2026-10-30T23:00")


def test_after_previous_counts_from_the_previous_steps_end():
    base = a_base(previous=utc("2026-11-02T15:20"))
    assert at("1 hour after previous", base) == utc("2026-11-02T16:20")
    assert at("2 days after previous 10:00", base) == utc("2026-11-04T15:00")
    assert at("1 business day after previous", base) == utc("2026-11-03T15:20")
    assert reason("1 hour after previous", a_base()) == "no_previous"


def test_an_unknown_zone_and_a_house_that_never_opens_are_named():
    assert reason("next day 10:00", a_base(zone="Mars/Olympus")) == "unknown_timezone"
    never = a_base(calendar=Calendar(days=frozenset()), values={"event.arrival": "2026-11-10"})
    assert reason("next business day 10:00", never) == "no_business_day"
    assert reason("3 business days before event.arrival 10:00", never) == "no_business_day"


def test_any_offset_gives_utc():
    started = datetime(2026, 10, 30, 16, 15, tzinfo=timezone(timedelta(hours=-4)))
    found = resolve(parse_when("in 2 hours"), a_base(now=started))
    assert found == Moment(utc("2026-10-30T22:15"), "2026-10-30T22:15:00Z")
    later = Base(now=started, started=started, zone=BERLIN, calendar=Calendar())
    assert resolve(parse_when("in 2 hours"), later) == found


VALUES = st.one_of(
    st.none(), st.text(max_size=30), st.integers(), st.floats(), st.booleans(), st.dates(), st.datetimes(),
    st.datetimes(timezones=st.timezones()), st.datetimes().map(datetime.isoformat), st.just("\ud800"),
    st.dates().map(lambda day: f"--{day:%m-%d}"), st.lists(st.text(max_size=3), max_size=2),
)  # fmt: skip


@given(
    st.sampled_from(FORMS),
    VALUES,
    st.datetimes(timezones=st.just(UTC)),
    st.sampled_from([NEW_YORK, BERLIN, "Pacific/Apia", "Asia/Tokyo", "UTC", "", "Mars/Olympus"]) | st.text(max_size=10),
)
def test_resolving_never_raises_and_always_says_what(text, value, started, zone):
    values = {"event.arrival": value, "customer.birthday": value}
    base = Base(now=started, started=started, previous=started, zone=zone, calendar=Calendar(), lookup=values.get)
    found = resolve(parse_when(text), base)
    if isinstance(found, Moment):
        assert found.at.tzinfo is UTC
        assert again(found.intent, zone) == found.at
    else:
        assert found.reason
        assert found.text


def test_what_a_moment_depends_on():
    assert parse_when("1 hour after previous").needs_previous
    assert not parse_when("next day 10:00").needs_previous
    assert parse_when("on event.arrival 10:00").anchor == "event.arrival"
    assert parse_when("next day 10:00").anchor == ""
    assert str(When(kind="in", span=Span(days=1))) == "in"

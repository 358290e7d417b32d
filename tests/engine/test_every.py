"""Rules on the clock: every Monday, the first of the month."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.core.tick_text import parse_cron, parse_every
from outreach.core.ticks import latest_tick, next_tick
from outreach.core.words import MomentError
from tests.support.business import a_customer, a_rule, an_engine, rules_of, utc


def every(on: str, **keys: str) -> str:
    return rules_of(a_rule("sms: {at: immediately, template: hi}", on=on, **keys))


def sent(it, customer: str = "c1") -> list[str]:
    return [f"{f.ended:%Y-%m-%dT%H:%M}" for f in it.all(customer) if f.state == "sent"]


def test_it_strikes_on_each_customers_own_clock():
    it = an_engine(every('{every: "mon 09:00"}'), a_customer(), a_customer("c2", timezone="Europe/Paris"))
    it.wait("2026-11-20T00:00")
    assert sent(it) == ["2026-11-09T14:00", "2026-11-16T14:00"]
    assert sent(it, "c2") == ["2026-11-09T08:00", "2026-11-16T08:00"]


def test_only_those_for_whom_the_condition_holds():
    it = an_engine(
        every('{cron: "0 9 1 * *"}', when="\"count('visit', '30 days') > 1\""), a_customer(), a_customer("c2")
    )
    it.tell("visit")
    it.wait("2026-11-05T15:00").tell("visit")
    it.tell("visit", "c2")
    it.wait("2027-02-02T00:00")
    assert (sent(it), sent(it, "c2")) == (["2026-12-01T14:00"], [])


def test_the_strikes_a_worker_slept_through_count_once():
    it = an_engine(every('{every: "day 09:00"}'))
    it.clock.instant = utc("2026-11-07T16:00")
    assert sent(it.wait("2026-11-08T15:00")) == ["2026-11-07T16:00", "2026-11-08T14:00"]


def test_once_per_holds_it_back():
    it = an_engine(every('{every: "day 09:00"}', once_per="7 days"))
    assert sent(it.wait("2026-11-18T00:00")) == ["2026-11-03T14:00", "2026-11-10T14:00", "2026-11-17T14:00"]


@pytest.mark.parametrize(
    ("ticks", "after", "zone", "expected"),
    [  # the clocks of New York go forward on 14 March 2027 at 02:00 and back on 1 November 2026 at 02:00
        (parse_every("day 02:30"), "2027-03-14T00:00", "America/New_York", "2027-03-14T07:30"),
        (parse_every("day 01:30"), "2026-11-01T00:00", "America/New_York", "2026-11-01T05:30"),
        (parse_every("day 01:30"), "2026-11-01T05:30", "America/New_York", "2026-11-02T06:30"),
        (parse_cron("0 9 29 2 *"), "2026-11-01T00:00", "UTC", "2028-02-29T09:00"),
        (parse_cron("0 9 31 * *"), "2026-11-01T00:00", "UTC", "2026-12-31T09:00"),
        (parse_cron("*/20 8-9 * * mon-fri"), "2026-11-06T09:40", "UTC", "2026-11-09T08:00"),
        (parse_cron("0 12 13 * 5"), "2026-11-01T00:00", "UTC", "2026-11-06T12:00"),
        (parse_cron("15,45 3 1 jan 0"), "2026-12-31T00:00", "UTC",
         "2027-01-01T03:15"),
    ],
)  # fmt: skip
def test_the_next_strike(ticks, after, zone, expected):
    assert next_tick(ticks, utc(after), zone) == utc(expected)


@given(
    st.sampled_from(["30 2 * * *", "0 0 * * *", "15 1 * * sun", "0 9 1 * *", "5 3 */2 * 1,3", "0 23 28-31 2,3 *"]),
    st.sampled_from(["America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia", "UTC"]),
    st.integers(0, 15 * 366 * 86_400),
)
def test_forward_and_back_tell_of_the_same_strikes(text, zone, seconds):
    ticks, now = parse_cron(text), utc("2021-01-01T00:00") + timedelta(seconds=seconds)
    ahead = next_tick(ticks, now, zone)
    assert ahead is not None
    assert ahead > now
    assert latest_tick(ticks, ahead, zone) == ahead
    before = latest_tick(ticks, ahead - timedelta(microseconds=1), zone)
    assert before is not None
    assert before <= now
    assert next_tick(ticks, before, zone) == ahead


@pytest.mark.parametrize(
    ("read", "text", "told"),
    [
        (parse_every, "mon", "this needs days and a time of day"),
        (parse_every, "monn 09:00", "no weekday is called `monn`"),
        (parse_every, "mon 9am", "`9am` is not a time of day"),
        (parse_every, "mon 25:00", "`25:00` is not a time of day"),
        (parse_cron, "0 9 1 *", "cron has five fields, not 4"),
        (parse_cron, "60 9 1 * *", "`60` is no minute"),
        (parse_cron, "0 9 30 2 *", "no such day ever comes"),
        (parse_cron, "0 9 * * 5-1", "`5-1` runs backwards"),
        (parse_cron, "0 9 * * monk", "`monk` is no weekday"),
        (parse_cron, "*/0 9 * * *", "the step of the minute"),
    ],
)
def test_what_is_no_time_of_the_week_is_refused(read, text, told):
    with pytest.raises(MomentError, match=told.replace("*", r"\*").replace("(", r"\(")):
        read(text)

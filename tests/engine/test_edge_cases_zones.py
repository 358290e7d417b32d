"""Edge cases of zones and clock changes, by the numbers of the domain's list: T8 to T16 and T20.

T17 to T19 (several plausible zones) stand with the zones themselves.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from outreach.core.follow_up import evolve
from outreach.core.zone import to_utc
from tests.support.business import Business, a_customer, a_rule, an_engine, rules_of, utc

HOURS = '{min_gap: 0 minutes, caps: [], holidays: none, hours: {sms: {mon-sun: "09:00-20:00"}}}'


def due(step: str, at: str, zone: str = "America/New_York") -> str:
    it = an_engine(rules_of(a_rule(step)), a_customer(timezone=zone), at=at)
    it.tell("purchase")
    return f"{it.one().due:%Y-%m-%dT%H:%M}"


def sent(it: Business) -> list[str]:
    return [f"{f.ended:%Y-%m-%dT%H:%M}" for f in it.all() if f.state == "sent"]


@pytest.mark.parametrize(
    ("zone", "local", "instant"),
    [
        ("America/New_York", "2027-03-14T02:30", "2027-03-14T07:30"),  # T8: doesn't exist, 03:30 EDT
        ("Europe/Berlin", "2027-03-28T02:30", "2027-03-28T01:30"),  # T8: 03:30 CEST
        ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30"),  # T9: exists twice, the first
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30"),  # T9
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:45"),  # T12: half an hour, 02:45
        ("Pacific/Apia", "2011-12-30T10:00", "2011-12-30T20:00"),  # T13: the day is missing, 10:00 on the 31st
    ],
)
def test_t8_t9_t12_t13_a_time_that_is_not_or_is_twice(zone: str, local: str, instant: str):
    assert to_utc(datetime.fromisoformat(local), zone) == utc(instant)


def test_t9_what_exists_twice_strikes_once():
    it = an_engine(rules_of(a_rule("sms: {template: hi}", on='{every: "day 01:30"}')), at="2026-10-31T12:00")
    assert sent(it.wait("2026-11-02T12:00")) == ["2026-11-01T05:30", "2026-11-02T06:30"]


def test_t10_24_hours_are_not_the_next_day():
    saturday = "2027-03-13T15:00"  # 10:00 in New York; in the night the clocks go forward
    assert due("sms: {at: in 24 hours, template: hi}", saturday) == "2027-03-14T15:00"  # 11:00
    assert due("sms: {at: in 1 day, template: hi}", saturday) == "2027-03-14T14:00"  # 10:00
    assert due("sms: {at: next day 10:00, template: hi}", saturday) == "2027-03-14T14:00"


def test_t11_a_window_with_the_change_in_it_keeps_to_the_wall_clock():
    night = HOURS.replace("09:00-20:00", "01:00-04:00")
    it = an_engine(rules_of(a_rule("sms: {at: immediately, template: hi}"), cadence=night), at="2026-10-31T22:00")
    it.tell("purchase")
    assert sent(it.wait("2026-11-02T00:00")) == ["2026-11-01T05:00"]  # the first 01:00
    spring = an_engine(rules_of(a_rule("sms: {at: immediately, template: hi}"), cadence=night), at="2027-03-14T06:59")
    spring.tell("purchase")
    assert sent(spring.wait("2027-03-15T00:00")) == ["2027-03-14T06:59"]  # a minute before 02:00, which isn't


def test_t14_who_moves_east_may_find_the_hour_gone_and_is_asked_once():
    it = an_engine(rules_of(a_rule("sms: {at: same day 19:30, valid_for: 1 day, template: hi}"), cadence=HOURS))
    it.tell("purchase")  # 19:30 in New York is 00:30 UTC
    it.wait("2026-11-02T23:00").tell("customer.changed", timezone="Europe/Paris")  # midnight there
    assert sent(it.wait("2026-11-05T00:00")) == ["2026-11-03T08:00"]


def test_t15_a_zone_that_flaps_makes_no_second_contact():
    it = an_engine(rules_of(a_rule("sms: {at: next day 10:00, template: hi}")))
    it.tell("purchase")
    for n, zone in enumerate(["Europe/Paris", "America/New_York", "Asia/Tokyo", "America/New_York"] * 3):
        it.wait(it.clock.instant + timedelta(minutes=10)).tell("customer.changed", id=f"z{n}", timezone=zone)
    assert sent(it.wait("2026-11-05T00:00")) == ["2026-11-03T15:00"]


def test_t16_new_rules_of_a_zone_move_what_was_planned_by_the_old_ones():
    """As if New York had been on summer time when this was planned: 10:00 was 14:00 UTC, now it is 15:00."""
    it = an_engine(rules_of(a_rule("sms: {at: next day 10:00, template: hi}")))
    it.tell("purchase")
    planned = it.one()
    hour = timedelta(hours=1)
    with it.engine.store.writing() as tx:
        tx.follow_ups.save([evolve(planned, due=planned.due - hour, wake=planned.due - hour)])
    assert sent(it.wait("2026-11-05T00:00")) == ["2026-11-03T15:00"]
    assert ("moved", "moved:zone") in list(it.reasons())


@pytest.mark.parametrize(("told", "ends"), [("hold", "expired unknown_timezone"), ("business", "sent")])
def test_t20_an_unknown_zone_holds_unless_the_houses_will_do(told: str, ends: str):
    cadence = HOURS.replace("{min_gap", "{unknown_timezone: " + told + ", min_gap")
    text = rules_of(a_rule(), cadence=cadence) + "calendars: {business: {timezone: America/New_York}}\n"
    it = an_engine(text, a_customer(timezone="", phone="+15215550101"))
    it.tell("purchase")
    assert it.wait("2026-11-10T00:00").states() == [ends]

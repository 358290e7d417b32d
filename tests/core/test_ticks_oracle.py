"""Strikes of the clock and midnights of dates, over every change of the clocks of every zone from 2020 to 2037, against
another library."""

from __future__ import annotations

from datetime import datetime, timedelta

from whenever import Instant, Time

from outreach.core.event import Event
from outreach.core.guard import Policy
from outreach.core.history import History
from outreach.core.occasions import first_occasion
from outreach.core.rule import OnDate, OnEvery, OnInactive, Rule
from outreach.core.situation import Situation
from outreach.core.span import Span
from outreach.core.tick_text import parse_cron, parse_every
from outreach.core.ticks import Ticks, latest_tick, next_tick
from tests.core.test_moment_oracle import CALENDAR, all_changes, changes, plain, shifted, wall
from tests.support.business import a_customer
from tests.support.guarded import a_policy

assert changes is not None  # the fixture: each seventh change, or each


def struck(ticks: Ticks, start: datetime, zone: str) -> datetime:
    """The oracle: of all strikes of the days around, in UTC, the first after `start`."""
    local = Instant(start).to_tz(zone)
    days = (shifted(local, n) for n in range(-2, 40))
    found = (
        wall(day, Time(clock.hour, clock.minute), local).to_instant().to_stdlib()
        for day in days
        if day.month in ticks.months and day.weekday() in ticks.weekdays and day.day in ticks.days
        for clock in ticks.clocks
    )
    return min(at for at in found if at > start)


def test_strikes_around_every_change(changes, capsys):
    count = 0
    for change in changes:
        at = change.before + timedelta(minutes=20)
        for ticks in (
            parse_every(f"day {at:%H:%M}"), parse_every("mon, sun 01:30"), parse_cron(f"0,{at.minute} {at.hour} * * *"),
            parse_cron("30 2 1-7 * *"),
        ):  # fmt: skip
            for hours in (-26, -1, 0, 1):
                start = change.at + timedelta(hours=hours, minutes=5)
                found = next_tick(ticks, start, change.zone)
                assert found == struck(ticks, start, change.zone), (ticks, change, hours)
                assert latest_tick(ticks, found, change.zone) == found
                count += 1
    with capsys.disabled():
        print(f"[{count:,} strikes]", end=" ")


def a_situation(policy: Policy, zone: str, now: datetime, **customer: object) -> Situation:
    nothing = Event(id="", type="", customer="c1", time=now)
    person = a_customer(timezone=zone, **customer)
    return Situation(
        tenant="main", bucket=0, customer=person, event=nothing, now=now, policy=policy, past=History((), now)
    )


def a_rule_on(trigger: OnDate | OnInactive | OnEvery) -> Rule:
    return Rule(name="r", trigger=trigger, steps=(), version="")


def test_a_date_begins_at_its_midnight_wherever_the_customer_is(changes):
    policy = Policy(cadence=a_policy().cadence, calendar=CALENDAR, holidays=lambda *_: frozenset())
    rule = a_rule_on(OnDate(field="birthday"))
    for change in changes:
        now = change.at - timedelta(days=3)
        zoned = Instant(now).to_tz(change.zone)
        day = plain(change.at, change.zone).date()
        found = first_occasion(rule, a_situation(policy, change.zone, now, birthday=f"--{day:%m-%d}"), None)
        assert found is not None
        assert found.fires == wall(day, Time(), zoned).to_instant().to_stdlib(), change


def test_a_silence_of_days_keeps_the_wall_time(changes):
    policy = Policy(cadence=a_policy().cadence, calendar=CALENDAR, holidays=lambda *_: frozenset())
    rule = a_rule_on(OnInactive(after=Span(days=30)))
    for change in changes:
        last = change.at - timedelta(days=30, minutes=-10)
        zoned = Instant(last).to_tz(change.zone)
        found = first_occasion(rule, a_situation(policy, change.zone, last), last)
        assert found is not None
        assert found.fires == wall(shifted(zoned, 30), zoned.time(), zoned).to_instant().to_stdlib(), change


def test_there_are_thousands_of_changes():
    assert len(all_changes()) > 7_000

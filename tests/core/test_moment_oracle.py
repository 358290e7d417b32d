"""Every form of `at`, over every change of the clocks of every zone from 2020 to 2037, against another library."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import pytest
from whenever import Date, Instant, PlainDateTime, Time, ZonedDateTime, available_timezones

from outreach.core.calendar import Calendar
from outreach.core.moment import Base, Moment, When, resolve
from outreach.core.moment_text import parse_when
from outreach.core.span import Span
from outreach.core.zone import known, to_local, to_utc

FIRST, LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2038, 1, 1, tzinfo=UTC)
HOLIDAYS = frozenset(date(year, month, day) for year in range(2019, 2039) for month, day in ((1, 1), (11, 2), (3, 30)))
CALENDAR = Calendar(closed=HOLIDAYS)
ZONES = sorted(zone for zone in available_timezones() if known(zone))

Expected = Callable[[ZonedDateTime, Time], ZonedDateTime]


def wall(day: date, clock: Time, like: ZonedDateTime) -> ZonedDateTime:
    """The oracle's one rule: in a gap forward by the gap, of two the first."""
    return Date(day).at(clock).assume_tz(like.tz_id, disambiguation="compatible")


def shifted(start: ZonedDateTime, days: int) -> date:
    return start.date().add(days=days).to_stdlib()


def working(start: ZonedDateTime, count: int) -> date:
    """Counts business days one by one, either way."""
    day, step = start.date().to_stdlib(), 1 if count > 0 else -1
    while count:
        day += timedelta(days=step)
        count -= step if day.weekday() < 5 and day not in HOLIDAYS else 0
    return day


def the_next(start: ZonedDateTime, weekday: int) -> date:
    return next(day for n in range(1, 8) if (day := shifted(start, n)).weekday() == weekday)


#: Form → the oracle's answer, from the start (the event, the previous step or the anchor) and the clock time.
WITH_A_CLOCK: dict[str, Expected] = {
    "next day {}": lambda s, c: wall(shifted(s, 1), c, s),
    "same day {}": lambda s, c: wall(shifted(s, 0), c, s),
    "in 3 days {}": lambda s, c: wall(shifted(s, 3), c, s),
    "in 2 weeks {}": lambda s, c: wall(shifted(s, 14), c, s),
    "next business day {}": lambda s, c: wall(working(s, 1), c, s),
    "in 2 business days {}": lambda s, c: wall(working(s, 2), c, s),
    "next sunday {}": lambda s, c: wall(the_next(s, 6), c, s),
    "next fri {}": lambda s, c: wall(the_next(s, 4), c, s),
    "2 days after previous {}": lambda s, c: wall(shifted(s, 2), c, s),
    "on event.aware {}": lambda s, c: wall(shifted(s, 0), c, s),
    "1 day before event.naive {}": lambda s, c: wall(shifted(s, -1), c, s),
    "7 days after event.day {}": lambda s, c: wall(shifted(s, 7), c, s),
    "3 business days before event.aware {}": lambda s, c: wall(working(s, -3), c, s),
    "1 business day after event.aware {}": lambda s, c: wall(working(s, 1), c, s),
    "60 days before customer.renews_on {}": lambda s, c: wall(shifted(s, -60), c, s),
}
WITHOUT: dict[str, Expected] = {
    "immediately": lambda s, _: s,
    "in 2 hours": lambda s, _: s.add(hours=2),
    "in 90m": lambda s, _: s.add(minutes=90),
    "in 3 days": lambda s, _: wall(shifted(s, 3), s.time(), s),
    "1 hour after previous": lambda s, _: s.add(hours=1),
    "1 day after previous": lambda s, _: wall(shifted(s, 1), s.time(), s),
    "2 hours before event.aware": lambda s, _: s.subtract(hours=2),
    "1 day before event.aware": lambda s, _: wall(shifted(s, -1), s.time(), s),
    "2 hours before event.naive": lambda s, _: wall(shifted(s, 0), s.time(), s).subtract(hours=2),
}


@dataclass
class Change:
    """A change of the clocks: when, and what the wall clock showed a second before."""

    zone: str
    at: datetime
    before: datetime


@lru_cache(maxsize=1)
def all_changes() -> tuple[Change, ...]:
    return tuple(change for zone in ZONES for change in changes_of(zone))


@pytest.fixture(params=["sample", pytest.param("all", marks=pytest.mark.slow)])
def changes(request: pytest.FixtureRequest) -> tuple[Change, ...]:
    """Each seventh change (odd, so that springs and autumns take turns), or each."""
    return all_changes()[:: 7 if request.param == "sample" else 1]


def changes_of(zone: str) -> Iterator[Change]:
    """As the oracle knows them; a zone whose clocks never change gives an arbitrary instant."""
    here = Instant(FIRST).to_tz(zone).next_transition()
    if here is None or here.to_instant() >= Instant(LAST):
        at = datetime(2026, 10, 30, 20, 30, tzinfo=UTC)
        yield Change(zone, at, plain(at, zone))
    while here is not None and here.to_instant() < Instant(LAST):
        at = here.to_instant().to_stdlib()
        yield Change(zone, at, plain(at - timedelta(seconds=1), zone))
        here = here.next_transition()


def plain(at: datetime, zone: str) -> datetime:
    return Instant(at).to_tz(zone).to_plain().to_stdlib()


parsed = lru_cache(maxsize=None)(parse_when)


def base_at(start: datetime, zone: str) -> Base:
    local = plain(start, zone)
    anchors = {
        "event.aware": start.isoformat(),
        "event.naive": local.isoformat(),
        "event.day": local.date().isoformat(),
        "customer.renews_on": local.date(),
    }
    return Base(now=start, started=start, previous=start, zone=zone, calendar=CALENDAR, lookup=anchors.get)


def compare(when: When, expected: ZonedDateTime, base: Base) -> None:
    found = resolve(when, base)
    assert isinstance(found, Moment), (when, base)
    assert found.at == expected.to_instant().to_stdlib(), (str(when), base.zone, base.started)


def test_the_oracle_reads_the_same_zones_as_we_do():
    assert len(ZONES) > 500


def test_every_clock_time_around_every_change_of_the_clocks(changes, capsys):
    count = 0
    for change in changes:
        for minutes in range(-90, 135, 15):
            local = change.before.replace(second=0) + timedelta(minutes=minutes)
            assert to_utc(local, change.zone) == wall_of(local, change.zone), (local, change)
            instant = change.at + timedelta(minutes=minutes, seconds=-1)
            assert to_local(instant, change.zone) == plain(instant, change.zone), (instant, change)
            count += 2
    with capsys.disabled():
        print(f"[{count:,} conversions, {len(changes):,} changes, {len(ZONES)} zones]", end=" ")


def wall_of(local: datetime, zone: str) -> datetime:
    return PlainDateTime(local).assume_tz(zone, disambiguation="compatible").to_instant().to_stdlib()


#: The moment lands on the day of the change (a clock time in or beside it), or its start lies there.
LEADS = {"next day {}": 24, "in 3 days {}": 72, "1 day before event.naive {}": -24, "2 days after previous {}": 48}


def test_every_form_with_a_clock_time_over_every_change(changes, capsys):
    count = 0
    for change in changes:
        clocks = [change.before + timedelta(minutes=20), change.before - timedelta(minutes=40)]
        for form, expected in WITH_A_CLOCK.items():
            start = change.at - timedelta(hours=LEADS.get(form, 1), minutes=25)
            base, zoned = base_at(start, change.zone), Instant(start).to_tz(change.zone)
            for clock in ("10:00", *(f"{c:%H:%M}" for c in clocks)):
                compare(parsed(form.format(clock)), expected(zoned, Time.parse_iso(clock)), base)
                count += 1
    with capsys.disabled():
        print(f"[{count:,} moments]", end=" ")


def test_every_form_without_a_clock_time_over_every_change(changes, capsys):
    count = 0
    for change in changes:
        for hours in (-73, -25, -1, 0, 1, 25):
            start = change.at + timedelta(hours=hours, minutes=20)
            base, zoned = base_at(start, change.zone), Instant(start).to_tz(change.zone)
            for form, expected in WITHOUT.items():
                compare(parsed(form), expected(zoned, Time()), base)
                count += 1
    with capsys.disabled():
        print(f"[{count:,} moments]", end=" ")


@pytest.mark.parametrize(("text", "days"), [("1 day", 1), ("2 weeks", 14), ("30d", 30)])
def test_a_validity_in_days_keeps_the_wall_time_over_every_change(changes, text, days):
    span = Span(days=days)
    for change in changes:
        start = change.at - timedelta(days=days, minutes=-10)
        zoned = Instant(start).to_tz(change.zone)
        expected = wall(shifted(zoned, days), zoned.time(), zoned).to_instant().to_stdlib()
        assert span.add(start, change.zone, CALENDAR) == expected, (text, change)

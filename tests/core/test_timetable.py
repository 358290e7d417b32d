"""A timetable says of every instant what the guards of hours and laws say."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from outreach.core.calendar import Calendar
from outreach.core.hours import NEVER, parse_hours
from outreach.core.lawful import lawful_hours
from outreach.core.open_hours import hours_guards
from outreach.core.room import LATE, instant, number
from outreach.core.standing import Standing
from outreach.core.timetable import timetable
from outreach.rulebook.law_packs import laws_of
from tests.support.guarded import NOON, a_follow_up, a_policy, a_standing

ZONES = ("America/New_York", "Europe/Paris", "Europe/Istanbul", "America/St_Johns", "Australia/Lord_Howe", "Asia/Tokyo")
PLACES = [("US", "FL"), ("US", "NY"), ("US", ""), ("FR", ""), ("GB", "")]
HOURS = {
    "call": parse_hours({"mon-fri": "10:00-13:00, 14:00-18:00", "sat": "10:00-14:00"}),
    "sms": parse_hours({"mon-sat": "01:30-20:00", "sun": "22:00-04:00"}),
}
DAYS = frozenset(date(2027, 1, 1) + n * timedelta(days=9) for n in range(-80, 80))
HOUSE = Calendar(closed=frozenset({min(DAYS) + timedelta(days=3)}), open=frozenset(sorted(DAYS)[::4]))
POLICY = replace(a_policy(hours=HOURS, closed=DAYS, laws=laws_of(["us", "fr"])), calendar=HOUSE)


def by_guards(f, standing: Standing, at: datetime) -> datetime | None:
    """What the guards agree on, asked one after the other."""
    guards = [*hours_guards(f, standing, POLICY), *lawful_hours(f, standing, POLICY)]
    for _ in range(2000):
        later = next((found for guard in guards if (found := guard(at)) is not None), None)
        if later is None or later[0] is None:
            return at if later is None else None
        at = later[0]
    return None


@pytest.mark.parametrize("seed", range(6))
def test_it_says_what_the_guards_say(seed: int):
    dice, moved = random.Random(seed), 0
    for _ in range(60):
        zones = tuple(dice.sample(ZONES, dice.choice((1, 1, 2))))
        standing = a_standing(zones=zones, places=frozenset(dice.sample(PLACES, dice.choice((1, 1, 2)))))
        purpose = dice.choice(("care", "marketing", "safety"))
        f = a_follow_up(channel=dice.choice(("call", "sms", "email")), purpose=purpose)
        at = datetime(dice.choice((2010, 2026, 2027)), 1, 1, tzinfo=UTC) + dice.randrange(8760 * 60) * timedelta(
            minutes=1
        )
        table = timetable(f, standing, POLICY)
        found, wanted = table.opens(number(at)), by_guards(f, standing, at)
        assert found == (LATE if wanted is None else number(wanted)), (f, standing, at)
        moved += found != number(at)
    assert moved > 10


def test_where_zone_or_place_are_not_known_there_is_none():
    f = a_follow_up(channel="call")
    assert timetable(f, a_standing(zones=(), places=frozenset(PLACES)), POLICY) is None
    assert timetable(f, a_standing(places=frozenset()), POLICY) is None
    assert timetable(f, a_standing(zones=()), a_policy()).opens(7) == 7


def test_hours_that_never_come_are_late():
    policy = a_policy(hours={"sms": NEVER})
    assert timetable(a_follow_up(), a_standing(), policy).opens(number(NOON)) == LATE
    assert timetable(a_follow_up(), a_standing(), policy).opens(LATE) == LATE


def test_the_end_of_an_opening_is_closed():
    table = timetable(a_follow_up(), a_standing(), a_policy(hours={"sms": parse_hours({"mon-sun": "09:00-20:00"})}))
    last = number(NOON.replace(hour=20)) - 1
    assert (table.opens(last), instant(table.opens(last + 1)).isoformat()) == (last, "2026-11-03T09:00:00+00:00")

"""Opening hours: what can be written, when it opens and closes, holidays."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.core.hours import ALWAYS, NEVER, MomentError, Week, parse_days, parse_hours, spell
from outreach.core.week import week
from tests.core.moments import utc

FRANCE = parse_hours({"mon-fri": "10:00-13:00, 14:00-18:00"})
NIGHT = parse_hours({"fri": "22:00-02:00"})
MINUTES = st.integers(0, 1439)
WEEKS = st.dictionaries(st.integers(0, 6), st.lists(st.tuples(MINUTES, MINUTES), max_size=3)).map(week)


def closed_on(*days: str) -> frozenset[date]:
    return frozenset(map(date.fromisoformat, days))


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon-fri", (0, 1, 2, 3, 4)),
        ("mon–fri", (0, 1, 2, 3, 4)),
        ("Saturday", (5,)),
        ("mon, wed-thu", (0, 2, 3)),
        ("fri-mon", (4, 5, 6, 0)),
        ("mon-mon", (0,)),
        ("mon - sun", tuple(range(7))),
    ],
)
def test_days(text, days):
    assert parse_days(text) == days


@pytest.mark.parametrize(
    ("text", "offset", "message", "hint"),
    [
        ("mo", 0, "no weekday is called `mo`", "did you mean `mon`?"),
        ("-fri", 0, "a weekday is missing here", "weekdays are mon"),
        ("mon-frii", 4, "no weekday is called `frii`", "did you mean `fri`?"),
        ("mon, weekend", 5, "no weekday is called `weekend`", "did you mean `sat-sun`?"),
        ("xyz", 0, "no weekday is called `xyz`", "weekdays are mon"),
        ("mon-", 4, "a weekday is missing here", "weekdays are mon"),
        ("mon-wed, tue", 9, "tuesday stands here twice", ""),
        ("", 0, "something is missing here", ""),
        ("mon,,tue", 4, "something is missing here", ""),
        ("m" * 201, 200, "longer than 200 characters", ""),
    ],
)
def test_days_that_are_none(text, offset, message, hint):
    with pytest.raises(MomentError) as caught:
        parse_days(text)
    assert (caught.value.offset, caught.value.message) == (offset, message)
    assert caught.value.hint.startswith(hint)


@pytest.mark.parametrize(
    ("written", "week"),
    [
        ({"mon": "10:00-13:00, 14:00-18:00"}, week({0: [(600, 780), (840, 1080)]})),
        ({"mon": "14:00-18:00, 10:00-13:00"}, week({0: [(600, 780), (840, 1080)]})),
        ({"mon": "10:00-13:00, 12:00-18:00"}, week({0: [(600, 1080)]})),
        ({"mon": "9:00 – 24:00"}, week({0: [(540, 1440)]})),
        ({"sun": "22:00-02:00"}, week({6: [(1320, 1440)], 0: [(0, 120)]})),
        ({"sun": "22:00-00:00"}, week({6: [(1320, 1440)]})),
        ({"sun": "22:00-02:00", "mon": "01:00-03:00"}, week({6: [(1320, 1440)], 0: [(0, 180)]})),
        ({"mon-sun": "00:00-24:00"}, ALWAYS),
        ({"mon-sun": "any"}, ALWAYS),
        ({"mon-sun": "closed"}, NEVER),
        ({}, NEVER),
    ],
)
def test_hours(written, week):
    assert parse_hours(written) == week


@pytest.mark.parametrize(
    ("written", "offset", "message", "hint"),
    [
        ({"mon": "10:00"}, 0, "`10:00` is no opening", "write it as `10:00-18:00`"),
        ({"mon": "10:00-"}, 0, "`10:00-` is no opening", "write it as `10:00-18:00`"),
        ({"mon": "10:00-12:00, 14-18"}, 13, "`14` is not a time of day", "write `14:00`"),
        ({"mon": "10:00-25:00"}, 6, "`25:00` is not a time of day (00:00 to 24:00)", ""),
        ({"mon": "24:00-02:00"}, 0, "`24:00` is not a time of day (00:00 to 23:59)", ""),
        ({"mon": "10:00-24:30"}, 6, "`24:30` is not a time of day (00:00 to 24:00)", ""),
        ({"mon": "9am-5pm"}, 0, "`9am` is not a time of day", "write `09:00`"),
        ({"mon": "10:00-10:00"}, 0, "`10:00-10:00` is empty", "the whole day is `00:00-24:00`"),
        ({"mon": "10:00-12:00,"}, 12, "something is missing here", "write"),
        ({"mon-fri": "10:00-12:00", "wed": "closed"}, 0, "wednesday is given twice", "name each weekday once"),
    ],
)
def test_hours_that_are_none(written, offset, message, hint):
    with pytest.raises(MomentError) as caught:
        parse_hours(written)
    assert (caught.value.offset, caught.value.message) == (offset, message)
    assert caught.value.hint.startswith(hint)


def test_the_end_is_closed_and_the_second_before_it_is_not():
    assert FRANCE.is_open(datetime.fromisoformat("2026-11-02T17:59:59.999999"))
    assert not FRANCE.is_open(datetime.fromisoformat("2026-11-02T18:00:00"))
    assert FRANCE.is_open(datetime.fromisoformat("2026-11-02T10:00:00"))
    assert not FRANCE.is_open(datetime.fromisoformat("2026-11-02T13:30:00"))


@pytest.mark.parametrize(
    ("instant", "opens"),
    [
        ("2026-10-30T14:30", "2026-10-30T14:30"),
        ("2026-10-30T12:30", "2026-10-30T13:00"),
        ("2026-10-30T17:00", "2026-11-02T09:00"),
        ("2026-10-31T09:00", "2026-11-02T09:00"),
    ],
)
def test_the_next_opening_in_paris(instant, opens):
    assert FRANCE.next_open(utc(instant), "Europe/Paris") == utc(opens)


def test_holidays_are_skipped():
    closed = closed_on("2026-10-30", "2026-11-02").__contains__
    assert FRANCE.next_open(utc("2026-10-30T14:30"), "Europe/Paris", closed) == utc("2026-11-03T09:00")


def test_over_midnight_a_holiday_ends_the_night():
    closed = closed_on("2026-11-07").__contains__
    assert NIGHT.next_open(utc("2026-11-07T00:30"), "UTC") == utc("2026-11-07T00:30")
    assert NIGHT.next_open(utc("2026-11-07T00:30"), "UTC", closed) == utc("2026-11-13T22:00")
    assert NIGHT.closes(utc("2026-11-06T23:00"), "UTC") == utc("2026-11-07T02:00")
    assert NIGHT.closes(utc("2026-11-06T23:00"), "UTC", closed) == utc("2026-11-07T00:00")


def test_a_week_without_openings_and_a_year_of_holidays_never_open():
    assert NEVER.next_open(utc("2026-11-01T10:00"), "UTC") is None
    assert ALWAYS.next_open(utc("2026-11-01T10:00"), "UTC", lambda day: True) is None


def test_when_it_closes():
    assert FRANCE.closes(utc("2026-11-02T09:00"), "Europe/Paris") == utc("2026-11-02T12:00")
    assert FRANCE.closes(utc("2026-11-02T12:30"), "Europe/Paris") is None, "closed at noon"
    assert ALWAYS.closes(utc("2026-11-02T12:30"), "Europe/Paris") is None, "never"
    assert ALWAYS.closes(utc("2026-11-02T12:30"), "UTC", closed_on("2026-11-05").__contains__) == utc("2026-11-05")
    assert ALWAYS.closes(utc("2026-11-02T12:30"), "UTC", lambda day: False) is None, "not within two years"


def test_house_and_law_together_are_open_when_both_are():
    law = parse_hours({"mon-sat": "09:00-20:00"})
    assert FRANCE & law == FRANCE
    assert parse_hours({"mon-sun": "08:00-10:00, 19:00-22:00"}) & law == parse_hours(
        {"mon-sat": "09:00-10:00, 19:00-20:00"}
    )
    assert ALWAYS & law == law
    assert NEVER & law == NEVER


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"mon-fri": "10:00-13:00, 14:00-18:00"}, "mon-fri 10:00-13:00 and 14:00-18:00"),
        ({"mon-sat": "09:00-21:00", "sun": "12:00-21:00"}, "mon-sat 09:00-21:00, sun 12:00-21:00"),
        ({"mon": "09:00-12:00", "wed-thu": "09:00-12:00"}, "mon 09:00-12:00, wed-thu 09:00-12:00"),
        ({"fri": "22:00-02:00"}, "fri 22:00-24:00, sat 00:00-02:00"),
        ({"mon-sun": "any"}, "mon-sun 00:00-24:00"),
        ({}, "no hours"),
    ],
)
def test_a_week_in_words(written, said):
    assert spell(parse_hours(written)) == said


@given(WEEKS)
def test_a_week_in_words_is_that_week(hours):
    said = spell(hours)
    parts = [] if said == "no hours" else [part.split(" ", 1) for part in said.split(", ")]
    assert parse_hours({days: spans.replace(" and ", ", ") for days, spans in parts}) == hours


@given(st.dictionaries(st.text(max_size=9), st.text(max_size=15), max_size=3))
def test_whatever_is_written_only_moment_errors_come(written):
    try:
        found: object = parse_hours(written)
    except MomentError as error:
        found = error
    assert isinstance(found, Week | MomentError)

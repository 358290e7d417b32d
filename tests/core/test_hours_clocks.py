"""An opening never lies in closed time, whatever the clocks do: checked minute by minute."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from outreach.core.hours import NEVER, Week, parse_hours
from outreach.core.week import week
from tests.core.moments import NEW_YORK, utc

MINUTE = timedelta(minutes=1)


def test_t11_an_opening_that_begins_in_a_gap_begins_after_it():
    early = parse_hours({"sun": "02:30-04:00"})
    assert early.next_open(utc("2027-03-14T05:00"), NEW_YORK) == utc("2027-03-14T07:00"), "03:00 EDT, not 03:30"
    within = parse_hours({"sun": "02:10-02:50"})
    assert within.next_open(utc("2027-03-14T05:00"), NEW_YORK) == utc("2027-03-21T06:10")


def test_t11_an_hour_that_comes_twice_is_open_twice():
    early = parse_hours({"sun": "01:00-01:30"})
    assert early.next_open(utc("2026-11-01T04:00"), NEW_YORK) == utc("2026-11-01T05:00")
    assert early.closes(utc("2026-11-01T05:10"), NEW_YORK) == utc("2026-11-01T05:30")
    assert early.next_open(utc("2026-11-01T05:30"), NEW_YORK) == utc("2026-11-01T06:00")


def test_t11_a_window_over_the_change_lasts_an_hour_more_or_less():
    night = parse_hours({"mon-sun": "00:00-08:00"})
    assert night.closes(utc("2026-11-01T04:00"), NEW_YORK) == utc("2026-11-01T13:00")
    assert night.closes(utc("2027-03-14T05:00"), NEW_YORK) == utc("2027-03-14T12:00")


def test_t11_an_evening_that_goes_on_after_midnight_meets_the_change_of_the_clocks():
    evening = parse_hours({"mon-sun": "20:00-02:00"})
    # Back: from 20:00 on Saturday to the first 02:00 on Sunday are seven hours, 01:00 to 02:00 comes twice.
    assert evening.next_open(utc("2026-10-31T21:00"), NEW_YORK) == utc("2026-11-01T00:00")
    assert evening.closes(utc("2026-11-01T00:00"), NEW_YORK) == utc("2026-11-01T07:00")
    # Forward, by an evening until 03:00: two o'clock is three o'clock at once, so it is over an hour early.
    late = parse_hours({"mon-sun": "20:00-03:00"})
    assert late.next_open(utc("2027-03-13T22:00"), NEW_YORK) == utc("2027-03-14T01:00")
    assert late.closes(utc("2027-03-14T01:00"), NEW_YORK) == utc("2027-03-14T07:00")
    # It ends in the gap: it is over when the gap begins.
    half = parse_hours({"mon-sun": "20:00-02:30"})
    assert half.closes(utc("2027-03-14T01:00"), NEW_YORK) == utc("2027-03-14T07:00")
    assert half.next_open(utc("2027-03-14T07:00"), NEW_YORK) == utc("2027-03-15T00:00")


def test_t11_quiet_hours_over_midnight_are_the_hours_between():
    """Quiet from 21:00 to 08:00 is open from 08:00 to 21:00; the first quiet second is 21:00:00."""
    day = parse_hours({"mon-sun": "08:00-21:00"})
    night = parse_hours({"mon-sun": "21:00-08:00"})
    for minute in range(0, 1440):
        local = datetime(2026, 11, 1) + minute * MINUTE  # noqa: DTZ001 - a wall clock
        assert day.is_open(local) != night.is_open(local)
    assert day & night == NEVER
    assert not day.is_open(datetime.fromisoformat("2026-11-01T21:00:00"))
    assert day.is_open(datetime.fromisoformat("2026-11-01T20:59:59.999999"))


MINUTES = st.integers(0, 1439)
WEEKS = st.dictionaries(st.integers(0, 6), st.lists(st.tuples(MINUTES, MINUTES), max_size=3)).map(week)
#: Zones and times at which their clocks do something odd, and a plain one.
ODD = [
    (NEW_YORK, "2026-11-01T06:00"),
    (NEW_YORK, "2027-03-14T07:00"),
    ("Australia/Lord_Howe", "2026-10-03T15:30"),
    ("Pacific/Apia", "2011-12-30T10:00"),
    ("America/St_Johns", "2006-10-29T02:31"),
    ("Africa/Cairo", "2026-04-23T22:00"),
    ("America/Sao_Paulo", "2018-02-18T02:00"),
    ("Asia/Kathmandu", "2026-06-01T00:00"),
    ("Antarctica/Troll", "2027-03-28T01:00"),
]
INSTANTS = st.builds(
    lambda odd, minutes, seconds: (odd[0], utc(odd[1]) + timedelta(minutes=minutes, seconds=seconds)),
    st.sampled_from(ODD), st.integers(-4000, 2000), st.integers(0, 59),
)  # fmt: skip
CLOSED = st.frozensets(st.sampled_from([utc(text).date() + timedelta(days=n) for _, text in ODD for n in (-1, 0, 1)]))


def is_open(hours: Week, instant: datetime, zone: str, closed: frozenset[date]) -> bool:
    """The definition: what the wall clock shows is inside the day's hours, and the day isn't closed."""
    local = instant.astimezone(ZoneInfo(zone))
    minute = local.hour * 60 + local.minute
    return local.date() not in closed and any(a <= minute < b for a, b in hours.days[local.weekday()])


def walk(hours: Week, instant: datetime, zone: str, closed: frozenset[date], wanted: bool) -> datetime | None:
    """The first instant from `instant` on at which it is open (or isn't), minute by minute for eight days."""
    if is_open(hours, instant, zone, closed) == wanted:
        return instant
    first = instant.replace(second=0, microsecond=0) + MINUTE
    minutes = (first + n * MINUTE for n in range(8 * 1440))
    return next((minute for minute in minutes if is_open(hours, minute, zone, closed) == wanted), None)


@given(WEEKS, INSTANTS, CLOSED)
@example(week({5: [(1381, 1382)], 6: [(0, 5)]}), ("America/St_Johns", utc("2006-10-28T12:00")), frozenset())
@example(week({5: [(1430, 1440)], 6: [(0, 1)]}), ("America/St_Johns", utc("2006-10-29T02:31")), frozenset())
@example(week({5: [(1410, 1411)], 6: [(0, 1)]}), ("America/St_Johns", utc("2006-10-29T02:15")), frozenset())
@example(week({5: [(1430, 1440)], 6: [(20, 30)]}), ("America/St_Johns", utc("2006-10-29T02:30:30")), frozenset())
def test_the_next_opening_is_the_first_open_minute(hours, where, closed):
    zone, instant = where
    found = hours.next_open(instant, zone, closed.__contains__)
    stepped = walk(hours, instant, zone, closed, wanted=True)
    assert found == stepped or (stepped is None and (found is None or found > instant + timedelta(days=8) - 2 * MINUTE))
    if found is not None:
        assert found >= instant
        assert is_open(hours, found, zone, closed)
        assert hours.next_open(found, zone, closed.__contains__) == found


@given(WEEKS, INSTANTS, CLOSED)
def test_it_closes_at_the_first_closed_minute(hours, where, closed):
    zone, instant = where
    found = hours.closes(instant, zone, closed.__contains__)
    if not is_open(hours, instant, zone, closed):
        assert found is None
    else:
        stepped = walk(hours, instant, zone, closed, wanted=False)
        assert found == stepped or (stepped is None and (found is None or found > instant + timedelta(days=7)))


@given(WEEKS, WEEKS, INSTANTS)
def test_both_together_are_open_when_each_is(mine, theirs, where):
    local = where[1].replace(tzinfo=None)
    assert (mine & theirs).is_open(local) == (mine.is_open(local) and theirs.is_open(local))

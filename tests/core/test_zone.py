"""Local time and UTC: the table of awkward days, and agreement with `zoneinfo` everywhere."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.core.zone import known, stretches, to_local, to_utc

NEW_YORK, BERLIN = "America/New_York", "Europe/Berlin"
AWKWARD = [
    NEW_YORK, BERLIN, "Australia/Lord_Howe", "Pacific/Apia", "America/St_Johns", "Africa/Cairo", "Africa/Casablanca",
    "Antarctica/Troll", "Asia/Kathmandu", "America/Sao_Paulo", "Asia/Gaza", "Pacific/Kwajalein", "Asia/Manila",
    "Europe/Dublin", "America/Phoenix", "UTC", "Africa/Monrovia",
]  # fmt: skip
shown = datetime.fromisoformat
LOCALS = st.datetimes(min_value=shown("1900-01-01"), max_value=shown("2100-01-01"))


@pytest.mark.parametrize(
    ("zone", "local", "utc"),
    [
        pytest.param(NEW_YORK, "2027-03-14T02:30", "2027-03-14T07:30", id="T8 gap: 03:30 EDT"),
        pytest.param(NEW_YORK, "2026-11-01T01:30", "2026-11-01T05:30", id="T9 fold: the first"),
        pytest.param(BERLIN, "2027-03-28T02:30", "2027-03-28T01:30", id="T8 gap: 03:30 CEST"),
        pytest.param(BERLIN, "2026-10-25T02:30", "2026-10-25T00:30", id="T9 fold: the first, CEST"),
        pytest.param("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:45", id="T12 half an hour: 02:45 +11"),
        pytest.param("Pacific/Apia", "2011-12-30T10:00", "2011-12-30T20:00", id="T13 missing day: the 31st, 10:00"),
        pytest.param("Asia/Kathmandu", "2026-06-01T10:00", "2026-06-01T04:15", id="quarter of an hour"),
        pytest.param("America/Phoenix", "2027-03-14T02:30", "2027-03-14T09:30", id="no summer time"),
    ],
)
def test_local_times_that_are_missing_or_come_twice(zone, local, utc):
    assert to_utc(shown(local), zone) == shown(utc + "+00:00")


def test_t12_t13_a_moved_time_shows_where_it_moved():
    lord_howe = to_utc(shown("2026-10-04T02:15"), "Australia/Lord_Howe")
    assert to_local(lord_howe, "Australia/Lord_Howe").isoformat() == "2026-10-04T02:45:00"
    apia = to_utc(shown("2011-12-30T10:00"), "Pacific/Apia")
    assert to_local(apia, "Pacific/Apia").isoformat() == "2011-12-31T10:00:00"


def test_the_same_zone_must_be_subtracted_in_utc():
    """Python says 24 hours between two local mornings around the change; 23 pass."""
    ten = [to_utc(shown(f"2027-03-{day}T10:00"), NEW_YORK) for day in (13, 14)]
    assert ten[1] - ten[0] == timedelta(hours=23)


@given(LOCALS, st.sampled_from(AWKWARD))
def test_to_utc_is_what_zoneinfo_says(local, zone):
    assert to_utc(local, zone) == local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@given(LOCALS, st.sampled_from(AWKWARD))
def test_to_local_is_what_zoneinfo_says(local, zone):
    instant = local.replace(tzinfo=UTC)
    assert to_local(instant, zone) == instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


@given(LOCALS, st.sampled_from(AWKWARD))
def test_there_and_back_moves_only_what_is_missing_or_twice(local, zone):
    instant = local.replace(tzinfo=UTC)
    back = to_utc(to_local(instant, zone), zone)
    assert back <= instant, "of two the first"
    assert to_local(back, zone) == to_local(instant, zone)


def test_an_instant_may_have_any_offset_but_not_none():
    paris_noon = datetime(2026, 6, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    assert to_local(paris_noon, NEW_YORK).isoformat() == "2026-06-01T06:00:00"
    with pytest.raises(ValueError, match="offset"):
        to_local(shown("2026-06-01"), NEW_YORK)


@pytest.mark.parametrize("zone", [NEW_YORK, "UTC", "Etc/GMT+5", "Asia/Calcutta"])
def test_known_zones(zone):
    assert known(zone)


@pytest.mark.parametrize(
    "zone",
    ["", " ", "Mars/Olympus", "America", "../etc/passwd", "/etc/localtime", "zone.tab", "right/UTC", "posixrules",
     "Etc/Unknown", "x" * 5000, "a\0b", "\ud800", "america/new_york ", "Factory"],
)  # fmt: skip
def test_unknown_zones(zone):
    assert not known(zone)


@given(st.text(max_size=40))
def test_known_never_raises(zone):
    assert known(zone) in (True, False)


@given(st.dates(date(1980, 1, 1), date(2040, 1, 1)), st.sampled_from(AWKWARD))
def test_the_stretches_of_a_day_are_exactly_its_instants(day, zone):
    found = stretches(zone, day)
    for start, end, offset in found:
        for instant in (start, start + (end - start) / 2, end - timedelta(seconds=1)):
            local = instant.astimezone(ZoneInfo(zone))
            assert (local.date(), local.utcoffset()) == (day, offset)
        for outside in (start - timedelta(seconds=1), end):
            inside = any(a <= outside < b for a, b, _ in found)
            assert (outside.astimezone(ZoneInfo(zone)).date() == day) == inside


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        (NEW_YORK, date(2027, 3, 14), [2, 21]),
        (NEW_YORK, date(2026, 11, 1), [2, 23]),
        (NEW_YORK, date(2026, 11, 2), [24]),
        ("Pacific/Apia", date(2011, 12, 30), []),
        ("America/Sao_Paulo", date(2018, 11, 4), [23]),
    ],
)
def test_how_long_a_day_lasts(zone, day, hours):
    assert [(end - start) / timedelta(hours=1) for start, end, _ in stretches(zone, day)] == hours


def test_clocks_that_go_back_over_midnight_visit_both_days_twice():
    """St. John's, 2006-10-29: at 00:01 the clocks went back to 23:01 of the day before."""
    first, second = stretches("America/St_Johns", date(2006, 10, 29))
    assert first[1] - first[0] == timedelta(minutes=1)
    assert second[0] - first[1] == timedelta(minutes=59)
    assert len(stretches("America/St_Johns", date(2006, 10, 28))) == 2


def test_at_the_ends_of_time_it_overflows():
    with pytest.raises(OverflowError):
        to_utc(shown("0001-01-01"), "Asia/Tokyo")
    with pytest.raises(OverflowError):
        to_utc(shown("9999-12-31T23:00"), NEW_YORK)
    with pytest.raises(OverflowError):
        to_local(shown("9999-12-31T23:00Z"), "Asia/Tokyo")

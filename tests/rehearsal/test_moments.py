"""Times as tests write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from outreach.rehearsal.moments import MomentText, Written, shown

READ: TypeAdapter[Written] = TypeAdapter(MomentText)
NEW_YORK = "America/New_York"
INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
ZONES = st.sampled_from([NEW_YORK, "Europe/Paris", "Asia/Kathmandu", "Pacific/Apia", "UTC", "America/St_Johns"])


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-03 10:00", "2026-11-03T15:00:00+00:00"),
        ("Tue 2026-11-03 10:00", "2026-11-03T15:00:00+00:00"),
        ("tuesday 2026-11-03T9:05", "2026-11-03T14:05:00+00:00"),
        ("2026-11-03 10:00:30", "2026-11-03T15:00:30+00:00"),
        ("2026-11-03T10:00+01:00", "2026-11-03T09:00:00+00:00"),
        ("2026-11-03T10:00:00Z", "2026-11-03T10:00:00+00:00"),
        ("2026-11-01 01:30", "2026-11-01T05:30:00+00:00"),  # twice on that clock: the first
        ("2027-03-14 02:30", "2027-03-14T07:30:00+00:00"),  # never on that clock: moved by the gap
        ("2026-11-03", "2026-11-03T05:00:00+00:00"),
    ],
)
def test_a_time_is_on_the_customers_clock_unless_it_has_an_offset(text: str, utc: str):
    assert READ.validate_python(text).instant(NEW_YORK).isoformat() == utc


def test_a_day_ends_with_its_last_instant():
    end = READ.validate_python("2026-11-01").instant(NEW_YORK, end=True)
    assert end.isoformat() == "2026-11-02T04:59:59.999999+00:00"


@pytest.mark.parametrize("text", ["", "noon", "2026-11-3", "2026-13-01", "2026-11-03 25:00", "Mon 2026-11-03", 5, None])
def test_what_is_no_time_is_refused(text: object):
    with pytest.raises(ValidationError):
        READ.validate_python(text)


@given(INSTANTS, ZONES)
def test_what_is_shown_means_what_happened_when_it_is_copied_into_a_test(instant: datetime, zone: str):
    written = READ.validate_python(shown(instant, zone))
    assert written.covers(instant, zone)
    assert written.covers(instant.replace(microsecond=0), zone)


@given(INSTANTS, ZONES, st.integers(1, 10**6))
def test_another_minute_is_another_time(instant: datetime, zone: str, minutes: int):
    # Where clocks go back, an hour comes twice; and a whole day may come twice where the date line moved.
    written = READ.validate_python(f"{instant:%Y-%m-%dT%H:%MZ}")
    assert written.covers(instant, zone)
    assert not written.covers(instant + timedelta(minutes=minutes), zone)
    assert not written.covers(instant - timedelta(minutes=minutes), zone)


@given(INSTANTS, ZONES)
def test_a_day_is_any_time_of_it(instant: datetime, zone: str):
    day = READ.validate_python(shown(instant, zone)[:14])
    assert day.covers(instant, zone)
    assert not day.covers(instant + timedelta(days=3), zone)

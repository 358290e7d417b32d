"""Durations: what can be written, what it means, what is said of mistakes."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.core.calendar import Calendar
from outreach.core.moment import MomentError, Span, parse_span
from outreach.core.span import add_months

NEW_YORK = "America/New_York"
SATURDAY_TEN = datetime(2027, 3, 13, 15, tzinfo=UTC)  # in New York, the day before the clocks go forward
SPANS = st.one_of(
    st.builds(Span, seconds=st.integers(0, 10**6)),
    st.builds(Span, days=st.integers(0, 36525)),
    st.builds(Span, business=st.integers(0, 1000)),
    st.builds(Span, months=st.integers(0, 1200)),
)


@pytest.mark.parametrize(
    ("text", "span", "short"),
    [
        ("90 minutes", Span(seconds=5400), "90m"),
        ("8 hours", Span(seconds=8 * 3600), "8h"),
        ("20h", Span(seconds=20 * 3600), "20h"),
        ("3 days", Span(days=3), "3d"),
        ("30 days", Span(days=30), "30d"),
        ("2 weeks", Span(days=14), "14d"),
        ("1 business day", Span(business=1), "1bd"),
        ("3 Business Days", Span(business=3), "3bd"),
        ("90m", Span(seconds=5400), "90m"),
        ("8h", Span(seconds=8 * 3600), "8h"),
        ("3d", Span(days=3), "3d"),
        ("2w", Span(days=14), "14d"),
        ("1 year", Span(months=12), "1y"),
        ("18 months", Span(months=18), "18mo"),
        ("30 seconds", Span(seconds=30), "30s"),
        ("0 minutes", Span(), "0m"),
        ("  3   days ", Span(days=3), "3d"),
        ("3days", Span(days=3), "3d"),
    ],
)
def test_what_can_be_written(text, span, short):
    assert parse_span(text) == span
    assert span.short() == short


@given(SPANS)
def test_short_and_long_spellings_are_read_back(span):
    assert parse_span(span.short()) == span
    assert parse_span(str(span)) == span


@pytest.mark.parametrize(
    ("text", "offset", "message", "hint"),
    [
        ("", 0, "a duration is missing", "write `3 days`"),
        ("days", 0, "`days` is not a number", "write `3 days`"),
        ("an hour", 0, "`an` is not a number", "write `1 hour`"),
        ("3", 0, "`3` of what?", "write `3 days`"),
        ("3 fortnights", 2, "`fortnights` is not a unit of time", "units are minutes"),
        ("3 business", 2, "`business` goes with days only", "write `1 business day`"),
        ("1.5 hours", 0, "`1.5` is not a whole number", "write `90 minutes`"),
        ("-3 days", 0, "`-3` is not a number", ""),
        ("1 hour 30 minutes", 7, "`30` is too much here", "write `90 minutes`"),
        ("1 hour 30 things", 7, "`30` is too much here", "one number and one unit"),
        ("half a day", 0, "`half` is not a number", "write `12 hours`"),
        ("1 week and 2 days", 7, "`and` is too much here", "write `9 days`"),
        ("12h30m", 0, "`h30m` is not a unit of time", "write `750 minutes`"),
        ("1/2 day", 0, "`/2` is not a unit of time", "write `12 hours`"),
        ("24:00", 0, "`:00` is not a unit of time", "write `24 hours`"),
        ("3 dayz", 2, "`dayz` is not a unit of time", "did you mean `3 days`?"),
        ("1 bussiness day", 2, "`bussiness` is not a unit of time", "did you mean `1 business day`?"),
        ("two days", 0, "`two` is not a number", "write `2 days`"),
        ("1", 0, "`1` of what?", "write `1 day`"),
        ("200 years", 0, "longer than a hundred years", ""),
        ("2000 business days", 0, "longer than a hundred years", ""),
        ("9999999999 days", 0, "`9999999999` is too long", ""),
        ("٣ days", 0, "`٣` is not a number", ""),
        ("² days", 0, "`²` is not a number", ""),
        ("3 " + "d" * 300, 200, "longer than 200 characters", ""),
    ],
)
def test_what_cannot(text, offset, message, hint):
    with pytest.raises(MomentError) as caught:
        parse_span(text)
    assert caught.value.offset == offset
    assert message in caught.value.message
    assert hint in caught.value.hint


@given(st.text(max_size=60) | st.from_regex(r"\d{1,4} ?[a-z]{1,9}( [a-z]{1,5})?", fullmatch=True))
def test_whatever_is_written_only_moment_errors_come(text):
    try:
        span, offset = parse_span(text), 0
    except MomentError as error:
        span, offset = Span(), error.offset
    assert parse_span(span.short()) == span
    assert 0 <= offset <= len(text)


def test_an_error_survives_the_way_to_another_process():
    error = pickle.loads(pickle.dumps(MomentError("no", 3, "yes")))
    assert (error.message, error.offset, error.hint, str(error)) == ("no", 3, "yes", "no (yes)")


def test_t10_a_day_keeps_the_wall_time_and_24_hours_do_not():
    day = Span(days=1).add(SATURDAY_TEN, NEW_YORK, Calendar())
    hours = Span(seconds=86400).add(SATURDAY_TEN, NEW_YORK, Calendar())
    assert day == datetime(2027, 3, 14, 14, tzinfo=UTC), "10:00 EDT"
    assert hours == datetime(2027, 3, 14, 15, tzinfo=UTC), "11:00 EDT"


def test_a_business_day_keeps_the_wall_time_over_the_weekend():
    assert Span(business=1).add(SATURDAY_TEN, NEW_YORK, Calendar()) == datetime(2027, 3, 15, 14, tzinfo=UTC)


def test_business_days_skip_the_holidays_of_the_place():
    calendar = Calendar(holidays=lambda country, region, year: frozenset({date(2027, 3, 15)} if region == "NY" else ()))
    added = Span(business=1).add(SATURDAY_TEN, NEW_YORK, calendar, ("US", "NY"))
    assert added == datetime(2027, 3, 16, 14, tzinfo=UTC)


def test_in_a_calendar_that_never_opens_business_days_are_plain_ones():
    assert Span(business=2).add(SATURDAY_TEN, "UTC", Calendar(days=frozenset())) == SATURDAY_TEN + timedelta(days=2)


def test_t7_months_end_with_the_month():
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2028, 2, 29), 12) == date(2029, 2, 28)
    assert add_months(date(2026, 3, 31), -1) == date(2026, 2, 28)
    assert add_months(date(2026, 12, 15), 1) == date(2027, 1, 15)
    with pytest.raises(OverflowError):
        add_months(date(9999, 12, 1), 1)


@pytest.mark.parametrize(
    ("text", "elapsed"),
    [("3 days", 72), ("1 business day", 24), ("90m", 1.5), ("1 year", 365 * 24), ("13 months", 395 * 24)],
)
def test_the_length_for_rolling_windows(text, elapsed):
    assert parse_span(text).elapsed == timedelta(hours=elapsed)


@given(SPANS, st.sampled_from([NEW_YORK, "Pacific/Apia", "Australia/Lord_Howe", "UTC"]))
def test_more_is_never_earlier(span, zone):
    assert span.add(SATURDAY_TEN, zone, Calendar()) >= SATURDAY_TEN

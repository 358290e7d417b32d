"""Moments around a date of the event or the customer: arrivals, renewals, birthdays, and what is no date."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from outreach.core.moment import yearly
from tests.core.moments import a_base, at, reason, utc


def birthday(value: object, started: str, text: str = "on customer.birthday 10:00", **more: object) -> datetime:
    return at(text, a_base(started, "UTC", values={"customer.birthday": value}, **more))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5 days before event.arrival 09:00", "2026-11-05T14:00"),
        ("on event.arrival 12:00", "2026-11-10T17:00"),
        ("7 days after event.arrival 10:00", "2026-11-17T15:00"),
        ("2 hours before event.arrival", "2026-11-10T03:00"),
        ("3 business days before event.arrival 10:00", "2026-11-05T15:00"),
        ("on event.arrival", "2026-11-10T05:00"),
    ],
)
def test_what_the_forms_mean_around_a_date(text, expected):
    assert at(text, a_base(values={"event.arrival": "2026-11-10"})) == utc(expected)


@pytest.mark.parametrize(
    "value",
    ["2026-11-10T15:30", "2026-11-10T15:30:00-05:00", "2026-11-10T20:30:00Z", "2026-11-11T05:30+09:00",
     utc("2026-11-10T20:30"), datetime.fromisoformat("2026-11-10T15:30"), " 2026-11-10 15:30 "],
)  # fmt: skip
def test_an_anchor_may_be_a_time_with_or_without_offset(value):
    base = a_base(values={"event.arrival": value})
    assert at("2 hours before event.arrival", base) == utc("2026-11-10T18:30")
    assert at("on event.arrival 12:00", base) == utc("2026-11-10T17:00")
    assert at("1 day before event.arrival", base) == utc("2026-11-09T20:30")


def test_an_anchor_with_an_offset_means_the_customers_local_date():
    base = a_base(values={"event.arrival": "2026-11-11T02:00:00Z"})
    assert at("on event.arrival 12:00", base) == utc("2026-11-10T17:00")


def test_an_anchor_in_the_second_of_two_hours_keeps_its_instant():
    base = a_base(values={"event.arrival": "2026-11-01T01:30:00-05:00"})
    assert at("1 hour before event.arrival", base) == utc("2026-11-01T05:30")


def test_an_anchor_may_be_a_date():
    assert at("on event.arrival 12:00", a_base(values={"event.arrival": date(2026, 11, 10)})) == utc("2026-11-10T17:00")


@pytest.mark.parametrize(
    ("feb29", "expected"), [pytest.param("feb28", "2027-02-28T10:00"), pytest.param("mar1", "2027-03-01T10:00")]
)
def test_t1_a_birthday_on_29_february_in_a_common_year(feb29, expected):
    assert birthday("1992-02-29", "2026-06-01", feb29=feb29) == utc(expected)
    assert birthday("--02-29", "2027-06-01", feb29=feb29) == utc("2028-02-29T10:00")


@pytest.mark.parametrize("value", ["--05-03", "1900-05-03", "1904-05-03", "0000-05-03", "1990-05-03T00:00:00Z"])
def test_t2_a_birthday_without_its_year_or_with_a_placeholder(value):
    assert birthday(value, "2026-06-01") == utc("2027-05-03T10:00")
    assert birthday(date(1990, 5, 3), "2026-06-01") == utc("2027-05-03T10:00")


def test_t4_a_birthday_imported_on_the_day_is_today_even_after_the_hour():
    assert birthday("--05-03", "2026-05-03T14:00") == utc("2026-05-03T10:00")


def test_around_a_birthday_the_occurrence_meant_is_the_one_ahead():
    week_before, week_after = "7 days before customer.birthday 10:00", "7 days after customer.birthday 10:00"
    assert birthday("--05-03", "2026-05-03", week_before) == utc("2026-04-26T10:00"), "its own occurrence"
    assert birthday("--05-03", "2026-05-06", week_after) == utc("2026-05-10T10:00"), "three days after it"
    assert birthday("--12-31", "2026-01-02", week_after) == utc("2026-01-07T10:00"), "over the new year"
    assert birthday("--05-03", "2026-05-11", week_after) == utc("2027-05-10T10:00")


def test_t7_a_renewal_at_the_end_of_a_month():
    base = a_base(values={"customer.renews_on": "2027-03-31"})
    assert at("30 days before customer.renews_on 10:00", base) == utc("2027-03-01T15:00")
    assert at("1 month before customer.renews_on 10:00", base) == utc("2027-02-28T15:00")


@pytest.mark.parametrize("value", [None, ""])
def test_an_unknown_date_is_named(value):
    assert reason("on event.arrival 10:00", a_base(values={"event.arrival": value})) == "no_value:event.arrival"
    assert reason("on customer.birthday 10:00", a_base()) == "no_value:customer.birthday"


NO_DATES = ["soon", "2026-13-01", "2026-02-30", 1793952000, 3.5, True, ["2026-11-10"], {}, time(10), "--13-01", "--"]


@pytest.mark.parametrize("value", [*NO_DATES, pytest.param(10**5000, id="too long to be printed")])
def test_a_date_that_is_none_is_named(value):
    base = a_base(values={"event.arrival": value, "customer.birthday": value})
    assert reason("on event.arrival 10:00", base) == "bad_value:event.arrival"
    assert reason("on customer.birthday 10:00", base) == "bad_value:customer.birthday"


@pytest.mark.parametrize(
    "value", ["9999-12-31", "9999-12-31T23:59:00-12:00", "0001-01-01", "2207-01-01", "20266-11-10"]
)
def test_a_moment_out_of_all_calendars_is_no_moment(value):
    base = a_base(values={"event.arrival": value})
    assert reason("7 days after event.arrival 10:00", base) in ("out_of_range", "bad_value:event.arrival")
    assert reason("5 days before event.arrival 10:00", base) in ("out_of_range", "bad_value:event.arrival")


def test_the_last_birthday_of_all_has_none_after_it():
    base = a_base("9999-12-31T12:00", "UTC", values={"customer.birthday": "--05-03"})
    assert reason("on customer.birthday 10:00", base) == "out_of_range"


@pytest.mark.parametrize(
    ("text", "year", "feb29", "expected"),
    [
        ("1990-02-29", 2027, "feb28", date(2027, 2, 28)),
        ("--02-29", 2027, "mar1", date(2027, 3, 1)),
        ("--02-29", 2028, "mar1", date(2028, 2, 29)),
        ("--12-24", 2026, "feb28", date(2026, 12, 24)),
        ("--02-30", 2028, "feb28", None),
        ("--02-29", 0, "feb28", None),
        ("02-29", 2028, "feb28", None),
        ("1990-02", 2028, "feb28", None),
        ("1990-02-2901", 2028, "feb28", None),
        ("soon", 2028, "feb28", None),
        ("", 2028, "feb28", None),
    ],
)
def test_yearly(text, year, feb29, expected):
    assert yearly(text, year, feb29) == expected

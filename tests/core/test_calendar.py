"""Business days: weekends, bridges, the days between the years, openings by exception."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.core.calendar import Calendar

FRIDAY = date(2026, 10, 30)
DAYS = st.dates(date(2020, 1, 1), date(2037, 12, 31))
CALENDARS = st.builds(
    Calendar,
    days=st.frozensets(st.integers(0, 6)),
    closed=st.frozensets(DAYS, max_size=5),
    open=st.frozensets(DAYS, max_size=3),
)


def holidays(country: str, region: str, year: int) -> frozenset[date]:
    """All Saints in France, Epiphany in Bavaria, the day's eve and Christmas everywhere."""
    days = {date(year, 12, 25), date(year, 12, 26), date(year, 1, 1)}
    if country == "FR":
        days.add(date(year, 11, 1))
    if (country, region) == ("DE", "BY"):
        days.add(date(year, 1, 6))
    return frozenset(days)


def test_t6_after_friday_comes_monday():
    assert Calendar().next_open(FRIDAY) == date(2026, 11, 2)
    assert Calendar().previous_open(date(2026, 11, 2)) == FRIDAY


def test_t6_a_long_weekend():
    labour_day = Calendar(closed=frozenset({date(2026, 9, 7)}))
    assert labour_day.next_open(date(2026, 9, 4)) == date(2026, 9, 8)


def test_t6_between_the_years():
    house = Calendar(closed=frozenset(date(2026, 12, 24) + timedelta(days=n) for n in range(10)))
    assert house.next_open(date(2026, 12, 23)) == date(2027, 1, 4)
    assert house.next_open(date(2026, 12, 23), 3) == date(2027, 1, 6)


def test_t6_both_the_house_and_the_customers_place_must_be_open():
    house = Calendar(closed=frozenset({date(2027, 1, 5)}), holidays=holidays)
    assert house.next_open(date(2027, 1, 4), 1, "DE", "BY") == date(2027, 1, 7)
    assert house.next_open(date(2027, 1, 4), 1, "DE", "BE") == date(2027, 1, 6)


def test_holidays_are_asked_for_the_year_of_the_day():
    house = Calendar(days=frozenset(range(7)), holidays=holidays)
    assert house.next_open(date(2026, 12, 31), 1, "US") == date(2027, 1, 2)


def test_an_exceptional_opening_beats_weekend_closure_and_holiday():
    sunday, christmas = date(2026, 12, 20), date(2026, 12, 25)
    house = Calendar(closed=frozenset({sunday}), open=frozenset({sunday, christmas}), holidays=holidays)
    assert house.is_open(sunday)
    assert house.is_open(christmas, "FR")


@pytest.mark.parametrize("n", [1, 2, 50])
def test_a_house_that_never_opens_has_no_next_day(n):
    assert Calendar(days=frozenset()).next_open(FRIDAY, n) is None
    assert Calendar(days=frozenset()).previous_open(FRIDAY, n) is None


def test_the_calendar_ends_without_an_error():
    assert Calendar().next_open(date(9999, 12, 31)) is None
    assert Calendar().previous_open(date(1, 1, 1)) is None


def test_a_thousand_business_days_are_counted_to_the_end():
    assert Calendar().next_open(FRIDAY, 1000) == FRIDAY + timedelta(weeks=200)


@given(CALENDARS, DAYS, st.integers(1, 12))
def test_the_nth_business_day_is_open_and_has_n_minus_1_before_it(calendar, day, n):
    found = calendar.next_open(day, n)
    if found is not None:
        between = [day + timedelta(days=i) for i in range(1, (found - day).days)]
        assert calendar.is_open(found)
        assert sum(map(calendar.is_open, between)) == n - 1


@given(CALENDARS, DAYS, st.integers(1, 12))
def test_backwards_undoes_forwards_from_an_open_day(calendar, day, n):
    found = calendar.next_open(day, n)
    if found is not None and calendar.is_open(day):
        assert calendar.previous_open(found, n) == day

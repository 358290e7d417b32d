"""Edge cases of dates, by the numbers of the domain's list: T1 to T7."""

from __future__ import annotations

from datetime import date

import pytest

from outreach.core.calendar import Calendar
from outreach.core.span import Span
from tests.support.business import Business, a_customer, a_rule, an_engine, rules_of, utc

AT_TEN = a_rule("sms: {at: same day 10:00, valid_for: 2 days, template: hi}", on="{date: customer.birthday}")
ON_WORKDAYS = '{min_gap: 0 minutes, caps: [], holidays: customer, hours: {sms: {mon-sat: "09:00-20:00"}}}'


def sent(it: Business) -> list[str]:
    return [f"{f.ended:%Y-%m-%dT%H:%M}" for f in it.all() if f.state == "sent"]


def due(step: str, at: str, cadence: str = "", calendars: str = "", **customer: str) -> str:
    """When a step of a rule on `purchase` at that instant is due, UTC."""
    text = rules_of(a_rule(step), cadence=cadence) + (f"calendars: {calendars}\n" if calendars else "")
    it = an_engine(text, a_customer(**customer), at=at)
    it.tell("purchase")
    return f"{it.one().due:%Y-%m-%dT%H:%M}"


def test_t1_monthly_steps_end_with_the_month_and_are_not_associative():
    calendar = Calendar()
    month = Span(months=1)
    end_of_february = month.move(date(2026, 1, 31), 1, calendar)
    assert end_of_february == date(2026, 2, 28)
    assert month.move(end_of_february, 1, calendar) == date(2026, 3, 28)
    assert Span(months=2).move(date(2026, 1, 31), 1, calendar) == date(2026, 3, 31)


def test_t1_a_leap_day_is_greeted_every_year():
    it = an_engine(rules_of(AT_TEN), a_customer(birthday="1992-02-29")).wait("2029-01-01T00:00")
    assert sent(it) == ["2027-02-28T15:00", "2028-02-29T15:00"]


@pytest.mark.parametrize("birthday", ["--12-01", "1900-12-01", "1904-12-01", "1992-12-01"])
def test_t2_the_year_of_a_birthday_does_not_matter(birthday: str):
    it = an_engine(rules_of(AT_TEN), a_customer(birthday=birthday)).wait("2027-01-01T00:00")
    assert sent(it) == ["2026-12-01T15:00"]


def test_t3_a_birthday_on_a_sunday_or_a_holiday_is_greeted_when_one_may():
    sunday = an_engine(rules_of(AT_TEN, cadence=ON_WORKDAYS), a_customer(birthday="--11-08", country="US"))
    assert sent(sunday.wait("2026-12-01T00:00")) == ["2026-11-09T14:00"]
    christmas = an_engine(rules_of(AT_TEN, cadence=ON_WORKDAYS), a_customer(birthday="--12-25", country="US"))
    assert sent(christmas.wait("2027-01-01T00:00")) == ["2026-12-26T14:00"]


def test_t4_who_is_imported_after_the_hour_is_greeted_while_it_is_worth_it():
    after = an_engine(rules_of(AT_TEN), a_customer(birthday="--11-02"), at="2026-11-02T21:00")
    assert sent(after.wait("2026-11-10T00:00")) == ["2026-11-02T21:00"]


@pytest.mark.parametrize(
    ("happened", "expected"),
    [  # New York: 23:59 on Monday the 9th is the 10th in UTC; 00:01 on the 10th is the 10th in both
        ("2026-11-10T04:59", "2026-11-10T15:00"),
        ("2026-11-10T05:01", "2026-11-11T15:00"),
    ],
)
def test_t5_the_next_day_is_the_day_after_her_own(happened: str, expected: str):
    assert due("sms: {at: next day 10:00, template: hi}", happened) == expected


@pytest.mark.parametrize(
    ("happened", "expected", "closed", "country"),
    [
        ("2026-11-06T15:00", "2026-11-09T15:00", "[]", ""),  # Friday: Monday
        ("2027-05-28T15:00", "2027-06-01T14:00", "[]", "US"),  # before Memorial Day: Tuesday
        ("2026-12-23T15:00", "2027-01-04T15:00", "[" + ", ".join(
            f"2026-12-{d}" for d in range(24, 32)) + ", 2027-01-01]", ""),  # the house is shut from 24 Dec to 1 Jan
        ("2026-07-13T15:00", "2026-07-15T14:00", "[]", "FR"),  # 14 July is a holiday of hers, not of the house's
    ],
)  # fmt: skip
def test_t6_the_next_business_day_is_open_for_both(happened: str, expected: str, closed: str, country: str):
    calendars = f"{{business: {{days: mon-fri, closed: {closed}, holidays: US}}}}"
    cadence = "{min_gap: 0 minutes, caps: [], holidays: customer}"
    step = "call: {at: next business day 10:00, script: hi}"
    assert due(step, happened, cadence, calendars, country=country) == expected


def test_t7_renewals_at_the_end_of_a_month():
    rule = a_rule("sms: {at: 30 days before customer.renews_on 10:00, template: hi}", on="{date: customer.renews_on}")
    it = an_engine(rules_of(rule), a_customer(fields={"renews_on": "2027-01-31"})).wait("2028-06-01T00:00")
    assert sent(it) == ["2027-01-01T15:00", "2028-01-01T15:00"]


def test_t7_an_annual_renewal_on_a_leap_day():
    rule = a_rule("sms: {at: same day 10:00, template: hi}", on="{date: customer.renews_on, feb29: mar1}")
    it = an_engine(rules_of(rule), a_customer(fields={"renews_on": "2028-02-29"}), at="2028-01-01T00:00")
    assert sent(it.wait("2030-06-01T00:00")) == ["2028-02-29T15:00", "2029-03-01T15:00", "2030-03-01T15:00"]
    assert it.clock.instant == utc("2030-06-01T00:00")

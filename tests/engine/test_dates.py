"""Rules on a date of the customer's: birthdays with and without a year, 29 February, renewals, changed dates."""

from __future__ import annotations

import pytest

from tests.support.business import a_customer, a_rule, an_engine, rules_of, utc

pytestmark = pytest.mark.postgres_too

GREETING = "sms: {at: same day 10:00, template: hi}"


def birthday(step: str = GREETING, on: str = "{date: customer.birthday}", **keys: str) -> str:
    return rules_of(a_rule(step, on=on, **keys))


def sent(it, customer: str = "c1") -> list[str]:
    """When something was sent, UTC."""
    return [f"{f.ended:%Y-%m-%dT%H:%M}" for f in it.all(customer) if f.state == "sent"]


def test_a_birthday_is_greeted_every_year_on_the_customers_clock():
    it = an_engine(
        birthday(), a_customer(birthday="1990-12-24"), a_customer("c2", birthday="--12-24", timezone="Asia/Tokyo")
    )
    it.wait("2028-01-01T00:00")
    assert sent(it) == ["2026-12-24T15:00", "2027-12-24T15:00"]
    assert sent(it, "c2") == ["2026-12-24T01:00", "2027-12-24T01:00"]


@pytest.mark.parametrize(
    ("feb29", "days"),
    [
        ("", ["2027-02-28T15:00", "2028-02-29T15:00", "2029-02-28T15:00"]),
        (", feb29: mar1", ["2027-03-01T15:00", "2028-02-29T15:00", "2029-03-01T15:00"]),
    ],
)
def test_29_february_in_common_years(feb29: str, days: list[str]):
    it = an_engine(birthday(on="{date: customer.birthday" + feb29 + "}"), a_customer(birthday="1988-02-29"))
    assert sent(it.wait("2030-01-01T00:00")) == days


def test_a_date_that_comes_once():
    on = "{date: customer.renews_on, repeat: never}"
    it = an_engine(birthday(on=on), a_customer(fields={"renews_on": "2027-01-15"}))
    assert sent(it.wait("2030-01-01T00:00")) == ["2027-01-15T15:00"]


def test_a_full_date_comes_first_in_its_own_year():
    it = an_engine(birthday(on="{date: customer.renews_on}"), a_customer(fields={"renews_on": "2028-01-15"}))
    assert sent(it.wait("2030-01-01T00:00")) == ["2028-01-15T15:00", "2029-01-15T15:00"]


def test_a_step_may_lie_before_the_date():
    on = "{date: customer.renews_on}"
    steps = "sms: {at: 30 days before customer.renews_on 10:00, template: hi}\nsms: {at: same day 10:00, template: hi}"
    it = an_engine(birthday(steps, on=on), a_customer(fields={"renews_on": "2027-01-15"}))
    it.wait("2028-12-31T00:00")
    assert sent(it) == [
        "2026-12-16T15:00",
        "2027-01-15T15:00",
        "2027-12-16T15:00",
        "2028-01-15T15:00",
        "2028-12-16T15:00",
    ]


def test_who_is_imported_on_the_birthday_is_greeted_if_it_is_early_enough():
    it = an_engine(birthday(), a_customer(birthday="--11-02"), at="2026-11-02T13:00")
    assert sent(it.wait("2026-11-10T00:00")) == ["2026-11-02T15:00"]
    short = birthday("sms: {at: same day 10:00, valid_for: 1 hour, template: hi}")
    late = an_engine(short, a_customer(birthday="--11-02"), at="2026-11-02T20:00")
    assert late.wait("2026-11-10T00:00").states() == ["expired late"]


def test_the_day_before_yesterday_starts_nothing():
    it = an_engine(birthday(max_event_age="1 day"), a_customer(birthday="--10-31"))
    assert it.wait("2026-11-10T00:00").all() == []


def test_the_condition_is_asked_on_the_day():
    it = an_engine(birthday(when="\"'vip' in customer.tags\""), a_customer(birthday="--11-10"))
    it.wait("2026-11-05T00:00").tell("customer.changed", tags=["vip"])
    assert sent(it.wait("2026-11-20T00:00")) == ["2026-11-10T15:00"]


def test_a_birthday_that_becomes_known_is_greeted():
    it = an_engine(birthday())
    it.wait("2026-11-05T00:00").tell("customer.changed", birthday="1990-11-10")
    assert sent(it.wait("2026-11-20T00:00")) == ["2026-11-10T15:00"]


def test_a_corrected_birthday_is_greeted_once_a_year():
    it = an_engine(birthday(), a_customer(birthday="1990-11-10"))
    it.wait("2026-11-12T00:00").tell("customer.changed", birthday="1990-11-15")
    assert sent(it.wait("2027-11-20T00:00")) == ["2026-11-10T15:00", "2027-11-15T15:00"]


def test_a_birthday_corrected_while_its_greeting_waits_moves_it():
    steps = "sms: {at: 5 days before customer.birthday 10:00, template: hi}\nsms: {at: same day 10:00, template: hi}"
    it = an_engine(birthday(steps), a_customer(birthday="1990-11-10"))
    it.wait("2026-11-06T00:00").tell("customer.changed", birthday="1990-11-15")
    assert sent(it.wait("2026-12-01T00:00")) == ["2026-11-05T15:00", "2026-11-15T15:00"]


def test_a_renewal_that_moves_ends_what_was_planned_for_the_old_date():
    steps = "sms: {at: 30 days before customer.renews_on 10:00, template: hi}\nsms: {at: same day 10:00, template: hi}"
    it = an_engine(birthday(steps, on="{date: customer.renews_on}"), a_customer(fields={"renews_on": "2026-11-20"}))
    it.wait("2026-11-05T00:00").tell("customer.changed", renews_on="2027-11-20")
    it.wait("2027-12-01T00:00")
    assert it.states() == ["expired late", "cancelled date_changed:customer.renews_on", "sent", "sent"]
    assert sent(it) == ["2027-10-21T14:00", "2027-11-20T15:00"]


def test_a_new_zone_moves_the_greeting_and_sends_it_once():
    it = an_engine(birthday(), a_customer(birthday="--11-10"))
    it.wait("2026-11-10T06:00").tell("customer.changed", timezone="America/Los_Angeles")
    it.tell("customer.changed", id="back", timezone="America/New_York")
    it.tell("customer.changed", id="again", timezone="America/Los_Angeles")
    assert sent(it.wait("2026-11-20T00:00")) == ["2026-11-10T18:00"]


def test_an_import_that_tells_another_zone_moves_what_is_planned():
    it = an_engine(rules_of(a_rule("sms: {at: next day 10:00, template: hi}")))
    it.tell("purchase")
    it.engine.save_customers([(a_customer(timezone="America/Los_Angeles"), [])])
    assert it.one().due == utc("2026-11-03T18:00")
    it.engine.save_customers([(a_customer(timezone="America/Los_Angeles"), [])])
    assert it.one().due == utc("2026-11-03T18:00")


def test_a_stop_event_ends_the_run():
    steps = "sms: {at: in 3 days 10:00, template: hi}"
    it = an_engine(birthday(steps, stop_on="complaint.opened"), a_customer(birthday="--11-03"))
    it.wait("2026-11-04T00:00").tell("complaint.opened")
    assert it.states() == ["cancelled stop_on:complaint.opened"]


def test_texts_may_speak_of_the_day():
    it = an_engine(
        birthday("task: {at: same day 10:00, title: 'Card for {{ event.date }}'}"), a_customer(birthday="--11-10")
    )
    it.wait("2026-11-10T16:00")
    from outreach.desk import cards

    assert [c.title for c in cards(it.engine)] == ["Card for 2026-11-10"]


def test_without_a_date_nothing_happens_and_nothing_is_waited_for():
    it = an_engine(birthday(), a_customer(birthday=""))
    assert it.wait("2027-01-01T00:00").all() == []
    assert it.engine.next_wake() is None


def test_a_worker_that_was_down_for_a_day_still_greets():
    it = an_engine(birthday("email: {at: same day 10:00, template: hi}"), a_customer(birthday="--11-10"))
    it.clock.instant = utc("2026-11-11T12:00")
    assert sent(it.wait("2026-11-20T00:00")) == ["2026-11-11T12:00"]

"""At what hour: the customer's own clock, its changes, and the very last moment."""

from __future__ import annotations

import pytest

from tests.support.business import a_customer, a_rule, an_engine, rules_of, utc

NEXT_DAY = a_rule("call: {at: next day 10:00, script: hi}")
TOLL_FREE = "+18005550101"  # says nothing of where somebody is
HOURS = '{min_gap: 0 minutes, caps: [], holidays: none, hours: {sms: {mon-sun: "09:00-20:00"}}'


@pytest.mark.parametrize(
    ("bought", "due"),
    [
        ("2026-10-31T23:00", "2026-11-01T15:00"),  # Saturday evening, and the clocks go back in the night: 10:00 EST
        ("2026-11-01T03:30", "2026-11-01T15:00"),  # 23:30 on Saturday, though it is Sunday in UTC
        ("2027-03-13T20:00", "2027-03-14T14:00"),  # the clocks go forward in the night: 10:00 EDT
    ],
)
def test_the_next_day_at_ten_is_ten_on_her_wall_whatever_the_clocks_did(bought: str, due: str):
    shop = an_engine(rules_of(NEXT_DAY), at=bought)
    shop.tell("purchase")
    assert shop.one().due == utc(due)


def test_while_her_zone_is_not_known_she_is_not_contacted():
    shop = an_engine(rules_of(a_rule(), cadence=HOURS + "}"), a_customer(timezone="", phone=TOLL_FREE))
    shop.tell("purchase")
    assert shop.wait("2026-11-09T00:00").states() == ["expired unknown_timezone"]


def test_the_area_code_of_her_phone_tells_what_she_has_not():
    shop = an_engine(rules_of(a_rule(), cadence=HOURS + "}"), a_customer(timezone="", phone="+13035550101"))
    shop.tell("purchase")
    assert shop.wait("2026-11-09T00:00").one().ended == utc("2026-11-02T16:00")  # 09:00 in Denver


def test_once_her_zone_is_known_what_waited_goes_out():
    shop = an_engine(rules_of(a_rule(), cadence=HOURS + "}"), a_customer(timezone="", phone=TOLL_FREE))
    shop.tell("purchase")
    shop.wait("2026-11-02T17:00").tell("customer.changed", timezone="America/New_York")
    assert shop.wait("2026-11-02T17:00").states() == ["sent"]


def test_the_house_may_say_that_its_own_zone_will_do():
    rules = rules_of(a_rule(), cadence=HOURS + ", unknown_timezone: business}")
    shop = an_engine(
        rules + "calendars: {business: {timezone: America/Los_Angeles}}\n", a_customer(timezone="", phone=TOLL_FREE)
    )
    shop.tell("purchase")
    assert shop.wait("2026-11-09T00:00").one().ended == utc("2026-11-02T17:00")  # 09:00 there


def test_what_falls_due_at_night_waits_for_the_morning():
    shop = an_engine(rules_of(a_rule("sms: {at: in 12 hours, template: hi}"), cadence=HOURS + "}"))
    shop.tell("purchase")
    assert shop.wait("2026-11-09T00:00").one().ended == utc("2026-11-03T14:00")


@pytest.mark.parametrize(("hours", "state"), [("11", "sent"), ("660 minutes", "sent"), ("659 minutes", "expired")])
def test_what_can_be_done_at_the_last_moment_is_done(hours: str, state: str):
    """Due at 22:00; the hours open at 09:00, eleven hours later."""
    valid = hours if " " in hours else f"{hours} hours"
    shop = an_engine(
        rules_of(a_rule(f"sms: {{at: in 12 hours, template: hi, valid_for: {valid}}}"), cadence=HOURS + "}")
    )
    shop.tell("purchase")
    assert shop.wait("2026-11-09T00:00").one().state == state


def test_what_expires_at_night_ends_with_its_worth_and_says_why():
    shop = an_engine(rules_of(a_rule("sms: {at: in 12 hours, template: hi, valid_for: 2 hours}"), cadence=HOURS + "}"))
    shop.tell("purchase")
    end = shop.wait("2026-11-09T00:00").one()
    assert (end.reason, end.ended) == ("hours:sms", end.valid_until)


def test_a_worker_that_was_down_does_what_is_still_worth_doing():
    shop = an_engine(rules_of(a_rule(name="stale"), a_rule("email: {at: in 1 hour, template: hi}", name="fresh")))
    shop.tell("purchase")
    shop.clock.instant = utc("2026-11-03T20:00")
    shop.wait("2026-11-03T20:00")
    assert (shop.one("stale").state, shop.one("fresh").state) == ("expired", "sent")

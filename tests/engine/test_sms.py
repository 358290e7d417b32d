"""What an SMS costs, how long it may lie in a queue, and how much may be spent on them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from outreach.core.sms_limits import SmsLimits
from outreach.errors import ConfigError
from outreach.providers import sms_limits
from outreach.settings import read_settings
from tests.support.business import Business, a_customer, a_rule, an_engine, rules_of, utc
from tests.support.senders import ScriptedSender

pytestmark = pytest.mark.postgres_too

HOURS = '{min_gap: 0 minutes, caps: [], holidays: none, hours: {sms: {mon-sun: "09:00-13:00, 14:00-20:00"}}}'
AT_ANY_TIME = "{min_gap: 0 minutes, caps: [], holidays: none}"
RULE = a_rule("sms: {at: in 1 hour, template: hi, valid_for: 3 days}")


def waiting(at: str, *, rule: str = RULE, cadence: str = HOURS, **given: str) -> timedelta:
    """How long an SMS that goes at this moment (UTC) may wait at the provider."""
    sender = ScriptedSender()
    shop = an_engine(rules_of(rule, cadence=cadence), a_customer(**given), at=at, senders={"sms": sender})
    shop.tell("purchase", at=at)
    shop.wait(utc(at) + timedelta(hours=1))
    (message,) = sender.seen
    assert message.valid_for is not None
    return timedelta(seconds=message.valid_for)


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("sent", "until"),
    [
        ("2026-11-02T14:00", "2026-11-02T17:50"),  # 9 o'clock in New York: ten minutes before lunch
        ("2026-11-02T19:00", "2026-11-02T23:00"),  # 14 o'clock: four hours
        ("2026-11-02T23:30", "2026-11-03T00:50"),  # 18:30: ten minutes before the evening
        ("2026-11-03T00:45", "2026-11-03T00:50"),
        ("2026-11-03T00:55", "2026-11-03T00:56"),  # too late for the margin: a minute, and no second try
    ],
)  # fmt: skip
def test_it_dies_before_the_hours_end(sent: str, until: str):
    at = utc(sent)
    found = waiting(f"{at - timedelta(hours=1):%Y-%m-%dT%H:%M}", timezone="America/New_York")
    assert utc(until) - at - MINUTE <= found <= utc(until) - at


def test_it_dies_before_it_is_worth_nothing():
    rule = a_rule("sms: {at: in 1 hour, template: hi, valid_for: 90 minutes}")
    assert waiting("2026-11-02T15:00", rule=rule, cadence=AT_ANY_TIME) == timedelta(minutes=80)


def test_in_two_zones_the_earlier_evening_counts():
    """Nobody knows in which zone she is: Florida has two."""
    found = waiting("2026-11-02T22:00", country="US", region="FL", timezone="", phone="+18505550101")
    assert found <= timedelta(hours=1, minutes=50)


def test_what_it_costs_is_kept():
    shop = an_engine(rules_of(RULE, cadence=AT_ANY_TIME))
    shop.tell("purchase")
    shop.wait("2026-11-02T18:00")
    with shop.engine.store.reading() as tx:
        assert [a.segments for a in tx.attempts.of(["c1"])] == [1]


def limited(n: int = 3, **limits: object) -> Business:
    people = [a_customer(f"c{i}", phone=f"+1212555{i:04}") for i in range(n)]
    people.append(a_customer("abroad", phone="+41446681800"))
    shop = an_engine(rules_of(RULE, a_rule(RULE_OF_SAFETY, name="safe", on="recall", purpose="safety")), *people)
    shop.engine.policy = replace(shop.engine.policy, sms=SmsLimits(**limits))  # type: ignore[arg-type]
    return shop


RULE_OF_SAFETY = "sms: {at: in 1 hour, template: hi, valid_for: 3 days}"


def sent(shop: Business, n: int = 3, on: str = "r") -> list[str]:
    return [f"c{i}" for i in range(n) if any(f.rule == on and f.state == "sent" for f in shop.all(f"c{i}"))]


def test_nothing_goes_abroad_unless_it_is_allowed():
    shop = limited(1, countries=frozenset({"US"}))
    for customer in ("c0", "abroad"):
        shop.tell("purchase", customer)
    shop.wait("2026-11-02T18:00")
    assert (sent(shop, 1), shop.states("abroad")) == (["c0"], ["held sms_country"])
    assert ("held", "sms_country") in list(shop.reasons("abroad"))
    shop.engine.policy = replace(shop.engine.policy, sms=SmsLimits(countries=frozenset({"US", "CH"})))
    shop.tell("purchase", "abroad", id="again")
    assert shop.wait("2026-11-03T18:00").all("abroad")[1].state == "sent"


def test_a_day_costs_so_much_and_no_more():
    shop = limited(segments_per_day=2)
    for i in range(3):
        shop.tell("purchase", f"c{i}")
    shop.wait("2026-11-02T22:00")
    assert len(sent(shop)) == 2
    (late,) = [f for i in range(3) for f in shop.all(f"c{i}") if f.state != "sent"]
    assert (late.state, late.reason) == ("scheduled", "sms_spent")
    shop.tell("recall", "c0")
    assert sent(shop.wait("2026-11-02T23:59"), on="safe") == ["c0"]  # safety is not saved on
    assert len(sent(shop.wait("2026-11-03T12:00"))) == 3


def test_an_hour_has_so_many_strangers():
    shop = limited(new_per_hour=2)
    for i in range(3):
        shop.tell("purchase", f"c{i}")
    shop.wait("2026-11-02T16:30")
    assert len(sent(shop)) == 2
    known = sent(shop)[0]
    shop.tell("purchase", known, id="again", at="2026-11-02T15:35")
    shop.wait("2026-11-02T16:45")
    assert [f.state for f in shop.all(known)] == ["sent", "sent"]  # who is known is no stranger
    assert len(sent(shop)) == 2
    assert len(sent(shop.wait("2026-11-02T17:30"))) == 3


@pytest.mark.parametrize(
    ("given", "countries"),
    [
        ({}, {"US"}), ({"twilio_from": "+4930123456"}, {"DE"}), ({"sms_countries": "us, ca"}, {"US", "CA"}),
        ({"sms_countries": "*"}, set()), ({"business_phone": "call us"}, set()), ({"sms": "outbox"}, set()),
    ],
)  # fmt: skip
def test_where_sms_go_unless_somebody_says(given: dict[str, str], countries: set[str]):
    assert sms_limits(read_settings(**({"sms": "twilio"} | given))).countries == countries


def test_a_country_that_is_none():
    with pytest.raises(ConfigError, match="OUTREACH_SMS_COUNTRIES: UK is no country"):
        sms_limits(read_settings(sms="twilio", sms_countries="US,UK"))

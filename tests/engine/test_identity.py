"""Who is who: phones that are shared, numbers that were given away, staff who buy something."""

from __future__ import annotations

import pytest

from outreach.core.customer import Customer
from outreach.doors.people import customer_of
from tests.support.business import Business, a_customer, a_rule, an_engine, rules_of

SMS = a_rule("sms: {at: in 1 hour, template: hi, valid_for: 9 days}")
MAIL = a_rule("email: {at: in 1 hour, template: hi, valid_for: 9 days}", name="mail")
BIRTHDAY = a_rule("sms: {at: same day 10:00, template: hi, valid_for: 10 hours}", on="{date: customer.birthday}")


def imported(**line: str) -> Customer | str:
    found = customer_of({"id": "c1", **line})
    return found if isinstance(found, str) else found[0]


def test_two_birthdays_on_one_household_phone_are_one_sms():
    cadence = "{min_gap: 0 minutes, caps: [{max: 1, per: 1 day, channel: sms}], holidays: none}"
    shop = an_engine(
        rules_of(BIRTHDAY, cadence=cadence),
        *(a_customer(f"c{n}", birthday="--11-03") for n in (1, 2)),
    )
    shop.wait("2026-11-06T12:00")
    assert sorted(shop.states("c1") + shop.states("c2")) == ["expired cap:1/1d", "sent"]


def test_a_stop_reaches_everybody_on_the_number_and_leaves_the_others_mail():
    shop = an_engine(rules_of(SMS, MAIL), a_customer("c1"), a_customer("c2"))
    for who in ("c1", "c2"):
        shop.tell("purchase", who)
    shop.tell("message.received", "c1", channel="sms", text="STOP")
    shop.wait("2026-11-03T18:00")
    for who in ("c1", "c2"):
        assert {f.rule: f.state for f in shop.all(who)} == {"r": "suppressed", "mail": "sent"}


def test_a_mailbox_is_the_same_in_any_case():
    one, other = imported(email="Ann.Lee+news@Example.COM"), imported(email="ann.lee+news@example.com")
    assert isinstance(one, Customer)
    assert isinstance(other, Customer)
    assert one.email == other.email == "ann.lee+news@example.com"


@pytest.mark.parametrize(
    ("phone", "country"),
    [("+1 212-555-0101", ""), ("(212) 555-0101", "US"), ("0012125550101", "DE"), ("212.555.0101", "us")],
)
def test_a_phone_is_the_same_however_it_is_written(phone: str, country: str):
    found = imported(phone=phone, **({"country": country} if country else {}))
    assert isinstance(found, Customer), found
    assert found.phone == "+12125550101"


def given_away() -> Business:
    """Somebody else has her number now, and says so."""
    shop = an_engine(rules_of(SMS, MAIL), a_customer("c1"))
    shop.tell("message.received", "c1", channel="sms", text="wrong number")
    return shop


def test_who_gets_a_number_gets_no_consent_with_it():
    required = a_rule("sms: {at: in 1 hour, template: hi, valid_for: 9 days}", purpose="marketing", name="advert")
    shop = an_engine(rules_of(required), a_customer("c1"))
    shop.engine.save_customers([(a_customer("new"), [])])
    shop.tell("purchase", "new")
    shop.wait("2026-11-03T18:00")
    [state] = shop.states("new")
    assert state.endswith(" no_consent:sms")


def test_a_number_that_is_somebody_elses_stays_unused_for_whoever_comes_with_it():
    shop = given_away()
    shop.engine.save_customers([(a_customer("new"), [])])
    for who in ("c1", "new"):
        shop.tell("purchase", who)
    shop.wait("2026-11-03T18:00")
    assert {f.rule: f.state for f in shop.all("new")} == {"r": "suppressed", "mail": "sent"}
    assert {f.rule: f.state for f in shop.all("c1")} == {"r": "suppressed", "mail": "sent"}


def test_a_wrong_number_doesnt_follow_her_to_her_right_one():
    shop = an_engine(rules_of(SMS), a_customer("c1"), a_customer("c2", phone="+12125550102"))
    shop.tell("message.received", "c1", channel="sms", text="wrong number")
    shop.tell("customer.merged", "c1", into="c2")
    shop.tell("purchase", "c1")
    assert shop.wait("2026-11-03T18:00").states("c2") == ["sent"]


def test_one_of_the_staff_may_be_a_customer_too():
    call = a_rule("call: {at: immediately, script: hi, assign: event.staff}", on="visit")
    cadence = '{min_gap: 20 hours, caps: [], holidays: none, hours: {call: {mon-sun: "00:00-24:00"}}}'
    shop = an_engine(rules_of(call, cadence=cadence), a_customer("lena"), a_customer("c2", phone="+12125550102"))
    shop.tell("visit", "lena", staff="lena")
    shop.tell("visit", "c2", staff="lena")
    shop.wait("2026-11-02T15:01")
    assert {shop.one(customer=who).assign for who in ("lena", "c2")} == {"lena"}
    shop.tell("outcome", "c2", rule="r", outcome="reached", by="lena")
    assert (shop.one(customer="c2").state, shop.one(customer="lena").state) == ("done", "listed")
    # What she does as one of the staff is no contact with her.
    assert [t.by for t in shop.touches("lena")] == [""]

"""Customers who became others, and customers who were forgotten: what is sound is left in peace, and damage is seen."""

from __future__ import annotations

import pytest

from outreach.flow.erasing import erase
from outreach.ports import Answer, Message, Sent
from outreach.store.codec import micros
from tests.proof.damage import CALM, RULES, House
from tests.support.business import Business, a_customer, a_rule, an_engine, rules_of, utc

pytestmark = pytest.mark.postgres_too
LATER = utc("2026-11-11T16:00")


def united(second: str = "+12125550102") -> House:
    """A text to c1 and a call to c2 on the same Monday; c1 becomes c2 on Tuesday, and gets a mail a week later."""
    place = {"country": "US", "region": "NY"}
    shop = an_engine(rules_of(*RULES, cadence=CALM), a_customer("c1", **place), a_customer("c2", phone=second, **place))
    shop.tell("purchase", "c1")
    shop.tell("visit", "c2")
    shop.wait("2026-11-02T16:30").tell("outcome", "c2", rule="ring", outcome="reached")
    shop.wait("2026-11-03T15:00").tell("customer.merged", "c1", into="c2")
    shop.wait("2026-11-11T15:00").tell("promo", "c1")
    shop.wait("2026-11-20T15:00")
    return House(shop)


@pytest.fixture
def house() -> House:
    return united()


def forget(house: House, customer: str) -> None:
    with house.shop.engine.store.writing() as tx:
        assert erase(tx, customer, house.shop.clock.instant)


def test_each_contact_is_judged_once_and_each_person_counted_once(house: House):
    found = house.proof()
    assert (found.said, dict(found.not_judged)) == ("0 violations in 3 touches of 1 customers", {})
    assert found.asked["consent"] == found.asked["suppression"] == 3


def test_what_was_made_before_is_judged_by_what_was_known_before(house: House):
    house.do("UPDATE touch SET at = at - 10800000000, gap_until = gap_until - 10800000000 WHERE channel = 'sms'")
    house.do("UPDATE attempt SET made = made - 10800000000 WHERE channel = 'sms'")
    assert [(f.subject, f.rule) for f in house.proof().faults] == [("c:c1", "hours:sms")]


def test_what_comes_after_is_judged_by_what_both_had(house: House):
    by = micros(LATER) - micros(utc("2026-11-02T18:00"))
    house.do(f"UPDATE touch SET at = at + {by - 3_600_000_000}, gap_until = NULL WHERE channel = 'sms'")
    assert {f.subject for f in house.proof().faults if f.check == "gap"} >= {"c:c2"}


def test_a_withdrawal_of_the_other_side_accuses_only_what_came_after(house: House):
    """One line of history under each name, as a merge copies them."""
    at = micros(utc("2026-11-02T15:30"))
    for who in ("c1", "c2"):
        house.do(
            "INSERT INTO consent (bucket, tenant_id, customer, id, channel, purpose, given, at, source, evidence,"
            f" basis) SELECT bucket, tenant_id, '{who}', 'no', 'email', 'all', {no(house)}, {at}, '', '', ''"
            f" FROM touch WHERE subject = 'c:{who}' LIMIT 1"
        )
        house.do(
            f"INSERT INTO event SELECT bucket, tenant_id, '{who}', 's', 'no', 'consent.withdrawn', {at}, '', '{{}}',"
            f" {at} FROM touch WHERE subject = 'c:{who}' LIMIT 1"
        )
    assert house.rules() == {"opted_out:email"}
    house.do("UPDATE consent SET channel = 'call' WHERE id = 'no'")
    assert house.rules() == set()  # c1 had said it, and the call was c2's
    house.do("UPDATE consent SET channel = 'sms' WHERE id = 'no'")
    assert [(f.subject, f.rule) for f in house.proof().faults] == [("c:c1", "opted_out:sms")]


def no(house: House) -> str:
    return "0" if house.shop.engine.store.engine.dialect.name == "sqlite" else "false"


@pytest.mark.parametrize(
    ("sql", "rule", "subject"),
    [
        ("DELETE FROM touch WHERE subject = 'c:c2' AND channel = 'sms'", "left_behind", "c:c1"),
        ("DELETE FROM follow_up WHERE customer = 'c2' AND channel = 'sms'", "left_behind", "c:c1"),
        ("DELETE FROM touch WHERE subject < 'b' AND channel = 'sms'", "entries", "c:c2"),
        ("UPDATE touch SET state = 'unknown' WHERE subject = 'c:c2' AND channel = 'sms'", "entries", "c:c2"),
        ("UPDATE follow_up SET state = 'cancelled' WHERE customer = 'c2' AND channel = 'sms'", "touch_alone", "c:c2"),
        ("DELETE FROM alias", "touch_alone", "c:c1"),
    ],
)
def test_damage_at_either_of_the_two(house: House, sql: str, rule: str, subject: str):
    house.do(sql)
    assert (subject, rule) in {(f.subject, f.rule) for f in house.proof().faults}


def test_both_had_the_same_before_they_were_one():
    rule = a_rule("sms: {at: in 1 hour, template: hi}", key="id_of", on="stay.booked")
    shop = an_engine(rules_of(rule, cadence=CALM), a_customer("c1"), a_customer("c2", phone="+12125550102"))
    for who in ("c1", "c2"):
        shop.tell("stay.booked", who, id=f"e{who}", id_of="n1")
    shop.wait("2026-11-03T15:00").tell("customer.merged", "c1", into="c2")
    house = House(shop.wait("2026-11-20T15:00"))
    assert [len({getattr(t, name) for t in shop.touches("c2")}) for name in ("id", "follow_up")] == [2, 1]
    assert house.proof().said == "0 violations in 2 touches of 1 customers"


class Slow:
    """Two customers become one while the provider thinks about it; the proof looks in."""

    name = idempotency = "native"
    shop: Business

    def send(self, message: Message) -> Answer:
        self.shop.tell("customer.merged", "c1", into="c2")
        found = House(self.shop).proof()
        self.seen = (found.faults, found.touches)
        return Sent(provider_id="p1")


def test_what_is_being_sent_at_the_merge():
    sender = Slow()
    shop = an_engine(
        rules_of(*RULES, cadence=CALM), a_customer("c1"), a_customer("c2"), senders={"sms": sender, "email": sender}
    )
    sender.shop = shop
    shop.tell("purchase", "c1")
    shop.wait("2026-11-20T15:00")
    assert (sender.seen, House(shop).proof().said) == (([], 1), "0 violations in 1 touches of 1 customers")


def test_who_was_forgotten_leaves_nothing_to_judge_but_what_stands_at_her_addresses(house: House):
    forget(house, "c1")  # who is c2 by now
    found = house.proof()
    assert (found.said, dict(found.not_judged)) == ("0 violations in 0 touches of 0 customers", {})
    house.do("UPDATE touch SET at = at + 60000000 WHERE channel = 'sms'")
    assert {(f.subject[:2], f.rule) for f in house.proof().faults} == {("a:", "gap:20h")}


def test_a_shared_phone_is_still_judged_when_one_of_the_two_was_forgotten():
    place = {"country": "US", "region": "NY"}
    shop = an_engine(rules_of(*RULES, cadence=CALM), a_customer("c1", **place), a_customer("c2", **place))
    shop.tell("purchase", "c1")
    shop.wait("2026-11-04T15:00").tell("purchase", "c2")
    shop.wait("2026-11-20T15:00")
    house = House(shop)
    forget(house, "c1")
    assert house.proof().said == "0 violations in 1 touches of 1 customers"
    by = 47 * 3600 * 1_000_000
    house.do(f"UPDATE touch SET at = at + {by}, gap_until = NULL WHERE customer = ''")
    assert {(f.subject[:2], f.rule) for f in house.proof().faults} == {("a:", "gap:20h")}


def test_an_address_that_has_forgotten_somebody_who_is_still_there(house: House):
    house.do("UPDATE touch SET customer = '', follow_up = '' WHERE subject < 'b' AND channel = 'call'")
    assert house.rules() == {"entries"}


def test_a_contact_by_hand_of_one_who_was_forgotten_accuses_nobody():
    shop = an_engine(rules_of(*RULES, cadence=CALM), a_customer("c1"), a_customer("c2"))
    shop.tell("visit", "c2")
    shop.wait("2026-11-03T15:00").tell("contact.made", "c1", at="2026-11-02T15:30", channel="call")
    house = House(shop)
    assert house.rules() == set()
    forget(house, "c1")
    found = house.proof()
    assert (found.faults, list(found.not_judged)) == ([], ["distances: from a contact by hand, of one who was erased"])

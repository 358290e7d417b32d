"""A customer is forgotten: nothing stays that speaks of her, and what she refused stays refused."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import inspect

from outreach.core.customer import Consent
from outreach.flow.erasing import Erased, erase
from outreach.flow.exporting import export
from outreach.ports import Message, Sent
from outreach.senders.outbox import OutboxSender
from tests.support.business import PHONE, Business, a_customer, a_rule, an_engine, rules_of
from tests.support.replay import select

SMS = a_rule("sms: {at: in 1 hour, template: hi, valid_for: 9 days}")
CALL = a_rule("call: {at: immediately, script: hi, valid_for: 3 days}", on="visit", name="ask")
KEEP = a_rule('remember: {meal: "likes {{ event.dish }}"}', on="dinner", name="keep")
ALWAYS = 'hours: {sms: {mon-sun: "00:00-24:00"}, call: {mon-sun: "00:00-24:00"}}'
RULES = rules_of(
    SMS, CALL, KEEP, cadence=f"{{min_gap: 0 minutes, caps: [{{max: 2, per: 9 days}}], holidays: none, {ALWAYS}}}"
)

#: Tables in which something may stay, and what of it: names of addresses that nobody can read.
MAY_STAY = {"suppression", "touch", "seen_field", "setting", "alembic_version"}


def forget(shop: Business, id: str = "c1") -> Erased | None:
    return shop.engine.store.write(lambda tx: erase(tx, id, shop.clock.instant))


def told(shop: Business, id: str = "c1") -> dict | None:
    with shop.engine.store.reading() as tx:
        return export(tx, id)


def tables(shop: Business) -> dict[str, str]:
    """What stands in every table, as one text."""
    found = inspect(shop.engine.store.engine).get_table_names()
    return {name: "\n".join(map(repr, select(shop, f'SELECT * FROM "{name}"'))) for name in found}


def lived(*more) -> Business:
    """A customer of whom there is something everywhere."""
    shop = an_engine(RULES, a_customer("c1", last_name="Quimby"), *more)
    shop.tell("purchase", note="a gift for Zelda")
    shop.tell("dinner", dish="eels")
    shop.tell("complaint.opened", text="Zelda is cross")
    shop.wait("2026-11-02T18:00").tell("visit")
    shop.wait("2026-11-02T18:01").tell("message.received", channel="sms", text="not interested")
    return shop


def stop(shop: Business) -> None:
    shop.tell("message.received", channel="sms", text="STOP")


def withdraw(shop: Business) -> None:
    shop.tell("consent.withdrawn", channel="sms")


def tick_no(shop: Business) -> None:
    no = Consent(channel="all", purpose="care", given=False, at=shop.clock.instant)
    shop.engine.save_customers([(a_customer(), [no])])


class TestErasing:
    def test_nothing_stays_that_speaks_of_her(self):
        shop = lived(a_customer("c2", phone="+12125550102"))
        before = tables(shop)
        assert all(any(word in text for text in before.values()) for word in ("Quimby", "Zelda", "eels", "Hello Ann"))
        assert forget(shop) == Erased(customer="c1", merged=(), ahead=2, touches=2)
        after = tables(shop)
        for word in ("'c1'", "c:c1", "Quimby", "Zelda", "eels", "Hello Ann", "c1@example.com", PHONE):
            assert [name for name, text in after.items() if word in text] == []
        assert {name for name, text in after.items() if text and text != before["setting"]} <= MAY_STAY | {
            "customer", "address", "consent",
        }  # fmt: skip
        assert "'c2'" in after["customer"]
        assert after["touch"].count("a:") == 2

    def test_what_was_planned_ends_and_news_of_her_is_refused(self):
        shop = lived()
        forget(shop)
        assert shop.engine.next_wake() is None
        receipt = shop.tell("purchase", id="later")
        assert receipt.status == "rejected"
        assert "unknown customer 'c1'" in receipt.reason
        assert forget(shop) is None

    @pytest.mark.parametrize("refuse", [stop, withdraw, tick_no])
    def test_who_comes_in_again_is_still_not_contacted(self, refuse):
        shop = an_engine(RULES)
        shop.wait("2026-11-02T15:10")
        refuse(shop)
        forget(shop)
        old_yes = Consent(channel="all", purpose="all", given=True, at=shop.clock.instant - timedelta(days=400))
        shop.engine.save_customers([(a_customer("new"), [old_yes])])
        shop.tell("purchase", "new")
        [state] = shop.wait("2026-11-05T18:00").states("new")
        assert state in ("suppressed opted_out:sms", "suppressed suppressed:sms")

    @pytest.mark.parametrize("refuse", [stop, withdraw, tick_no])
    def test_nor_is_who_comes_in_again_under_the_same_id(self, refuse):
        """No id of hers is remembered: news of who she is makes her anew, with no word but what her phone keeps."""
        shop = an_engine(RULES)
        shop.wait("2026-11-02T15:10")
        refuse(shop)
        forget(shop)
        assert shop.tell("purchase").status == "rejected"
        assert shop.tell("customer.changed", first_name="Ann", phone=PHONE).status == "accepted"
        shop.tell("purchase", id="again")
        [state] = shop.wait("2026-11-05T18:00").states()
        assert state in ("suppressed opted_out:sms", "suppressed suppressed:sms")

    def test_caps_of_her_phone_hold_for_who_shares_it(self):
        shop = an_engine(RULES, a_customer("c1"), a_customer("c2"))
        for n in range(2):
            shop.tell("purchase", "c1", id=f"p{n}")
        shop.wait("2026-11-02T18:00")
        forget(shop)
        shop.tell("purchase", "c2")
        shop.wait("2026-11-05T18:00")
        assert shop.states("c2") == ["scheduled cap:2/9d"]

    def test_those_who_had_become_her_go_too(self):
        shop = an_engine(RULES, a_customer("c1", phone="+12125550102"), a_customer("c2"))
        shop.tell("purchase", "c1")
        shop.wait("2026-11-02T18:00")
        shop.tell("customer.merged", "c1", into="c2")
        assert forget(shop, "c1") == Erased(customer="c2", merged=("c1",), ahead=0, touches=2)
        after = tables(shop)
        for word in ("'c1'", "'c2'", "c:c"):
            assert [name for name, text in after.items() if word in text] == []
        assert shop.tell("purchase", "c1", id="x").reason.startswith("unknown customer 'c1'")

    def test_what_is_being_sent_keeps_its_place_at_the_address(self):
        class Meanwhile:
            name, idempotency = "meanwhile", "none"

            def send(self, message: Message):
                forget(shop)
                return Sent(provider_id="p")

        shop = an_engine(RULES, senders={"sms": Meanwhile(), "email": OutboxSender()})
        shop.tell("purchase")
        shop.wait("2026-11-02T18:00")
        assert select(shop, "SELECT count(*) FROM follow_up") == [(0,)]
        assert select(shop, "SELECT customer, state FROM touch") == [("", "reserved")]


class TestExporting:
    def test_everything_is_told(self):
        shop = lived()
        found = told(shop)
        assert found is not None
        assert msgspec.json.encode(found)
        assert found["customer"]["last_name"] == "Quimby"
        assert found["customer"]["memory"]["meal"]["value"] == "likes eels"
        assert [e["type"] for e in found["events"]] == [
            "complaint.opened", "dinner", "purchase", "visit", "message.received",
        ]  # fmt: skip
        assert {f["rule"] for f in found["follow_ups"]} == {"r", "ask", "keep", "engine:reply"}
        assert [a["body"] for a in found["attempts"]] == ["Hello Ann"]
        assert len(found["touches"]) == 2
        assert set(found["holds"]) == {"complaint", "reply"}
        assert found["consents"][0]["at"] == "2025-09-28T15:00:00Z"
        assert {d["decision"] for d in found["decisions"]} >= {"planned", "claimed", "sent"}

    def test_what_came_under_other_names_is_told_by_any_of_them(self):
        shop = an_engine(RULES, a_customer("c1"), a_customer("c2", first_name="Anna", phone="+12125550102"))
        shop.tell("purchase", "c1")
        shop.wait("2026-11-02T18:00")
        shop.tell("message.received", "c2", channel="sms", text="STOP")
        shop.tell("customer.merged", "c1", into="c2")
        found = told(shop, "c1")
        assert found == told(shop, "c2")
        assert found is not None
        assert [m["id"] for m in found["merged"]] == ["c1"]
        assert [a["body"] for a in found["attempts"]] == ["Hello Ann"]
        assert ["call", "sms"] in [s["address_of"] for s in found["suppressed"]]
        was = next(r for d in found["decisions"] for r in d["reasons"] if "was" in r["numbers"] and not d["rule"])
        assert was["numbers"]["was"]["first_name"] == "Ann"

    def test_nobody_is_told_of_nobody(self):
        assert told(an_engine(RULES), "x") is None

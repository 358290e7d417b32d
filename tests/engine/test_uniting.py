"""Two customers become one: what was two records of a person is one person, and the cadence counts her once."""

from __future__ import annotations

import pytest

from outreach.core.customer import Consent, Customer
from outreach.core.handling import Handling
from outreach.desk import Said, assign, cancel, claim, outcome, skip, undo
from outreach.ports import Answer, Message, Refused, Sent, Unsent
from outreach.senders.outbox import OutboxSender
from outreach.unknowns import decide
from tests.support.business import MONDAY, Business, a_customer, a_rule, an_engine, an_event, rules_of, utc
from tests.support.replay import select

pytestmark = pytest.mark.postgres_too

OPEN_HOURS = 'hours: {sms: {mon-sun: "00:00-24:00"}, call: {mon-sun: "00:00-24:00"}, email: {mon-sun: "00:00-24:00"}}'


def cadence(caps: str = "", more: str = "") -> str:
    return f"{{min_gap: 0 minutes, caps: [{caps}], holidays: none, {OPEN_HOURS}{more}}}"


def two(rules: str, **given) -> Business:
    """c1 will become c2; each has a phone of her own."""
    return an_engine(rules, a_customer("c1"), a_customer("c2", phone="+12125550102"), **given)


def customer(shop: Business, id: str) -> Customer | None:
    with shop.engine.store.reading() as tx:
        return tx.customers.get([id]).get(id)


def merge(shop: Business, old: str = "c1", into: str = "c2", **more):
    return shop.tell("customer.merged", old, into=into, **more)


SMS = a_rule("sms: {at: in 1 hour, template: hi, valid_for: 9 days}")


class TestTheUnionOfTwo:
    def test_touches_of_both_count_in_one_cap(self):
        shop = two(rules_of(SMS, cadence=cadence("{max: 2, per: 9 days}")))
        for n, who in enumerate(("c1", "c2")):
            shop.tell("purchase", who, id=f"p{n}")
        shop.wait("2026-11-02T18:00")
        assert merge(shop).status == "accepted"
        assert len(shop.touches("c2")) == 2
        shop.tell("purchase", "c2", id="p3")
        shop.wait("2026-11-03T18:00")
        last = shop.all("c2")[-1]
        assert (last.state, last.reason) == ("scheduled", "cap:2/9d")

    def test_over_the_cap_it_blocks_until_it_has_aged(self):
        shop = two(rules_of(SMS, cadence=cadence("{max: 1, per: 3 days}")))
        for who in ("c1", "c2"):
            shop.tell("purchase", who)
        shop.wait("2026-11-02T18:00")
        merge(shop)
        assert [t.state for t in shop.touches("c2")] == ["attempted", "attempted"]
        shop.tell("purchase", "c2", id="again")
        shop.wait("2026-11-09T18:00")
        assert shop.all("c2")[-1].ended == utc("2026-11-05T16:00")

    def test_two_that_wait_are_planned_together(self):
        shop = two(rules_of(SMS, a_rule(name="more", priority="80"), cadence=cadence("{max: 1, per: 3 days}")))
        shop.tell("purchase", "c1", id="p1", at="2026-11-02T14:59")
        shop.wait("2026-11-02T15:30")
        merge(shop)
        shop.wait("2026-11-03T18:00")
        assert {f.rule: f.state for f in shop.all("c2")} == {"more": "sent", "r": "scheduled"}
        assert shop.one(customer="c2").due == utc("2026-11-02T15:59")
        assert ("noted", "customer.merged") in shop.reasons("c2")

    @pytest.mark.parametrize("side", ["c1", "c2"])
    def test_a_withdrawal_on_either_side_holds(self, side: str):
        shop = two(rules_of(SMS, cadence=cadence()))
        other = {"c1": "c2", "c2": "c1"}[side]
        shop.tell("consent.withdrawn", side, at="2026-11-01T10:00", channel="sms", purpose="care")
        shop.tell("consent.given", other, at="2026-11-02T10:00", channel="sms", purpose="care", evidence="form")
        merge(shop)
        shop.tell("purchase", "c1")
        shop.wait("2026-11-03T18:00")
        assert shop.states("c2") == ["suppressed opted_out:sms"]

    def test_a_yes_that_comes_after_the_merge_lifts_it(self):
        shop = two(rules_of(SMS, cadence=cadence()))
        shop.tell("consent.withdrawn", "c1", at="2026-11-01T10:00", channel="sms", purpose="care")
        merge(shop)
        shop.wait("2026-11-02T16:00").tell("consent.given", "c2", channel="sms", purpose="care", evidence="form")
        shop.tell("purchase", "c2")
        assert shop.wait("2026-11-03T18:00").states("c2") == ["sent"]

    def test_a_stop_holds_on_her_other_phone_too(self):
        shop = two(rules_of(SMS, cadence=cadence()))
        shop.tell("message.received", "c1", channel="sms", text="STOP")
        shop.tell("purchase", "c2")
        merge(shop)
        assert shop.states("c2") == ["suppressed opted_out:sms"]

    def test_do_not_call_takes_a_card_off_the_list(self):
        call = a_rule("call: {at: immediately, script: hi}", on="visit")
        shop = two(rules_of(call, cadence=cadence()))
        shop.tell("visit", "c1")
        shop.wait(MONDAY).tell("outcome", "c1", rule="r", outcome="do_not_call")
        shop.tell("visit", "c2", id="v2")
        shop.wait("2026-11-02T15:01")
        assert shop.states("c2") == ["listed"]
        merge(shop)
        assert sorted(shop.states("c2")) == ["done do_not_call", "suppressed opted_out:call"]
        assert [t.state for t in shop.touches("c2")] == ["attempted"]

    @pytest.mark.parametrize("side", ["c1", "c2"])
    def test_an_open_complaint_on_either_side_holds(self, side: str):
        more = ", holds: [{while: complaint, purposes: [care]}]"
        shop = two(rules_of(SMS, cadence=cadence(more=more)))
        shop.tell("complaint.opened", side, complaint_id="k")
        merge(shop)
        shop.tell("purchase", "c2")
        shop.wait("2026-11-03T18:00")
        assert shop.states("c2") == ["scheduled hold:complaint"]
        shop.tell("complaint.resolved", "c1", complaint_id="k")
        assert shop.wait("2026-11-03T19:00").states("c2") == ["sent"]

    def test_her_own_values_win_and_gaps_are_filled(self):
        shop = an_engine(
            rules_of(SMS),
            a_customer("c1", language="de", tags=("vip", "old"), fields={"size": 9, "club": "gold"},
                       memory={"meal": "well done", "seat": "window"}),
            a_customer("c2", first_name="Anna", phone="", tags=("old", "new"), fields={"size": 7},
                       memory={"seat": "aisle"}),
        )  # fmt: skip
        merge(shop)
        her = customer(shop, "c2")
        assert her is not None
        assert (her.first_name, her.language, her.phone) == ("Anna", "de", "+12125550101")
        assert (her.tags, her.fields) == (("old", "new", "vip"), {"size": 7, "club": "gold"})
        assert her.memory == {"meal": "well done", "seat": "aisle"}
        assert customer(shop, "c1") is None

    def test_a_stop_from_the_phone_of_the_one_who_is_gone_finds_her(self):
        shop = an_engine(rules_of(SMS), a_customer("c1"), a_customer("c2", phone=""), a_customer("c3"))
        merge(shop)
        shop.tell("purchase", "c2")
        shop.tell("message.received", "c3", channel="sms", text="STOP")
        assert shop.states("c2") == ["suppressed opted_out:sms"]


class TestWhatLiesAhead:
    def test_the_same_occasion_comes_once(self):
        birthday = a_rule("sms: {at: same day 10:00, template: hi}", on="{date: customer.birthday}")
        shop = an_engine(
            rules_of(birthday),
            a_customer("c1", birthday="--11-03"),
            a_customer("c2", phone="+12125550102", birthday="--11-03"),
        )
        shop.wait("2026-11-03T06:00")
        merge(shop)
        shop.wait("2026-11-05T18:00")
        assert shop.states("c2") == ["sent"]
        assert shop.states("c1") == ["cancelled duplicate:customer.merged"]
        assert ("cancelled", "duplicate:customer.merged") in shop.reasons("c1")

    def test_once_for_a_customer_stays_once(self):
        shop = two(rules_of(a_rule(once_per="customer")))
        shop.tell("purchase", "c1")
        shop.wait("2026-11-02T18:00")
        merge(shop)
        shop.tell("purchase", "c2", id="again")
        assert shop.wait("2026-11-03T18:00").states("c2") == ["sent"]

    def test_once_in_a_span_keeps_the_earlier(self):
        rule = a_rule("sms: {at: in 5 hours, template: hi, valid_for: 9 days}", once_per="30 days")
        shop = two(rules_of(rule))
        shop.tell("purchase", "c1", at="2026-11-02T14:00")
        shop.tell("purchase", "c2", at="2026-11-02T14:30")
        merge(shop)
        shop.wait("2026-11-05T18:00")
        assert sorted(shop.states("c2")) == ["cancelled duplicate:customer.merged", "sent"]
        shop.tell("purchase", "c1", id="again")
        assert len(shop.all("c2")) == 2

    def test_one_that_is_done_already_is_not_done_again(self):
        rule = a_rule("call: {at: in 1 hour, script: hi, valid_for: 3 days}", key="order")
        shop = two(rules_of(rule))
        shop.tell("purchase", "c1", order="k")
        shop.wait("2026-11-02T16:00").tell("outcome", "c1", rule="r", outcome="reached")
        shop.tell("purchase", "c2", order="k")
        merge(shop)
        assert shop.states("c2") == ["done reached"]

    def test_what_the_other_side_has_made_needless_ends(self):
        missing = a_rule(on="{missing: order.shipped, within: 3 days, after: order.placed, key: order}")
        shop = two(rules_of(missing))
        shop.tell("order.placed", "c1", order="k")
        shop.tell("order.shipped", "c2", order="k")
        merge(shop)
        assert shop.states("c2") == ["cancelled came:order.shipped"]

    def test_the_step_that_waits_comes_next_in_the_new_name(self):
        steps = (
            "call: {at: immediately, script: hi, valid_for: 3 days}\n"
            "sms: {at: 1 hour after previous, template: hi, when: previous.outcome == 'no_answer'}"
        )
        shop = two(rules_of(a_rule(steps)))
        shop.tell("purchase", "c1")
        shop.wait("2026-11-02T15:05").tell("outcome", "c1", rule="r", outcome="no_answer")
        merge(shop)
        assert shop.wait("2026-11-03T18:00").states("c2") == ["done no_answer", "sent"]


class TestDuringACall:
    CALL = a_rule("call: {at: immediately, script: hi, valid_for: 3 days}", on="visit")

    def test_the_card_moves_with_its_place_in_the_ledger(self):
        shop = two(rules_of(self.CALL, cadence=cadence("{max: 1, per: 3 days}")))
        shop.tell("visit", "c1")
        shop.wait("2026-11-02T15:05")
        card = shop.one(customer="c1")
        merge(shop)
        assert shop.states("c2") == ["listed"]
        assert [t.state for t in shop.touches("c2")] == ["reserved"]
        # She who has the card in her hand still knows it by its old name.
        shop.tell("outcome", "c1", follow_up=card.id, outcome="reached", by="Lena")
        assert shop.states("c2") == ["done reached"]
        assert [(t.state, t.by) for t in shop.touches("c2")] == [("attempted", "Lena")]
        assert select(
            shop, "SELECT count(*) FROM touch WHERE substr(subject, 1, 2) = 'a:' AND state = 'attempted'"
        ) == [(1,)]

    def test_a_complaint_of_the_other_side_takes_it_off_the_list(self):
        more = ", holds: [{while: complaint, purposes: [care]}]"
        shop = two(rules_of(self.CALL, cadence=cadence(more=more)))
        shop.tell("visit", "c1")
        shop.wait("2026-11-02T15:05").tell("complaint.opened", "c2", complaint_id="k")
        merge(shop)
        shop.wait("2026-11-02T15:06")
        assert shop.states("c2") == ["scheduled hold:complaint"]
        assert shop.touches("c2") == []

    @pytest.mark.parametrize("phone", ["+12125550101", "+12125550102"])
    def test_its_place_is_at_the_phone_that_will_be_rung(self, phone: str):
        shop = an_engine(
            rules_of(self.CALL, cadence=cadence("{max: 1, per: 3 days}")),
            a_customer("c1"), a_customer("c2", phone=phone), a_customer("c3", phone=phone),
        )  # fmt: skip
        shop.tell("visit", "c1")
        shop.wait("2026-11-02T15:05")
        merge(shop)
        shop.tell("visit", "c3")
        shop.wait("2026-11-02T15:10")
        assert shop.states("c3") == ["scheduled cap:1/3d"]

    def test_two_cards_for_the_same_thing_become_one(self):
        rule = a_rule("call: {at: immediately, script: hi, valid_for: 3 days}", on="visit", key="stay")
        shop = two(rules_of(rule))
        for who in ("c1", "c2"):
            shop.tell("visit", who, stay="k")
        shop.wait("2026-11-02T15:05")
        merge(shop)
        assert shop.states("c2") == ["listed"]
        assert shop.states("c1") == ["cancelled duplicate:customer.merged"]
        assert len(shop.touches("c2")) == 1


WAS_MERGED = "It can't be undone: its customer was merged with another one since."


class TestWhoHasTheCardOpen:
    RULE = a_rule("call: {at: immediately, script: hi, valid_for: 3 days}", on="visit", key="stay")

    def cards(self, *who: str) -> tuple[Business, list[str]]:
        """A card of each, all for the same thing."""
        shop = two(rules_of(self.RULE, cadence=cadence()))
        for c in who:
            shop.tell("visit", c, stay="k")
        shop.wait("2026-11-02T15:05")
        return shop, [shop.one(customer=c).id for c in who]

    def handling(self, shop: Business) -> Handling:
        with shop.engine.store.reading() as tx:
            [found] = tx.cards.of(["c2"]).values()
            assert tx.cards.of(["c1"]) == {}
        assert found.id == shop.one(customer="c2").id
        return found

    def test_keeps_it_under_either_name(self):
        shop, [card] = self.cards("c1")
        assert assign(shop.engine, card, "Lena", to="Omar").ok
        assert skip(shop.engine, card, "Omar").ok
        assert claim(shop.engine, card, "Lena").ok
        merge(shop)
        new = shop.one(customer="c2")
        assert (self.handling(shop).holder, set(self.handling(shop).skipped), new.assign) == ("Lena", {"omar"}, "Omar")
        for name in (card, new.id):
            assert claim(shop.engine, name, "Omar").code == "held"
        assert claim(shop.engine, card, "Lena").ok
        assert outcome(shop.engine, card, Said(outcome="reached", by="Lena")).ok
        assert undo(shop.engine, new.id, "Lena").ok
        assert shop.states("c2") == ["listed"]

    def test_of_two_the_one_who_has_that_of_the_customer_who_stays(self):
        shop, [hers, theirs] = self.cards("c1", "c2")
        assert claim(shop.engine, hers, "Lena").ok
        assert claim(shop.engine, theirs, "Omar").ok
        merge(shop)
        assert self.handling(shop).holder == "Omar"
        told = outcome(shop.engine, theirs, Said(outcome="reached", by="Lena", note="she is glad"))
        assert (told.code, told.by) == ("held", "Omar")

    def test_or_the_one_who_has_either_open(self):
        shop, [hers, theirs] = self.cards("c1", "c2")
        assert skip(shop.engine, theirs, "Omar").ok
        assert claim(shop.engine, hers, "Lena").ok
        merge(shop)
        assert (self.handling(shop).holder, set(self.handling(shop).skipped)) == ("Lena", {"omar"})

    @pytest.mark.parametrize("who", ["c1", "c2"])
    def test_what_was_done_before_cant_be_undone(self, who: str):
        shop, [card] = self.cards(who)
        assert outcome(shop.engine, card, Said(outcome="no_answer", by="Lena")).ok
        merge(shop)
        for name in {card, shop.one(customer="c2").id}:
            told = undo(shop.engine, name, "Lena")
            assert (told.code, told.text) == (
                "none",
                "It can't be undone: its customer was merged with another one since.",
            )
        shop.tell("outcome.undone", who, follow_up=card, by="Lena")
        assert shop.states("c2") == ["done no_answer"]
        assert (self.handling(shop).deed, self.handling(shop).undo_until()) == ("outcome", None)

    def test_nor_after_two_merges(self):
        shop, [card] = self.cards("c1")
        shop.engine.save_customers([(a_customer("c3", phone="+12125550103"), [])])
        assert outcome(shop.engine, card, Said(outcome="no_answer", by="Lena")).ok
        merge(shop, "c1", "c3")
        shop.wait("2026-11-02T15:06")
        merge(shop, "c3", "c2")
        assert undo(shop.engine, card, "Lena").text == WAS_MERGED
        assert self.handling(shop).undo_until() is None

    def test_nor_what_was_done_long_ago(self):
        shop, [card] = self.cards("c1")
        assert cancel(shop.engine, card, "Lena").ok
        shop.wait("2026-11-02T15:15")
        merge(shop)
        assert undo(shop.engine, card, "Lena").code == "late"
        assert (self.handling(shop).deed, self.handling(shop).by) == ("card.cancelled", "Lena")


class Holding:
    """A provider during whose answer something happens."""

    name, idempotency = "holding", "none"

    def __init__(self, answer: Answer):
        self.answer, self.meanwhile, self.asked = answer, lambda: None, 0

    def send(self, message: Message) -> Answer:
        self.asked += 1
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        answer, self.answer = self.answer, Sent(provider_id="p")
        return answer


class TestWhileItIsBeingSent:
    STEPS = "sms: {at: immediately, template: hi}\nemail: {at: 1 hour after previous, template: hi}"

    def played(self, answer: Answer) -> tuple[Business, Holding]:
        line = Holding(answer)
        shop = two(rules_of(a_rule(self.STEPS)), senders={"sms": line, "email": OutboxSender()})
        line.meanwhile = lambda: merge(shop)
        shop.tell("purchase", "c1")
        shop.wait("2026-11-02T15:00")
        return shop, line

    def test_it_comes_to_its_end_and_counts_on_her_who_stays(self):
        shop, line = self.played(Sent(provider_id="p"))
        assert shop.states("c2") == ["sent", "scheduled"]
        assert [t.state for t in shop.touches("c2")] == ["attempted"]
        assert shop.wait("2026-11-03T15:00").states("c2") == ["sent", "sent"]
        assert line.asked == 1

    def test_what_was_refused_gives_its_place_back(self):
        shop, _ = self.played(Refused(code="21610", text="no", suppress=True))
        assert shop.states("c2")[0] == "suppressed provider:21610"
        assert shop.touches("c2") == []

    def test_what_was_not_sent_is_tried_again_in_her_name(self):
        shop, line = self.played(Unsent(code="429", text="later"))
        assert shop.states("c2") == ["scheduled provider:429"]
        assert shop.wait("2026-11-03T15:00").states("c2") == ["sent", "sent"]
        assert line.asked == 2
        assert select(shop, "SELECT count(*) FROM follow_up WHERE wake IS NOT NULL") == [(0,)]

    def test_one_whose_worker_went_away_is_hers_too(self):
        shop = two(rules_of(a_rule(self.STEPS)))
        shop.tell("purchase", "c1")
        shop.engine._claim(20)  # and the process ends here
        merge(shop)
        shop.wait("2026-11-02T15:05")
        assert shop.states("c2") == ["unknown unknown:worker_lost"]
        assert [t.state for t in shop.touches("c2")] == ["unknown"]
        with shop.engine.store.reading() as tx:
            [entry] = tx.attempts.unknown(9, looked_up=True)
        decide(shop.engine, entry.id, "sent")
        assert shop.states("c2") == ["sent", "scheduled"]
        assert [t.state for t in shop.touches("c2")] == ["attempted"]


class TestAtTheDoor:
    def test_twice_is_once(self):
        shop = two(rules_of(SMS))
        shop.tell("purchase", "c1")
        assert merge(shop, id="m").status == "accepted"
        before = [select(shop, f"SELECT * FROM {t}") for t in ("customer", "follow_up", "touch", "consent", "alias")]
        assert merge(shop, id="m").status == "duplicate"
        assert merge(shop, id="m2").status == "accepted"
        assert [select(shop, f"SELECT * FROM {t}") for t in ("customer", "follow_up", "touch", "consent", "alias")] == (
            before
        )

    def test_an_event_that_was_taken_before_is_known_by_either_name(self):
        shop = two(rules_of(SMS))
        shop.tell("purchase", "c1", id="p")
        merge(shop)
        assert shop.tell("purchase", "c1", id="p").status == "duplicate"
        assert len(shop.all("c2")) == 1

    def test_two_events_of_one_name_are_both_kept(self):
        shop = two(rules_of(a_rule("sms: {at: in 1 hour, template: hi, when: event.total > 5}")))
        shop.tell("purchase", "c1", id="1", at="2026-11-02T14:00", total=9)
        shop.tell("purchase", "c2", id="1", at="2026-11-02T14:30", total=1)
        merge(shop)
        assert shop.wait("2026-11-03T15:00").states("c2") == ["sent", "cancelled when"]
        with shop.engine.store.reading() as tx:
            assert [e.data["total"] for e in tx.events.history(["c2"], ["purchase"])["c2"]] in ([9, 1], [1, 9])

    def test_a_chain_leads_to_its_end(self):
        shop = an_engine(rules_of(SMS), *(a_customer(f"c{n}") for n in (1, 2, 3)))
        shop.tell("purchase", "c1")
        merge(shop)
        merge(shop, "c2", "c3", id="m2")
        shop.tell("visit", "c1")
        assert shop.wait("2026-11-03T15:00").states("c3") == ["sent"]
        with shop.engine.store.reading() as tx:
            assert tx.aliases.into(["c1", "c2", "c3", "c4"]) == {"c1": "c3", "c2": "c3"}
            assert set(tx.aliases.of("c3")) == {"c1", "c2"}
            assert [e.type for e in tx.events.history(["c3"], ["visit"])["c3"]] == ["visit"]

    def test_a_second_merge_of_the_old_id_is_one_of_who_she_is_now(self):
        shop = an_engine(rules_of(SMS), *(a_customer(f"c{n}") for n in (1, 2, 3)))
        merge(shop)
        assert merge(shop, "c1", "c3", id="m2").status == "accepted"
        assert [customer(shop, f"c{n}") is not None for n in (1, 2, 3)] == [False, False, True]

    @pytest.mark.parametrize(
        ("old", "data", "why"),
        [
            ("c2", {"into": "c2"}, "into itself"),
            ("c2", {"into": "c1"}, "already: a merge can't be turned round"),
            ("c3", {"into": "nobody"}, "unknown customer 'nobody': import"),
            ("c3", {}, "needs `into`"),
            ("c3", {"into": 3}, "needs `into`"),
            ("nobody", {"into": "c2"}, "unknown customer 'nobody'"),
        ],
    )
    def test_what_makes_no_sense_is_refused_with_the_reason(self, old: str, data: dict, why: str):
        shop = an_engine(rules_of(SMS), *(a_customer(f"c{n}") for n in (1, 2, 3)))
        merge(shop)
        receipt = shop.tell("customer.merged", old, id="bad", **data)
        assert receipt.status == "rejected"
        assert why in receipt.reason

    def test_in_a_batch_what_follows_the_merge_is_hers(self):
        shop = two(rules_of(a_rule("sms: {at: in 1 hour, template: hi, valid_for: 9 days}", once_per="customer")))
        told = shop.engine.ingest(
            [
                an_event("purchase", "c1", "2026-11-02T14:50", id="after"),
                an_event("customer.merged", "c1", "2026-11-02T14:40", into="c2"),
                an_event("customer.merged", "c2", "2026-11-02T14:45", id="back", into="c1"),
                an_event("purchase", "c1", "2026-11-02T14:30", id="before"),
                an_event("purchase", "c1", "2026-11-02T14:50", id="after"),
            ]
        )
        assert [r.status for r in told] == ["accepted", "accepted", "rejected", "accepted", "duplicate"]
        assert [f.event for f in shop.all("c2")] == ["before"]

    def test_an_import_of_the_old_id_tells_of_her(self):
        shop = two(rules_of(SMS))
        merge(shop)
        no = Consent(channel="sms", purpose="care", given=False, at=shop.clock.instant)
        shop.engine.save_customers([(Customer(id="c1", language="fr"), [no]), (Customer(id="c2", region="NY"), [])])
        her = customer(shop, "c2")
        assert her is not None
        assert (her.language, her.region, her.first_name) == ("fr", "NY", "Ann")
        assert customer(shop, "c1") is None
        with shop.engine.store.reading() as tx:
            assert no in tx.customers.consents(["c2"])["c2"]

    def test_a_rule_may_begin_with_a_merge(self):
        shop = two(rules_of(a_rule("task: {at: immediately, title: Look}", on="customer.merged")))
        merge(shop)
        assert [f.customer for f in shop.all("c2")] == ["c2"]

    def test_an_undoing_is_just_an_event(self):
        shop = two(rules_of(SMS))
        merge(shop)
        assert shop.tell("customer.unmerged", "c1").status == "accepted"
        assert customer(shop, "c1") is None

    def test_a_contact_by_hand_counts_on_her(self):
        shop = two(rules_of(SMS, cadence=cadence("{max: 1, per: 3 days}")))
        merge(shop)
        shop.tell("contact.made", "c1", channel="call")
        assert [t.customer for t in shop.touches("c2")] == ["c2"]

"""What a provider says after the call: in any order, twice, and before the answer was written down."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from outreach.core.delivery import News
from outreach.flow.claim import LEASE
from outreach.flow.delivery import settle
from outreach.ports import Answer, Message, Unknown, Unsent
from outreach.proof.proving import prove
from outreach.store.attempts import Attempt
from tests.support.business import Business, a_rule, an_engine, rules_of, utc
from tests.support.senders import ScriptedSender

pytestmark = pytest.mark.postgres_too

DUE = utc("2026-11-02T16:00")
RULES = rules_of(a_rule("sms: {at: in 1 hour, template: hi, valid_for: 3 days}"))


def a_shop(*answers: Answer) -> tuple[Business, ScriptedSender]:
    sender = ScriptedSender(list(answers))
    shop = an_engine(RULES, senders={"sms": sender})
    shop.tell("purchase")
    return shop, sender


def attempt(shop: Business) -> Attempt:
    with shop.engine.store.reading() as tx:
        return tx.attempts.of(["c1"])[-1]


def hear(shop: Business, status: str, **more: object) -> str:
    with shop.engine.store.writing() as tx:
        id_ = str(more.pop("attempt", "")) or tx.attempts.of(["c1"])[-1].id
        return settle(tx, id_, News(status=status, **more), shop.clock.now())  # type: ignore[arg-type]


def proven(shop: Business) -> list[object]:
    return list(prove(shop.engine.store, shop.engine.policy, shop.clock.instant).faults)


@pytest.mark.parametrize("order", list(permutations(["queued", "sent", "delivered"])))
def test_news_in_any_order_comes_to_the_same(order: tuple[str, ...]):
    shop, _ = a_shop()
    shop.wait(DUE)
    for status in (*order, *order):
        hear(shop, status)
    assert (shop.states(), attempt(shop).delivery, [t.state for t in shop.touches()]) == (
        ["delivered"], "delivered", ["delivered"],
    )  # fmt: skip
    assert proven(shop) == []


def test_what_did_not_arrive_counts_all_the_same():
    shop, _ = a_shop()
    shop.wait(DUE)
    assert hear(shop, "undelivered", code="30003", text="Unreachable") == "moved"
    assert hear(shop, "delivered") == "known"
    assert (shop.states(), [t.state for t in shop.touches()]) == (["undelivered provider:30003"], ["attempted"])
    assert proven(shop) == []


@pytest.mark.parametrize("order", list(permutations(["sent", "delivered", "undelivered"])))
def test_a_mail_that_was_taken_and_came_back_has_not_arrived(order: tuple[str, ...]):
    shop, _ = a_shop()
    shop.wait(DUE)
    for status in order:
        hear(shop, status, code="bounced" if status == "undelivered" else "")
    assert (shop.states(), attempt(shop).delivery, [t.state for t in shop.touches()]) == (
        ["undelivered provider:bounced"], "undelivered", ["attempted"],
    )  # fmt: skip
    assert proven(shop) == []


def test_an_address_that_the_provider_knows_better_is_suppressed():
    shop, sender = a_shop()
    shop.wait(DUE)
    hear(shop, "undelivered", code="21610", suppress=True)
    shop.tell("purchase", id="again")
    assert shop.wait("2026-11-03T16:00").all()[1].reason == "suppressed:sms"
    assert len(sender.seen) == 1


def test_an_attempt_that_nobody_knew_of_is_known_by_its_callback():
    shop, sender = a_shop(Unknown(code="timeout"))
    shop.wait(DUE)
    assert hear(shop, "sent", provider_id="SM1") == "settled"
    assert (shop.states(), attempt(shop).provider_id, attempt(shop).state) == (["sent"], "SM1", "accepted")
    assert ([t.state for t in shop.touches()], len(sender.seen)) == (["attempted"], 1)
    assert proven(shop) == []


@pytest.mark.parametrize("answer", [Unknown(code="timeout"), Unsent(code="429")])
def test_a_callback_that_is_faster_than_the_answer_counts_for_more(answer: Answer):
    shop, sender = a_shop(answer)
    sender.before = lambda message: hear(shop, "sent", provider_id="SM1", attempt=message.attempt) and None
    shop.wait(DUE)
    assert (shop.states(), attempt(shop).state, attempt(shop).provider_id) == (["sent"], "accepted", "SM1")
    assert ([t.state for t in shop.touches()], attempt(shop).delivery) == (["attempted"], "sent")


def test_a_worker_that_died_is_answered_for_by_the_callback():
    shop, sender = a_shop()

    def die(message: Message) -> None:
        hear(shop, "sent", provider_id="SM1", attempt=message.attempt)
        raise KeyboardInterrupt

    sender.before = die
    shop.clock.instant = DUE
    with pytest.raises(KeyboardInterrupt):
        shop.engine.dispatch()
    assert shop.wait(DUE + LEASE).states() == ["sent"]
    assert ([t.state for t in shop.touches()], sender.seen) == (["attempted"], [])


def test_what_was_held_to_be_unsent_and_was_not_is_not_sent_again():
    shop, sender = a_shop(Unsent(code="429", retry_after=600))
    shop.wait(DUE)
    assert hear(shop, "sent", provider_id="SM1") == "settled"
    assert shop.wait(DUE + timedelta(days=2)).states() == ["sent"]
    assert (len(sender.seen), [t.state for t in shop.touches()]) == (1, ["attempted"])


def test_of_an_attempt_that_is_not_ours_nothing_is_learnt():
    shop, _ = a_shop()
    for id_ in ("0" * 32, "no id at all"):
        assert hear(shop.wait(DUE), "sent", attempt=id_) == "stranger"

"""A worker that went away between its intent and its record: never twice, never lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from outreach.flow.claim import LEASE
from outreach.ports import Message
from tests.support.business import Business, a_rule, an_engine, rules_of, utc
from tests.support.senders import ScriptedSender

RULES = rules_of(a_rule())
DUE = utc("2026-11-02T16:00")


class Killed(BaseException):
    """As `kill -9`: nothing after it runs."""


def a_shop(idempotency: str, *, sent: bool) -> tuple[Business, ScriptedSender]:
    """The worker is killed at the call; `sent` says whether the provider had taken the message by then."""
    sender = ScriptedSender(idempotency=idempotency)

    def die(message: Message) -> None:
        if sent:
            sender.seen.append(message)
        raise Killed

    sender.before = die
    shop = an_engine(RULES, senders={"sms": sender}, worker="first")
    shop.tell("purchase")
    shop.clock.instant = DUE
    with pytest.raises(Killed):
        shop.engine.dispatch()
    sender.before = lambda message: None
    shop.engine.worker = "second"
    return shop, sender


def test_nothing_is_taken_back_before_the_lease_is_over():
    shop, sender = a_shop("native", sent=False)
    shop.clock.instant = DUE + LEASE - timedelta(microseconds=1)
    assert (shop.engine.dispatch(), sender.seen) == (0, [])


@pytest.mark.parametrize("sent", [False, True])
def test_a_sender_that_sends_an_attempt_only_once_may_try_it_again(sent: bool):
    shop, sender = a_shop("native", sent=sent)
    assert shop.wait(DUE + LEASE).states() == ["sent"]
    assert len({m.attempt for m in sender.seen}) == 1


@pytest.mark.parametrize("idempotency", ["none", "revocable"])
def test_of_any_other_nobody_knows_and_it_is_not_sent_again(idempotency: str):
    shop, sender = a_shop(idempotency, sent=True)
    assert shop.wait("2026-11-09T16:00").states() == ["unknown unknown:worker_lost"]
    assert (len(sender.seen), [t.state for t in shop.touches()]) == (1, ["unknown"])


def test_the_place_is_held_all_the_while():
    shop, _ = a_shop("none", sent=False)
    assert [t.state for t in shop.touches()] == ["reserved"]


def test_a_worker_that_comes_back_too_late_changes_nothing():
    sender = ScriptedSender()
    shop = an_engine(RULES, senders={"sms": sender}, worker="first")
    shop.tell("purchase")
    shop.clock.instant = DUE
    _, attempts, _ = shop.engine._claim(20)
    shop.engine.worker = "second"
    shop.wait(DUE + LEASE)
    shop.engine.worker = "first"
    shop.engine._record(shop.engine._post.send_all(attempts))
    assert (shop.states(), sender.seen) == (["unknown unknown:worker_lost"], [])


def test_who_said_stop_meanwhile_gets_no_second_try():
    shop, sender = a_shop("native", sent=False)
    shop.tell("message.received", text="STOP")
    assert shop.wait("2026-11-09T16:00").states()[0].startswith(("unknown", "suppressed"))
    assert sender.seen == []


def test_a_pause_does_not_keep_a_claim_from_its_end():
    shop, _ = a_shop("none", sent=True)
    with shop.engine.store.writing() as tx:
        tx.house.pause("*", DUE, "Kim")
    assert shop.wait(DUE + LEASE).states() == ["unknown unknown:worker_lost"]

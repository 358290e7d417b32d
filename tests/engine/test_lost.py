"""A worker that went away between its intent and its record: never twice, never lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from outreach.core.customer import Customer
from outreach.flow.claim import LEASE
from outreach.ports import Message
from outreach.proof.proving import prove
from tests.support.business import Business, a_customer, a_rule, a_rulebook, an_engine, rules_of, utc
from tests.support.senders import ScriptedSender

pytestmark = pytest.mark.postgres_too

RULES = rules_of(a_rule())
LONG = "sms: {at: in 1 hour, template: hi, valid_for: 3 days}"
DUE = utc("2026-11-02T16:00")


class Killed(BaseException):
    """As `kill -9`: nothing after it runs."""


def a_shop(
    idempotency: str, *, sent: bool, rules: str = RULES, people: Sequence[Customer] = (), **given: Any
) -> tuple[Business, ScriptedSender]:
    """The worker is killed at the call; `sent` says whether the provider had taken the message by then."""
    sender = ScriptedSender(idempotency=idempotency)

    def die(message: Message) -> None:
        if sent:
            sender.seen.append(message)
        raise Killed

    sender.before = die
    shop = an_engine(rules, *people, senders={"sms": sender}, worker="first", **given)
    for person in people or [a_customer()]:
        shop.tell("purchase", person.id)
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
    shop.engine._record(shop.engine.post.send_all(attempts))
    assert (shop.states(), sender.seen) == (["unknown unknown:worker_lost"], [])


def test_who_said_stop_meanwhile_gets_no_second_try():
    shop, sender = a_shop("native", sent=False)
    shop.tell("message.received", text="STOP")
    assert shop.wait("2026-11-09T16:00").states()[0].startswith(("unknown", "suppressed"))
    assert sender.seen == []


@pytest.mark.parametrize("late", [False, True])
def test_who_says_stop_just_before_the_second_try_may_have_heard_from_us_all_the_same(late: bool):
    shop, sender = a_shop("native", sent=True)
    shop.clock.instant = DUE + LEASE
    _, attempts, lost = shop.engine._claim(20)
    assert (len(attempts), lost) == (1, [])
    if late:
        shop.clock.instant += timedelta(seconds=6)
    else:
        shop.tell("consent.withdrawn", channel="sms", purpose="care")
    shop.engine._record(shop.engine.post.send_all(attempts))
    assert (len(sender.seen), shop.states()) == (1, ["unknown unknown:worker_lost"])
    assert [t.state for t in shop.touches()] == ["unknown"]


def test_a_pause_does_not_keep_a_claim_from_its_end():
    shop, _ = a_shop("none", sent=True)
    with shop.engine.store.writing() as tx:
        tx.house.pause("*", DUE, "Kim")
    assert shop.wait(DUE + LEASE).states() == ["unknown unknown:worker_lost"]


def left_behind(cadence: str, *, again: datetime) -> tuple[Business, ScriptedSender]:
    """A worker was killed at the call; the next one is only started then. The sender sends an attempt once."""
    shop, sender = a_shop("native", sent=False, rules=rules_of(a_rule(LONG), cadence=cadence))
    shop.clock.instant = again
    while shop.engine.dispatch():
        pass
    return shop, sender


@pytest.mark.parametrize(
    ("cadence", "again"),
    [
        ('{min_gap: 1 day, caps: [], holidays: none, hours: {sms: {mon-sun: "09:00-20:00"}}}', "2026-11-03T03:00"),
        ("{min_gap: 1 day, caps: [], holidays: none}", "2026-11-09T16:00"),
    ],
)
def test_at_night_and_when_its_worth_is_over_it_is_not_tried_again(cadence: str, again: str):
    shop, sender = left_behind(cadence, again=utc(again))
    assert (shop.states(), sender.seen) == (["unknown unknown:worker_lost"], [])


def test_what_is_tried_again_later_counts_from_then():
    shop, sender = left_behind("{min_gap: 1 day, caps: [], holidays: none}", again=utc("2026-11-03T15:00"))
    assert (len(sender.seen), [t.at for t in shop.touches()]) == (1, [utc("2026-11-03T15:00")])
    shop.tell("purchase", id="another")
    assert shop.wait("2026-11-09T00:00").all()[1].ended == utc("2026-11-04T15:00")


def test_what_is_tried_again_under_another_cadence_is_told_to_be_judged_by_that():
    shop, _ = a_shop("native", sent=False)
    shop.engine.policy = a_rulebook(rules_of(a_rule(), cadence="{min_gap: 1 hour, caps: [], holidays: none}")).policy
    before = shop.engine.policy.version
    shop.wait(DUE + LEASE)
    assert f'"{before}"' in shop.touches()[0].known


def test_it_is_not_tried_again_when_somebody_has_rung_her_meanwhile():
    shop, sender = a_shop("native", sent=False, rules=rules_of(a_rule(LONG), cadence="{min_gap: 1 day, caps: []}"))
    shop.wait("2026-11-02T16:00:30").tell("contact.made", channel="call")
    assert (shop.wait("2026-11-09T00:00").states(), sender.seen) == (["unknown unknown:worker_lost"], [])


def test_of_two_at_one_phone_that_were_left_behind_no_more_goes_than_may(database_kind: str):
    people = [a_customer("ann"), a_customer("ben")]
    rules = rules_of(a_rule(LONG), cadence="{min_gap: 10 minutes, caps: [], holidays: none}")
    shop, sender = a_shop("native", sent=False, rules=rules, people=people, lease=timedelta(hours=2))
    sender.before = die
    shop.clock.instant = DUE + timedelta(minutes=10)
    with pytest.raises(Killed):
        shop.engine.dispatch()
    sender.before = lambda message: None
    shop.clock.instant = utc("2026-11-02T19:00")
    claims = [1, 1] if database_kind == "groups" else [2]  # there each is in a group of her own
    assert [shop.engine.dispatch() for _ in claims] == claims
    assert sorted(shop.states("ann") + shop.states("ben")) == ["sent", "unknown unknown:worker_lost"]
    assert len(sender.seen) == 1


def die(message: Message) -> None:
    raise Killed


def test_the_proof_counts_it_from_when_another_worker_sent_it():
    shop, _ = a_shop("native", sent=False)
    shop.clock.instant = DUE + LEASE + timedelta(minutes=2)
    assert [f.rule for f in prove(shop.engine.store, shop.engine.policy, shop.clock.instant).faults] == ["lease"]
    assert shop.wait(shop.clock.instant).states() == ["sent"]
    assert prove(shop.engine.store, shop.engine.policy, shop.clock.instant).faults == []

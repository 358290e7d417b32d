"""Undoing what was done with a card: the state is as if it had not been done, and the traces tell it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from outreach.core.follow_up import OUTCOMES
from outreach.desk import Result, Said, cancel, cards, claim, next_card, outcome, skip, snooze, undo
from outreach.store.codec import EPOCH
from tests.support.business import PHONE, Business, a_customer, a_rule, an_engine, close_databases, rules_of

CALL = "call: {at: immediately, script: hi, valid_for: 2 days}"
SMS = "sms: {at: 2 minutes after previous, template: hi, when: previous.outcome == 'no_answer'}"
TASK = "task: {at: 1 minutes after previous, title: Look, when: previous.outcome != 'no_answer'}"
RULES = rules_of(
    a_rule(f"{CALL}\n{SMS}", priority="70"),
    a_rule(CALL, name="other", on="visit", priority="30", stop_on="outcome"),
    a_rule(
        TASK.replace("1 minutes after previous", "immediately").partition(", when")[0] + "}", name="said", on="outcome"
    ),
    cadence="{min_gap: 0 minutes, caps: [], holidays: none}",
)


def a_call(rules: str = RULES) -> tuple[Business, str]:
    shop = an_engine(rules, a_customer(), a_customer("c2", phone=PHONE))
    shop.tell("visit", at="2026-11-02T14:00")
    shop.tell("purchase")
    while shop.engine.dispatch():
        pass
    return shop, cards(shop.engine)[0].id


def say(shop: Business, card: str, word: str, **more: Any) -> Result:
    return outcome(shop.engine, card, Said(outcome=word, by="Lena", **more))


def state(shop: Business) -> dict[str, Any]:
    """All that the engine decides by once it has looked; not the events, the traces, and what was begun in vain."""
    while shop.engine.dispatch():
        pass
    with shop.engine.store.reading() as tx:
        people = tx.customers.get(["c1", "c2"])
        keys = {k for c in people.values() for k in tx.customers.keys(c).values()}
        follow_ups = [f for c in people for f in tx.follow_ups.all_of(c) if f.reason != "undone"]
        return {
            "follow_ups": sorted(
                (f.rule, f.step, f.state, f.reason, f.due, f.wake, f.valid_until, f.outcome, f.outcome_by, f.note,
                 f.listed, f.ended, f.assign)
                for f in follow_ups
            ),
            "touches": sorted(
                (t.follow_up, t.at, t.channel, t.state, t.counts, t.by)
                for found in tx.ledger.touches(people, EPOCH).values() for t in found
            ),
            "suppressed": sorted((s.key, s.scope, s.reason) for s in tx.customers.suppressed(keys)),
            "consents": tx.customers.consents(people), "holds": tx.holds.of_and_marks(people),
            "signs": tx.events.last_signs(people),
        }  # fmt: skip


@settings(max_examples=30)
@example(first="no_answer", second="no_answer", wait=True)
@example(first="do_not_call", second="no_answer", wait=False)
@given(first=st.sampled_from(sorted(OUTCOMES)), second=st.sampled_from(sorted(OUTCOMES)), wait=st.booleans())
def test_an_outcome_that_was_undone_might_as_well_not_have_been(first: str, second: str, wait: bool):
    shop, card = a_call()
    alone, same = a_call()
    untouched = state(shop)
    assert say(shop, card, first, note="wrong").ok
    if wait:
        shop.engine.dispatch()
    assert undo(shop.engine, card, "Lena").ok
    assert state(shop) == untouched
    assert say(shop, card, second, note="right").ok
    assert say(alone, same, second, note="right").ok
    assert state(shop) == state(alone)
    until = shop.clock.instant + timedelta(hours=3)
    assert state(shop.wait(until)) == state(alone.wait(until))
    close_databases()


def test_the_card_is_back_on_the_list_and_counts_once():
    shop, card = a_call()
    say(shop, card, "no_answer")
    shop.clock.instant += timedelta(seconds=1)
    assert undo(shop.engine, card, "Omar").ok
    assert card in [c.id for c in cards(shop.engine)]
    assert [(t.state, t.by) for t in shop.touches() if t.follow_up == card] == [("reserved", "")]
    assert claim(shop.engine, card, "Lena").by == "Omar"
    assert ("listed", "undone") in list(shop.reasons())
    shop.wait(shop.clock.instant + timedelta(minutes=5))
    assert "sent" not in [f.state for f in shop.all()]


def test_what_has_gone_out_can_t_be_called_back():
    shop, card = a_call()
    say(shop, card, "no_answer")
    shop.wait(shop.clock.instant + timedelta(minutes=2))
    no = undo(shop.engine, card, "Lena")
    assert no.code == "sent"
    assert "the sms of r, which is sent" in no.text
    assert shop.one("r", "call").outcome == "no_answer"


def test_ten_minutes_and_once():
    shop, card = a_call()
    assert undo(shop.engine, card, "Lena").code == "none"
    assert say(shop, card, "reached").until == shop.clock.instant + timedelta(minutes=10)
    shop.clock.instant += timedelta(minutes=10)
    assert undo(shop.engine, card, "Lena").code == "late"
    shop.clock.instant -= timedelta(seconds=1)
    assert undo(shop.engine, card, "Lena").ok
    assert undo(shop.engine, card, "Lena").code == "none"


def test_do_not_call_is_taken_back_for_all_who_share_the_phone():
    shop, card = a_call()
    shop.tell("visit", "c2")
    shop.engine.dispatch()
    say(shop, card, "do_not_call")
    assert [f.state for f in shop.all("c2")] == ["suppressed"]
    assert undo(shop.engine, card, "Lena").ok
    while shop.engine.dispatch():
        pass
    assert [f.state for f in shop.all("c2")] == ["listed"]
    assert state(shop)["suppressed"] == []


@pytest.mark.parametrize(
    "again",
    [
        lambda shop: shop.tell("message.received", channel="sms", text="STOP calling me"),
        lambda shop: shop.tell("consent.withdrawn", "c2", channel="call"),
        lambda shop: shop.tell("outcome", "c2", outcome="do_not_call", rule="other"),
    ],
    ids=["a reply", "a withdrawal", "another outcome"],
)
def test_unless_somebody_refused_as_well(again: Callable[[Business], object]):
    shop, card = a_call()
    say(shop, card, "do_not_call")
    shop.clock.instant += timedelta(minutes=1)
    again(shop)
    assert undo(shop.engine, card, "Lena").ok
    assert "call" in {scope.partition(":")[0] for _, scope, _ in state(shop)["suppressed"]}
    while shop.engine.dispatch():
        pass
    assert card not in [c.id for c in cards(shop.engine)]


def test_a_promise_is_taken_back():
    shop, card = a_call()
    later = shop.clock.instant + timedelta(minutes=5)
    say(shop, card, "call_back", call_back_at=later)
    assert undo(shop.engine, card, "Lena").ok
    shop.wait(later)
    assert [c.promised for c in cards(shop.engine)] == [None, None]
    say(shop, card, "call_back", call_back_at=shop.clock.instant + timedelta(minutes=5))
    assert [f.state for f in shop.all() if f.overlay] == ["cancelled", "scheduled"]


@pytest.mark.parametrize(
    "deed",
    [
        lambda shop, card: snooze(shop.engine, card, shop.clock.instant + timedelta(hours=1), "Lena"),
        lambda shop, card: cancel(shop.engine, card, "Lena"),
        lambda shop, card: cancel(shop.engine, card, "Lena", run=True),
    ],
    ids=["snooze", "cancel", "cancel the run"],
)
def test_a_snooze_and_a_cancelling_can_be_undone(deed: Callable[[Business, str], Result]):
    shop, card = a_call()
    before = [f.state for f in shop.all()]
    assert deed(shop, card).ok
    assert card not in [c.id for c in cards(shop.engine)]
    assert undo(shop.engine, card, "Lena").ok
    while shop.engine.dispatch():
        pass
    assert [f.state for f in shop.all()] == before
    assert [t.state for t in shop.touches() if t.follow_up == card] == ["reserved"]


def test_a_skip_can_be_undone():
    shop, card = a_call()
    skip(shop.engine, card, "Lena")
    assert cards(shop.engine, by="Lena")[-1].id == card
    assert undo(shop.engine, card, "Lena").ok
    assert cards(shop.engine, by="Lena")[0].id == card
    assert next_card(shop.engine, "Omar").id != card


def test_the_outcome_of_a_reply_s_reading_opens_its_hold_again():
    shop, _ = a_call()
    shop.tell("message.received", channel="sms", text="not interested")
    read = next(c.id for c in cards(shop.engine) if c.rule == "engine:reply")
    marks = [state(shop)["holds"]]
    say(shop, read, "done")
    marks.append(state(shop)["holds"])
    assert undo(shop.engine, read, "Lena").ok
    marks.append(state(shop)["holds"])
    assert [list(found[1].get("c1", ())) for found in marks] == [["reply"], [], ["reply"]]
    assert say(shop, read, "do_not_call").ok
    assert undo(shop.engine, read, "Lena").code == "sent"


def test_what_came_meanwhile_counts_for_a_card_that_is_back():
    for news, states in (("appointment.booked", "cancelled"), ("complaint.opened", "scheduled")):
        held = "{min_gap: 0 minutes, caps: [], holds: [{while: complaint, purposes: [care]}]}"
        shop, card = a_call(rules_of(a_rule(CALL, stop_on="appointment.booked"), cadence=held))
        say(shop, card, "reached")
        shop.clock.instant += timedelta(minutes=1)
        shop.tell(news)
        assert undo(shop.engine, card, "Lena").ok
        while shop.engine.dispatch():
            pass
        assert [f.state for f in shop.all()] == [states]
        assert shop.touches() == []

"""Outcomes of the list: promises to ring back, snoozes, cards that are called off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from outreach.desk import Result, Said, cancel, cards, claim, next_card, outcome, snooze
from tests.support.business import AT_ANY_TIME, Business, a_rule, an_engine, rules_of, utc

CALL = "call: {at: immediately, script: hi, valid_for: 2 days}"
THEN = "sms: {at: 1 hour after previous, template: hi, when: previous.outcome == 'no_answer'}"
HOURS = "{min_gap: 20 hours, caps: [{max: 1, per: 14 days, channel: call}], hours: {call: {mon-sun: '10:00-18:00'}}}"


def a_call(cadence: str = "", **keys: str) -> tuple[Business, str]:
    """A call of Ann's is on the list, on Monday at 10:00 where she is; its id."""
    shop = an_engine(rules_of(a_rule(f"{CALL}\n{THEN}", **keys), cadence=cadence))
    shop.tell("purchase")
    shop.engine.dispatch()
    return shop, cards(shop.engine)[0].id


def ring_back(shop: Business, card: str, at: str, **more: Any) -> Result:
    return outcome(shop.engine, card, Said(outcome="call_back", by="Lena", call_back_at=utc(at), **more))


def test_a_promised_call_comes_back_on_time_on_top_with_the_promise():
    shop, card = a_call()
    assert ring_back(shop, card, "2026-11-02T19:00").ok
    assert cards(shop.engine) == []
    shop.tell("purchase", id="more")
    shop.wait("2026-11-02T18:59")
    assert [c.promised for c in cards(shop.engine)] == [None]
    shop.wait("2026-11-02T19:00")
    first, second = cards(shop.engine)
    assert (first.promised, first.promised_by, first.promised_to) == (utc("2026-11-02T19:00"), "Lena", "")
    assert (first.rank, first.quadrant) == ("promised at 19:00 by Lena", "urgent and important")
    assert second.rank == "priority 50"


def test_a_promised_call_waits_for_no_cap_and_no_silence_but_for_the_hours():
    shop, card = a_call(HOURS)
    ring_back(shop, card, "2026-11-03T02:00")  # Monday 21:00 where she is
    shop.wait("2026-11-03T14:59")
    assert cards(shop.engine) == []
    shop.wait("2026-11-03T15:00")  # Tuesday 10:00
    [promised] = cards(shop.engine)
    assert promised.rank == "promised at 02:00 by Lena"
    assert [(t.purpose, t.state, t.counts) for t in shop.touches()] == [
        ("care", "attempted", "yes"), ("transactional", "reserved", "gap"),
    ]  # fmt: skip


def test_a_promise_in_person_is_for_that_person():
    shop, card = a_call()
    ring_back(shop, card, "2026-11-02T19:00", only_me=True)
    shop.wait("2026-11-02T19:00")
    [promised] = cards(shop.engine)
    assert (promised.assign, promised.promised_to) == ("Lena", "Lena")
    assert next_card(shop.engine, "Omar").code == "none"
    assert next_card(shop.engine, "Lena").id == promised.id


def test_the_run_waits_for_the_promised_call_and_goes_on_after_it():
    shop, card = a_call()
    ring_back(shop, card, "2026-11-02T19:00")
    shop.wait("2026-11-02T19:00")
    [promised] = cards(shop.engine)
    assert outcome(shop.engine, promised.id, Said(outcome="no_answer", by="Lena")).ok
    shop.wait("2026-11-02T20:00")
    assert [(f.channel, f.state, f.outcome) for f in shop.all()] == [
        ("call", "done", "call_back"), ("call", "done", "no_answer"), ("sms", "sent", "sent"),
    ]  # fmt: skip
    assert shop.all()[2].overlay is None


def test_news_that_end_the_run_end_the_promised_call_too():
    shop, card = a_call(stop_on="call.received")
    ring_back(shop, card, "2026-11-02T19:00")
    shop.tell("call.received")
    assert [f.state for f in shop.all()] == ["done", "cancelled"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"call_back_at": "2026-11-02T14:00:00Z"}, "is past"),
        ({"call_back_at": "soon"}, "is no time"),
        ({"call_back_at": "2026-11-02T19:00:00"}, "is no time"),
        ({"call_back_at": "2028-11-02T14:00:00Z"}, "more than a year"),
        ({"call_back_at": "2026-11-02T19:00:00Z", "outcome": "reached"}, "belongs to the outcome call_back"),
        ({"only_me": True}, "needs `call_back_at`"),
        ({"only_me": True, "call_back_at": "2026-11-02T19:00:00Z", "by": ""}, "needs `by`"),
        ({"outcome": "talked"}, "is unknown"),
    ],
)
def test_what_can_t_be_promised_is_refused(said: dict[str, object], told: str):
    shop, card = a_call()
    receipt = shop.tell("outcome", **({"follow_up": card, "outcome": "call_back", "by": "Lena"} | said))
    assert receipt.status == "rejected"
    assert told in receipt.reason
    assert [c.id for c in cards(shop.engine)] == [card]


def test_a_snoozed_card_comes_back_by_itself_and_counts_once():
    shop, card = a_call(HOURS)
    assert snooze(shop.engine, card, utc("2026-11-02T17:00"), "Lena").ok
    assert cards(shop.engine) == []
    assert shop.touches() == []
    shop.wait("2026-11-02T16:59")
    assert cards(shop.engine) == []
    shop.wait("2026-11-02T17:00")
    assert [c.id for c in cards(shop.engine)] == [card]
    assert [(t.at, t.state) for t in shop.touches()] == [(utc("2026-11-02T17:00"), "reserved")]
    assert ("snoozed", "snoozed") in list(shop.reasons())


def test_news_don_t_bring_a_snoozed_card_back_early():
    shop, card = a_call()
    snooze(shop.engine, card, utc("2026-11-02T17:00"), "Lena")
    shop.tell("call.received")
    shop.tell("contact.made", direction="outbound", channel="call", by="Omar")
    shop.wait("2026-11-02T16:59")
    assert cards(shop.engine) == []


@pytest.mark.parametrize(
    ("until", "told"),
    [("2026-11-02T15:00", "is past"), ("2026-11-04T15:01", "worth something until Wed 4 Nov 15:00 only")],
)
def test_nobody_snoozes_into_the_past_or_beyond_a_card_s_worth(until: str, told: str):
    shop, card = a_call()
    no = snooze(shop.engine, card, utc(until), "Lena")
    assert no.code == "invalid"
    assert told in no.text
    assert [c.id for c in cards(shop.engine)] == [card]


def test_nobody_snoozes_or_calls_off_what_somebody_else_has_open():
    shop, card = a_call()
    claim(shop.engine, card, "Omar")
    assert snooze(shop.engine, card, shop.clock.instant + timedelta(hours=1), "Lena").code == "held"
    assert cancel(shop.engine, card, "Lena").code == "held"


def test_one_call_is_called_off_or_all_that_follows():
    two = f"{CALL}\ntask: {{at: in 3 days, title: Look}}"
    for run, states in ((False, ["cancelled", "scheduled"]), (True, ["cancelled", "cancelled"])):
        shop = an_engine(rules_of(a_rule(two)) + AT_ANY_TIME)
        shop.tell("purchase")
        shop.engine.dispatch()
        assert cancel(shop.engine, cards(shop.engine)[0].id, "Lena", run=run, why="She moved").ok
        assert [f.state for f in shop.all()] == states
        assert shop.touches() == []
        with shop.engine.store.reading() as tx:
            told = [r for t in tx.traces.of("c1") if t.decision == "cancelled" for r in t.reasons]
        assert {(r.code, r.text, r.numbers["by"]) for r in told} == {("called_off", "She moved", "Lena")}

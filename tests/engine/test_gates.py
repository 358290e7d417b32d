"""A sender that is out of order or overfed: nothing is claimed for it, no place is taken, and `why` says so."""

from __future__ import annotations

from datetime import timedelta

from outreach.ports import Answer, Refused, Sent, Unknown, Unsent
from tests.support.business import Business, a_customer, a_rule, an_engine, rules_of, utc
from tests.support.senders import ScriptedSender

DUE = utc("2026-11-02T16:00")
LONG = "sms: {at: in 1 hour, template: hi, valid_for: 1 day}"
DOWN = Unsent(code="connection_refused")


def a_shop(*answers: Answer, people: int = 12, per_second: float | None = None) -> tuple[Business, ScriptedSender]:
    sender = ScriptedSender(list(answers))
    sender.per_second = per_second  # type: ignore[attr-defined]
    crowd = [a_customer(f"c{n}", phone=f"+1212555{n:04}") for n in range(people)]
    shop = an_engine(rules_of(a_rule(LONG)), *crowd, senders={"sms": sender}, claim_size=1)
    for person in crowd:
        shop.tell("purchase", person.id)
    return shop, sender


def all_states(shop: Business, people: int = 12) -> list[str]:
    return sorted(s for n in range(people) for s in shop.states(f"c{n}"))


def test_after_five_failures_nothing_is_claimed_until_one_probe_went_well():
    shop, sender = a_shop(*[DOWN] * 5)
    shop.wait(DUE)
    assert len(sender.seen) == 5
    assert all_states(shop).count("scheduled breaker:scripted") == 7
    assert [t for n in range(12) for t in shop.touches(f"c{n}")] == []
    shop.wait(DUE + timedelta(minutes=10))
    assert set(all_states(shop)) == {"sent"}
    assert ("deferred", "breaker:scripted") in [r for n in range(12) for r in shop.reasons(f"c{n}")]


def test_a_provider_that_is_away_for_hours_is_asked_every_ten_minutes():
    shop, sender = a_shop(*[DOWN] * 999)
    shop.wait(DUE + timedelta(hours=5))
    assert 5 + 25 <= len(sender.seen) <= 5 + 40


def test_silence_opens_it_too_and_silence_counts():
    shop, sender = a_shop(*[Unknown(code="timeout")] * 5)
    shop.wait(DUE)
    assert (len(sender.seen), all_states(shop).count("unknown unknown:timeout")) == (5, 5)


def test_a_fault_of_our_account_burns_nobody_and_stops_the_sender():
    shop, sender = a_shop(Refused(code="20003", text="Authenticate", stop_sender=True))
    shop.wait(DUE)
    assert (len(sender.seen), all_states(shop).count("scheduled stopped:scripted")) == (1, 11)
    assert "failed" not in " ".join(all_states(shop))
    assert shop.engine.gates.troubles() == {"scripted": "scripted says our account is at fault: 20003 Authenticate"}
    shop.wait(DUE + timedelta(minutes=11))
    assert (set(all_states(shop)), shop.engine.gates.troubles()) == ({"sent"}, {})


def test_a_no_to_one_message_says_nothing_of_the_sender():
    shop, sender = a_shop(*[Refused(code="21211", suppress=True)] * 12)
    shop.wait(DUE)
    assert len(sender.seen) == 12


def test_no_more_goes_out_than_the_provider_works_off():
    shop, sender = a_shop(people=75, per_second=1)
    shop.wait(DUE)
    assert len(sender.seen) == 60
    assert all_states(shop, 75).count("scheduled pace:scripted") == 15
    shop.wait(DUE + timedelta(seconds=5))
    assert len(sender.seen) == 65
    shop.wait(DUE + timedelta(seconds=15))
    assert len(sender.seen) == 75


def test_not_so_fast_makes_it_slower():
    shop, sender = a_shop(Sent(), Unsent(code="20429", slower=True), people=12, per_second=1)
    shop.wait(DUE)
    assert len(sender.seen) == 2
    shop.wait(DUE + timedelta(minutes=2))
    assert set(all_states(shop)) == {"sent"}


def test_who_looks_from_outside_is_told_and_told_when_it_works_again():
    shop, _ = a_shop(*[DOWN] * 5)
    for until, told in ((DUE, "scripted can't be reached: connection_refused"), (DUE + timedelta(minutes=5), "")):
        shop.wait(until)
        with shop.engine.store.reading() as tx:
            assert tx.house.settings()["sender:scripted"] == told

"""Protocols that look right and aren't: each sends twice, and the judge must see it. A judge that finds nothing wrong
with them would find nothing wrong with ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import pytest

from outreach.core import looking
from outreach.core.looking import Found, Window
from outreach.flow import lost, reconciling, record
from outreach.flow.revoking import sweep
from outreach.ports import Answer, Message, Sent, Unknown, Unsent
from tests.support.business import Business, a_customer, a_rule, an_engine, rules_of, utc

DUE = utc("2026-11-02T16:00")
PEOPLE = 9
LONG = "sms: {at: in 1 hour, template: hi, valid_for: 3 days}"


class Provider:
    """Takes two of three messages, answers none of the first ones, kills the worker at every fourth; shows what it has
    after half a minute. `truth` is what went out."""

    name, channels, idempotency = "provider", frozenset({"sms"}), "none"

    def __init__(self) -> None:
        self.truth: list[Found] = []
        self.calls = 0
        self.shop: Business

    def send(self, message: Message) -> Answer:
        self.calls += 1
        now = self.shop.clock.instant
        if self.calls > PEOPLE or self.calls % 3:
            self.truth.append(Found(provider_id=f"p{self.calls}", status="sent", at=now, text=message.body))
        if self.calls % 4 == 0 and self.calls <= PEOPLE:
            raise KeyboardInterrupt
        return Unknown(code="timeout") if self.calls <= PEOPLE else Sent(provider_id=f"p{self.calls}")

    def find(self, window: Window) -> Sequence[Found]:
        shown = [m for m in self.truth if m.at <= self.shop.clock.instant - timedelta(seconds=30)]
        return [m for m in shown if m.text == window.body and window.since <= m.at <= window.until]


def played() -> tuple[Counter[str], list[str]]:
    """How often each was written to, and how their follow-ups ended."""
    provider = Provider()
    people = [a_customer(f"c{n}", first_name=f"Ann{n}", phone=f"+1212555{n:04}") for n in range(PEOPLE)]
    shop = provider.shop = an_engine(rules_of(a_rule(LONG)), *people, senders={"sms": provider}, claim_size=1)
    for person in people:
        shop.tell("purchase", person.id)
    while shop.clock.instant < DUE + timedelta(hours=2):
        shop.engine.gates.breakers.clear()  # what is played here is one silence after the other
        try:
            sweep(shop.engine.post)
            shop.wait(shop.clock.instant + timedelta(seconds=30))
        except KeyboardInterrupt:
            shop.engine.worker += "'"
    return Counter(m.text for m in provider.truth), [s for p in people for s in shop.states(p.id)]


def test_ours_sends_each_once():
    went, states = played()
    assert (set(went.values()), len(went), set(states)) == ({1}, PEOPLE, {"sent"})


def retry_on_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = record._after
    monkeypatch.setattr(
        record, "_after", lambda f, a, now: plain(f, Unsent(code=a.code) if isinstance(a, Unknown) else a, now)
    )


def rescue_by_age(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lost.Post, "native", lambda self, channel: True)


def believe_one_empty_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "EMPTY_LOOKS", 0)
    monkeypatch.setattr(looking, "SETTLE", timedelta())
    monkeypatch.setattr(record, "next_look", lambda made, now, send_at=None: now)


def look_nowhere_near(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconciling, "AFTER", timedelta(seconds=-1))


@pytest.mark.parametrize("mutant", [retry_on_timeout, rescue_by_age, believe_one_empty_look, look_nowhere_near])
def test_a_protocol_that_sends_twice_is_seen(mutant, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    mutant(monkeypatch)
    went, _ = played()
    assert max(went.values()) > 1


def test_a_protocol_that_drops_what_it_does_not_know_is_seen(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reconciling.Reconciler, "work", lambda self: 0)
    went, states = played()
    assert (len(went) < PEOPLE, "unknown unknown:timeout" in states) == (True, True)

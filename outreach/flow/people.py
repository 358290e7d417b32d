"""Taking customer lines: who they are, what they agreed to, and what moves because something about them is new."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from dataclasses import replace
from datetime import datetime

from outreach.core.customer import Consent, Customer
from outreach.core.event import Event
from outreach.core.guard import Policy
from outreach.core.rule_index import RuleIndex
from outreach.flow.locking import enter
from outreach.flow.news import take_news
from outreach.flow.remembering import Say
from outreach.flow.taking import empty_batch
from outreach.flow.watching import arm
from outreach.store.store import Transaction


def take_people(
    tx: Transaction, people: Sequence[tuple[Customer, Sequence[Consent]]], now: datetime, policy: Policy,
    rules: RuleIndex, say: Say,
) -> bool:  # fmt: skip
    """Store them. What a line doesn't say stays as it was; twice changes nothing. Whether anything was planned anew."""
    known = tx.customers.hold({customer.id for customer, _ in people})
    people = _forward(tx, people, known)
    new = enter(tx, {c.id for c, _ in people} - known.keys(), known, now)
    before = {c.id: known[c.id] for c, _ in people if c.id in known and c.id not in new}
    saved: dict[str, Customer] = {}
    for c, _ in people:
        told = saved.get(c.id) or before.get(c.id)
        saved[c.id] = told.told(c) if told is not None else c
    tx.customers.save(saved.values(), now)
    arm(tx, saved, now, policy, rules.by_clock)
    for customer, consents in people:
        if consents:
            tx.customers.agree(customer.id, consents)
    tx.house.learn(("customer", name) for customer, _ in people for name in customer.fields)
    return _plan_anew(tx, [old for id_, old in before.items() if saved[id_] != old], now, policy, rules, say)


def _forward(
    tx: Transaction, people: Sequence[tuple[Customer, Sequence[Consent]]], known: MutableMapping[str, Customer]
) -> Sequence[tuple[Customer, Sequence[Consent]]]:
    """Lines about customers who have become others tell of those."""
    became = tx.aliases.into({c.id for c, _ in people} - known.keys())
    if not became:
        return people
    known.update(tx.customers.hold(set(became.values())))
    return [(replace(c, id=became.get(c.id, c.id)), consents) for c, consents in people]


def _plan_anew(
    tx: Transaction, changed: Sequence[Customer], now: datetime, policy: Policy, rules: RuleIndex, say: Say
) -> bool:
    if not changed:
        return False
    batch = empty_batch(tx, {c.id for c in changed}, now, policy, rules, say)
    batch.open = tx.follow_ups.open_of(c.id for c in changed)
    for old in changed:
        take_news(batch, old, Event(id="import", type="customer.changed", customer=old.id, time=now))
    batch.changes.store(tx)
    return bool(batch.changes.changed)

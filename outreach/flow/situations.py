"""A follow-up's situation: what set off its run, and all that its rule's conditions and texts may speak of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from outreach.core.customer import Customer
from outreach.core.event import Event
from outreach.core.follow_up import FollowUp
from outreach.core.guard import Policy
from outreach.core.history import History
from outreach.core.keys import bucket_of
from outreach.core.occasions import CLOCK, dates_of, occasion_of
from outreach.core.rule import Rule
from outreach.core.situation import Situation
from outreach.core.stepping import told
from outreach.store.store import Transaction


def events_of(tx: Transaction, follow_ups: Iterable[FollowUp]) -> dict[str, Event]:
    """What set off the run of each of these, by the follow-up's id; those whose event is gone are left out."""
    listed = list(follow_ups)
    stored = tx.events.get({_key(f) for f in listed if f.event_source != CLOCK})
    found = ((f.id, occasion_of(f) if f.event_source == CLOCK else stored.get(_key(f))) for f in listed)
    return {id_: event for id_, event in found if event is not None}


def situation_of(
    tx: Transaction, f: FollowUp, rule: Rule, customer: Customer, event: Event, now: datetime, policy: Policy,
    holds: Iterable[str] = (),
) -> Situation:  # fmt: skip
    """The situation of `f` now, with what its rule asks of the past. `holds` are the names of those that are open."""
    past = tx.events.history([customer.id], rule.facts).get(customer.id, []) if rule.facts else []
    return Situation(
        tenant=tx.tenant, bucket=bucket_of(tx.tenant, customer.id), customer=customer, event=event, now=now,
        policy=policy, past=History(past, now, event, holds), overlay=f.overlay, previous=_previous(tx, f, rule),
        dates=dates_of(rule, event),
    )  # fmt: skip


def _previous(tx: Transaction, f: FollowUp, rule: Rule) -> dict[str, str] | None:
    """What came of the step before; None while that hasn't ended."""
    if f.index == 0:
        return None
    before = step_before(tx, f)
    return told(before) if before is not None and before.ended is not None else None


def step_before(tx: Transaction, f: FollowUp) -> FollowUp | None:
    """The step before `f` in its run. What was only remembered is no step that one could ask about."""
    run = [o for o in tx.follow_ups.all_of(f.customer) if o.run == f.run and o.index < f.index]
    return max((o for o in run if o.channel != "remember"), key=lambda o: o.index, default=None)


def _key(f: FollowUp) -> tuple[str, str, str]:
    return (f.customer, f.event_source, f.event)

"""Intake: a batch of events becomes facts, new runs, and the end or shift of runs it makes needless.

One transaction a batch: what was seen is passed over, the facts of all its customers are loaded with a handful of
queries, and then events are taken one by one, in order of time.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from datetime import datetime

from outreach.core.customer import Customer
from outreach.core.event import Event
from outreach.core.follow_up import FollowUp
from outreach.core.guard import Policy
from outreach.core.merging import riders
from outreach.core.occasions import dates_of
from outreach.core.rule import Rule
from outreach.core.rule_index import Concerned, RuleIndex
from outreach.core.stopping import moved, moves, stop_reason
from outreach.core.trace import Reason
from outreach.flow.batch import Batch, Receipt
from outreach.flow.beginning import begin
from outreach.flow.changes import Changes
from outreach.flow.situations import events_of
from outreach.store.store import Transaction


def load(
    tx: Transaction,
    events: Sequence[Event],
    now: datetime,
    policy: Policy,
    rules: RuleIndex,
    known: MutableMapping[str, Customer],
) -> Batch:
    """Load what deciding about these events needs, one query for each kind of fact."""
    concerned = {t: rules.of(t) for t in {e.type for e in events}}
    asking = {e.customer for e in events if concerned[e.type].facts}
    opening = {e.customer for e in events if concerned[e.type].asks_open}
    facts = {t for c in concerned.values() for t in c.facts}
    windowed = {r for c in concerned.values() for r in c.windowed}
    meant = {t for t in concerned if t in ENGINE_TYPES or policy.cadence.hold_of(t)}
    touching = {e.customer for e in events if concerned[e.type].touching or e.type in meant}
    open_now = tx.follow_ups.open_of(touching)
    return Batch(
        tx=tx, now=now, policy=policy, rules=rules, customers=known,
        history=tx.events.history(asking, facts) if facts else {},
        last_started=tx.follow_ups.last_started({e.customer for e in events}, windowed) if windowed else {},
        open=open_now, holds=tx.holds.of(asking | opening | touching), changes=Changes(),
        began=frozenset(f.id for of_one in open_now.values() for f in of_one),
        ending=_ending(events, concerned),
    )  # fmt: skip


def _ending(events: Sequence[Event], concerned: Mapping[str, Concerned]) -> dict[str, frozenset[str]]:
    """By customer, what may end the runs that these events begin."""
    types = {t: c.ending for t, c in concerned.items() if c.ending}
    found: dict[str, frozenset[str]] = {}
    for e in events if types else ():
        if more := types.get(e.type):
            found[e.customer] = found.get(e.customer, frozenset()) | more
    return found


def take(batch: Batch, event: Event) -> None:
    """One event: end or move what it makes needless, then start what it begins."""
    concerned = batch.rules.of(event.type)
    if concerned.touching:
        _stop_and_move(batch, event, concerned)
    if concerned.starting and batch.starts:
        begin(batch, event, concerned.starting)
    for rule in concerned.rousing:
        batch.rouse(rule, event)


def _stop_and_move(batch: Batch, event: Event, concerned: Concerned) -> None:
    for f in batch.ahead(event.customer):
        if f.rule not in concerned.touching:
            continue
        rule = batch.rules[f.rule]
        if reason := stop_reason(rule, f, event):
            batch.end(f, "cancelled", Reason(code=reason, numbers={"event": event.id}))
        elif moves(rule, f, event):
            move(batch, rule, f, event)


def move(batch: Batch, rule: Rule, f: FollowUp, event: Event) -> None:
    """Give `f` the moment that the new data tell."""
    first = events_of(batch.tx, [f]).get(f.id, event)
    here = batch.situation(first, {**(f.overlay or {}), **event.data})
    here.dates = dates_of(rule, first)
    there = moved(rule, f, here)
    if there.due != f.due:
        if f.state == "listed":
            batch.changes.release(f)
            batch.wake(riders(f, batch.ahead(f.customer)), f"moved:{event.type}")
        numbers = {"event": event.id, "from": f.due.isoformat(), "to": there.due.isoformat()}
        batch.changes.change(there, "moved", (Reason(code=f"moved:{event.type}", numbers=numbers),), batch.now)
    else:
        batch.changes.change(
            there, "noted", (Reason(code=f"changed:{event.type}", numbers={"event": event.id}),), batch.now
        )


#: Types that mean something to the engine itself; see `effects`.
ENGINE_TYPES = frozenset(
    {"complaint.opened", "complaint.resolved", "consent.given", "consent.withdrawn", "message.received", "outcome",
     "outcome.undone", "contact.made", "customer.changed", "customer.merged", "card.assigned", "card.cancelled",
     "card.snoozed", "card.undone", "memory.added"}
)  # fmt: skip

__all__ = ["ENGINE_TYPES", "Batch", "Receipt", "load", "move", "take"]

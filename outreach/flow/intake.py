"""Intake: a batch of events becomes facts, new runs, and the end or shift of runs it makes needless.

One transaction a batch: what was seen is passed over, the facts of all its customers are loaded with a handful of
queries, and then events are taken one by one, in order of time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from outreach.core.customer import Customer
from outreach.core.event import Event
from outreach.core.follow_up import AHEAD, FollowUp, evolve
from outreach.core.guard import Policy
from outreach.core.history import History, as_scope
from outreach.core.keys import bucket_of
from outreach.core.merging import riders
from outreach.core.rule import Rule
from outreach.core.rule_index import Concerned, RuleIndex
from outreach.core.situation import Scope, Situation
from outreach.core.starting import Started, start
from outreach.core.stopping import ended, moved, moves, stop_reason
from outreach.core.trace import Reason
from outreach.flow.changes import Changes
from outreach.store.store import Transaction


class Receipt(NamedTuple):
    """What became of one event at the door: `accepted`, `duplicate` or `rejected` with the reason."""

    id: str
    status: str
    reason: str = ""


@dataclass(slots=True)
class Batch:
    """The facts about all customers of a batch, and what is about to be written."""

    tx: Transaction
    now: datetime
    policy: Policy
    rules: RuleIndex
    customers: MutableMapping[str, Customer]
    history: Mapping[str, list[Event]]
    last_started: dict[str, dict[str, datetime]]
    open: dict[str, list[FollowUp]]
    holds: dict[str, dict[str, datetime]]
    changes: Changes
    starts: bool = True
    #: Ids of the follow-ups that were open before this batch, of the customers whose runs it may touch.
    began: frozenset[str] = frozenset()

    def situation(self, event: Event, overlay: Mapping[str, object] | None = None) -> Situation:
        """The situation of one event."""
        customer = self.customers[event.customer]
        past = History(
            self.history.get(event.customer, ()), max(event.time, self.now), event, self.holds.get(event.customer, ())
        )
        return Situation(
            tenant=self.tx.tenant, bucket=bucket_of(self.tx.tenant, customer.id), customer=customer, event=event,
            now=self.now, policy=self.policy, past=past, last_started=self.last_started.get(event.customer, {}),
            overlay=overlay,
        )  # fmt: skip

    def ahead(self, customer: str) -> list[FollowUp]:
        """What still lies ahead of a customer, with this batch's own changes."""
        known = self.open.get(customer, ())
        return [f for f in map(self.latest, known) if f.state in AHEAD]

    def latest(self, f: FollowUp) -> FollowUp:
        """A follow-up as this batch has changed it."""
        return self.changes.new.get(f.id) or self.changes.changed.get(f.id, f)

    def end(self, f: FollowUp, state: str, reason: Reason) -> FollowUp:
        """End a follow-up that lies ahead, giving back its place in the ledger."""
        over = ended(f, state, reason.code, self.now)
        self.changes.change(over, state, (reason,), self.now)
        if f.state == "listed":
            self.changes.release(f)
        # What was put off looks whether there is room now.
        self.wake([o for o in self.ahead(f.customer) if o.state == "scheduled" and o.reason], reason.code)
        return over

    def wake(self, follow_ups: Iterable[FollowUp], reason: str) -> None:
        """Let these be looked at as soon as they are due."""
        for f in follow_ups:
            woken = evolve(f, wake=max(self.now, f.due))
            self.changes.change(woken, "woken", (Reason(code=reason),), self.now)


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
    touching = {e.customer for e in events if concerned[e.type].touching or e.type in ENGINE_TYPES}
    open_now = tx.follow_ups.open_of(touching)
    return Batch(
        tx=tx, now=now, policy=policy, rules=rules, customers=known,
        history=tx.events.history(asking, facts) if facts else {},
        last_started=tx.follow_ups.last_started({e.customer for e in events}, windowed) if windowed else {},
        open=open_now, holds=tx.holds.of(asking | opening | touching), changes=Changes(),
        began=frozenset(f.id for of_one in open_now.values() for f in of_one),
    )  # fmt: skip


def take(batch: Batch, event: Event) -> None:
    """One event: end or move what it makes needless, then start what it begins."""
    concerned = batch.rules.of(event.type)
    if concerned.touching:
        _stop_and_move(batch, event, concerned)
    if concerned.starting and batch.starts:
        _start(batch, event, concerned.starting)


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
    first = batch.tx.events.get([(f.customer, f.event_source, f.event)]).get(
        (f.customer, f.event_source, f.event), event
    )
    here = batch.situation(first, {**(f.overlay or {}), **event.data})
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


def _start(batch: Batch, event: Event, rules: Iterable[Rule]) -> None:
    """Nearly every rule says no, so the situation is only made for one whose condition holds."""
    here: Situation | None = None
    scope = Scope(
        {"event": as_scope(event), "previous": None, "now": batch.now},
        {"customer": lambda: batch.customers[event.customer].as_dict(), "facts": lambda: batch.situation(event).past},
    )
    for rule in rules:
        if rule.when is not None and not rule.when.holds(scope):
            continue
        if here is None:
            here = batch.situation(event)
        begun = start(rule, here, scope)
        if begun is not None and not _is_known(batch, begun):
            _add_run(batch, event, rule, begun)


def _is_known(batch: Batch, begun: Started) -> bool:
    """Whether this run goes on already. What isn't among the loaded ones is found when the batch is stored."""
    return any(f.id in batch.changes.new or f.id in batch.began for f in begun.follow_ups)


def _add_run(batch: Batch, event: Event, rule: Rule, begun: Started) -> None:
    batch.changes.add(begun.follow_ups, begun.traces)
    if rule.once_window is not None and begun.follow_ups:
        batch.last_started.setdefault(event.customer, {})[rule.name] = begun.follow_ups[0].started
    batch.open.setdefault(event.customer, []).extend(begun.follow_ups)


#: Types that mean something to the engine itself; see `effects`.
ENGINE_TYPES = frozenset(
    {"complaint.opened", "complaint.resolved", "consent.given", "consent.withdrawn", "message.received", "outcome",
     "contact.made", "customer.changed", "customer.merged"}
)  # fmt: skip

__all__ = ["ENGINE_TYPES", "Batch", "Receipt", "load", "move", "take"]

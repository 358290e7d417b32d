"""The nearest miss: why a rule that never had anything to say to a customer, or not again, planned nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from outreach.core.customer import Customer
from outreach.core.event import Event
from outreach.core.follow_up import FollowUp
from outreach.core.history import History
from outreach.core.keys import bucket_of
from outreach.core.rule import Rule
from outreach.core.situation import Situation
from outreach.core.starting import covers, fires_on, trigger_key, why_not
from outreach.core.trace import Reason
from outreach.engine import Engine
from outreach.store.store import Transaction
from outreach.waiting import waits_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What was known of a customer at `now`: her events that had come in by then, and when each did."""

    engine: Engine
    tx: Transaction
    person: Customer
    now: datetime
    events: Sequence[Event]
    received: Mapping[tuple[str, str], datetime]

    def came(self, event: Event) -> datetime:
        """When it came in."""
        return self.received.get((event.source, event.id), event.time)


def known(engine: Engine, tx: Transaction, person: Customer, now: datetime) -> Known:
    """The facts of this customer as they were known then."""
    received = tx.events.received(person.id)
    events = [e for e in tx.events.every(person.id) if received.get((e.source, e.id), e.time) <= now]
    return Known(engine=engine, tx=tx, person=person, now=now, events=events, received=received)


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """Why a rule planned nothing for this customer: the event that came nearest and what was missing."""

    rule: str
    event: str
    reasons: tuple[Reason, ...]


def miss(facts: Known, rule: Rule, told: Sequence[FollowUp]) -> Miss | None:
    """Of the events that began no run of this rule: where none did, the one that came nearest, evaluated as when it
    came; where some did, the latest since."""
    runs = [f for f in told if f.rule == rule.name]
    if rule.by_clock:
        reasons = () if runs else waits_for(facts.engine, facts.tx, facts.person, rule, facts.now)
        return Miss(rule=rule.name, event="", reasons=reasons) if reasons else None
    begun = {(f.event_source, f.event) for f in runs}
    last = max((f.started for f in runs), default=None)
    starting = [e for e in facts.events if covers(rule, e.type) and (e.source, e.id) not in begun]
    if runs:
        starting = [e for e in starting if last is None or e.time >= last][-1:]
        if not starting:
            return None
    if not starting:
        wanted = " or ".join(fires_on(rule))
        none = Reason(code="no_event", text=f"no {wanted} is known of this customer")
        return Miss(rule=rule.name, event="", reasons=(none,))
    tried = [(e, _missing(facts, rule, e, runs)) for e in starting]
    nearest, missing = min(tried, key=lambda pair: (len(pair[1]), -pair[0].time.timestamp()))
    return Miss(rule=rule.name, event=nearest.id, reasons=tuple(missing) or (_NOT_THEN,))


def _missing(facts: Known, rule: Rule, event: Event, runs: Sequence[FollowUp]) -> list[Reason]:
    before = [f for f in runs if f.started <= event.time]
    last = max((f.started for f in before), default=None)
    here = Situation(
        tenant=facts.tx.tenant, bucket=bucket_of(facts.tx.tenant, facts.person.id), customer=facts.person, event=event,
        now=facts.came(event), policy=facts.engine.policy, past=History(facts.events, event.time, event),
        last_started={rule.name: last} if last else {},
    )  # fmt: skip
    missing = []
    if rule.when is not None and not rule.when.holds(scope := here.scope()):
        missing = [Reason(code="when", text=src, numbers=seen) for src, ok, seen in rule.when.explain(scope) if not ok]
    same = next((f for f in before if f.trigger == trigger_key(rule, here)), None)
    refused = why_not(rule, here) or (_once(rule, same) if same else None)
    return missing + ([refused] if refused else [])


_NOT_THEN = Reason(
    code="not_then", text="the rule would start on this event now; it was not in force when the event came"
)


def _once(rule: Rule, run: FollowUp) -> Reason:
    per = f"once per {rule.key} ({run.key})" if run.trigger.startswith("key:") else f"once per {rule.once_per}"
    return Reason(code="once_per", text=f"{per}; it ran already", numbers={"started": run.started.isoformat()})

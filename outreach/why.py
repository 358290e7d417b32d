"""Why: every contact of a customer that was, was not, and is planned, with the reasons; and the nearest miss of a rule
that never had anything to say to her."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from outreach.core.customer import Customer
from outreach.core.event import Event
from outreach.core.follow_up import FollowUp
from outreach.core.history import History
from outreach.core.keys import bucket_of
from outreach.core.merging import carrier, on_cap
from outreach.core.planner import arrange
from outreach.core.rule import Rule
from outreach.core.situation import Situation
from outreach.core.starting import covers, fires_on, why_not
from outreach.core.trace import Reason, Trace
from outreach.engine import Engine
from outreach.errors import InputError
from outreach.flow.standings import load_standings
from outreach.store.store import Transaction
from outreach.waiting import waits_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One follow-up with all that was decided about it; `next` is when the plan would let it happen, if it lies ahead,
    and `obstacles` what moves it there."""

    follow_up: FollowUp
    traces: tuple[Trace, ...]
    next: datetime | None = None
    obstacles: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """Why a rule planned nothing for this customer: the event that came nearest and what was missing."""

    rule: str
    event: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """The whole answer for one customer."""

    customer: Customer
    told: tuple[Told, ...]
    misses: tuple[Miss, ...]


def why(engine: Engine, customer: str, rule: str = "", at: datetime | None = None) -> Why:
    """Explain. `rule` narrows it to one rule, `at` to what was known and decided by then. Raises InputError when
    customer or rule is unknown."""
    if rule and rule not in engine.rules:
        raise InputError(f"there is no rule {rule!r}; `outreach rules list` shows all")
    with engine.store.reading() as tx:
        person = tx.customers.get([customer]).get(customer)
        if person is None:
            raise InputError(
                f"customer {customer!r} is not known; `outreach customers import FILE` brings customers in"
            )
        told = _told(engine, tx, person, rule, at)
        names = [rule] if rule else sorted(engine.rules)
        had = {t.follow_up.rule for t in told}
        misses = [m for name in names if name not in had and (m := _miss(engine, tx, person, engine.rules[name], at))]
    return Why(customer=person, told=tuple(told), misses=tuple(misses))


def _told(engine: Engine, tx: Transaction, person: Customer, rule: str, at: datetime | None) -> list[Told]:
    now = engine.clock.now()
    follow_ups = tx.follow_ups.all_of(person.id)
    traces = [t for t in tx.traces.of(person.id) if at is None or t.at <= at]
    standing = load_standings(tx, {person.id: person}, now, engine.policy)[person.id]
    ahead = [f for f in follow_ups if f.state == "scheduled" and not carrier(f, follow_ups, now)]
    may_join, drops = on_cap("merge", ahead, engine.rules), on_cap("drop", ahead, engine.rules)
    plan = arrange(now, ahead, standing, engine.policy, may_join, drops)
    out = []
    for f in follow_ups:
        mine = tuple(t for t in traces if t.follow_up == f.id)
        if mine and (not rule or f.rule == rule):
            place = plan.get(f.id)
            out.append(Told(follow_up=f, traces=mine, next=place.at if place else None,
                            obstacles=place.reasons if place else ()))  # fmt: skip
    return out


def _miss(engine: Engine, tx: Transaction, person: Customer, rule: Rule, at: datetime | None) -> Miss | None:
    """The event that came nearest to starting this rule, evaluated as at its own time."""
    when = at or engine.clock.now()
    if rule.by_clock:
        return Miss(rule=rule.name, event="", reasons=waits_for(engine, tx, person, rule, when))
    types = {*fires_on(rule), *(rule.when.needs_facts if rule.when else ())}
    events = [e for e in tx.events.history([person.id], types).get(person.id, []) if e.time <= when]
    starting = [e for e in events if covers(rule, e.type)]
    if not starting:
        wanted = " or ".join(fires_on(rule))
        return Miss(
            rule=rule.name, event="", reasons=(Reason(code="no_event", text=f"no {wanted} is known of this customer"),)
        )
    tried = [(e, _missing(engine, tx, person, rule, e, events)) for e in starting]
    nearest = min(tried, key=lambda pair: (len(pair[1]), -pair[0].time.timestamp()))
    if not nearest[1]:
        known = Reason(
            code="not_then", text="the rule would start on this event now; it was not in force when the event came"
        )
        return Miss(rule=rule.name, event=nearest[0].id, reasons=(known,))
    return Miss(rule=rule.name, event=nearest[0].id, reasons=tuple(nearest[1]))


def _missing(
    engine: Engine, tx: Transaction, person: Customer, rule: Rule, event: Event, past: Sequence[Event]
) -> list[Reason]:
    came = tx.events.received(person.id).get((event.source, event.id), event.time)
    here = Situation(
        tenant=tx.tenant, bucket=bucket_of(tx.tenant, person.id), customer=person, event=event, now=came,
        policy=engine.policy, past=History(past, event.time, event),
    )  # fmt: skip
    missing = []
    if rule.when is not None and not rule.when.holds(scope := here.scope()):
        missing = [
            Reason(code="when", text=source, numbers=seen) for source, ok, seen in rule.when.explain(scope) if not ok
        ]
    refused = why_not(rule, here)
    return missing + ([refused] if refused else [])


def plain(answer: Why) -> dict[str, Any]:
    """For programs."""
    return {
        "customer": answer.customer.id,
        "follow_ups": [
            {
                "id": t.follow_up.id, "rule": t.follow_up.rule, "step": t.follow_up.step,
                "channel": t.follow_up.channel, "state": t.follow_up.state, "reason": t.follow_up.reason,
                "due": t.follow_up.due.isoformat(), "valid_until": t.follow_up.valid_until.isoformat(),
                "next": t.next.isoformat() if t.next else None, "obstacles": [_reason(r) for r in t.obstacles],
                "decisions": [
                    {"at": d.at.isoformat(), "decision": d.decision, "reasons": [_reason(r) for r in d.reasons]}
                    for d in t.traces
                ],
            }
            for t in answer.told
        ],
        "misses": [
            {"rule": m.rule, "event": m.event, "reasons": [_reason(r) for r in m.reasons]} for m in answer.misses
        ],
    }  # fmt: skip


def _reason(r: Reason) -> dict[str, Any]:
    return {"code": r.code, "text": r.text, "numbers": r.numbers}

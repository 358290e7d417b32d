"""Why: every contact of a customer that was, was not, and is planned, with the reasons; and the nearest miss of a rule
that never had anything to say to her."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from outreach.core.customer import Customer
from outreach.core.follow_up import FollowUp
from outreach.core.merging import carrier, on_cap
from outreach.core.planner import Place, arrange
from outreach.core.trace import Reason, Trace
from outreach.engine import Engine
from outreach.errors import InputError
from outreach.flow.forwarding import known_as
from outreach.flow.standings import load_standings
from outreach.heard import Heard, heard
from outreach.missing import Miss, known, miss
from outreach.store.store import Transaction
from outreach.then import as_of

__all__ = ["Heard", "Miss", "Told", "Why", "plain", "why"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One follow-up with all that was decided about it; `next` is when the plan would let it happen, if it lies ahead,
    and `obstacles` what moves it there."""

    follow_up: FollowUp
    traces: tuple[Trace, ...]
    next: datetime | None = None
    obstacles: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """The whole answer for one customer. `heard` is empty where only one rule was asked about."""

    customer: Customer
    told: tuple[Told, ...]
    misses: tuple[Miss, ...]
    heard: tuple[Heard, ...] = ()


def why(engine: Engine, customer: str, rule: str = "", at: datetime | None = None) -> Why:
    """Explain. `rule` narrows it to one rule, `at` to what was known and decided by then. Raises InputError when
    customer or rule is unknown."""
    if rule and rule not in engine.rules:
        raise InputError(f"there is no rule {rule!r}; `outreach rules list` shows all")
    with engine.store.reading() as tx:
        person = known_as(tx, customer)
        if person is None:
            raise InputError(
                f"customer {customer!r} is not known; `outreach customers import FILE` brings customers in"
            )
        it = _Asked(engine, tx, person, at if at is not None and at < engine.clock.now() else None)
        told = it.told(rule)
        names = [rule] if rule else sorted(engine.rules)
        misses = [m for name in names if (m := miss(it.facts, engine.rules[name], [t.follow_up for t in told]))]
        other = () if rule else heard(tx, person, it.facts.events, it.traces)
    return Why(customer=person, told=tuple(told), misses=tuple(misses), heard=other)


class _Asked:
    """One question: the customer's facts as they were known at `at` (None: now)."""

    def __init__(self, engine: Engine, tx: Transaction, person: Customer, at: datetime | None) -> None:
        self.engine, self.tx, self.person, self.at = engine, tx, person, at
        self.facts = known(engine, tx, person, at or engine.clock.now())
        every = tx.traces.of(person.id)
        self.traces = [t for t in every if at is None or t.at <= at]
        self.later = every[len(self.traces) :]

    def told(self, rule: str) -> list[Told]:
        """Every follow-up that was decided about, with what moves it."""
        plan = _plan(self.engine, self.tx, self.person) if self.at is None else {}
        out = []
        for f in self.tx.follow_ups.all_of(self.person.id):
            mine = tuple(t for t in self.traces if t.follow_up == f.id)
            if not mine or (rule and f.rule != rule):
                continue
            if self.at is not None:
                out.append(_told_then(f, self.at, mine, [t for t in self.later if t.follow_up == f.id]))
                continue
            place = plan.get(f.id, Place(at=None))
            out.append(Told(follow_up=f, traces=mine, next=place.at, obstacles=place.reasons))
        return out


def _plan(engine: Engine, tx: Transaction, person: Customer) -> Mapping[str, Place]:
    """The plan as it stands, of what isn't paused; why the rest doesn't move."""
    now, paused = engine.clock.now(), tx.house.paused()
    open_now = tx.follow_ups.open_of([person.id]).get(person.id, [])
    standing = load_standings(tx, {person.id: person}, now, engine.policy)[person.id]
    waiting = [f for f in open_now if f.state == "scheduled" and not carrier(f, open_now, now)]
    ahead = [f for f in waiting if f.rule not in paused and "*" not in paused]
    may_join, drops = on_cap("merge", ahead, engine.rules), on_cap("drop", ahead, engine.rules)
    plan = arrange(now, ahead, standing, engine.policy, may_join, drops)
    return {f.id: plan[f.id] for f in ahead} | {f.id: _paused(f, paused) for f in waiting if f.id not in plan}


def _paused(f: FollowUp, paused: Mapping[str, datetime]) -> Place:
    name = f.rule if f.rule in paused else "*"
    code = f"paused:{f.rule}" if name == f.rule else "paused"
    return Place(at=None, reasons=(Reason(code=code, numbers={"since": paused[name].isoformat()}),))


def _told_then(f: FollowUp, at: datetime, mine: tuple[Trace, ...], later: Sequence[Trace]) -> Told:
    stood = mine[-1].reasons if mine[-1].decision == "deferred" else ()
    return Told(follow_up=as_of(f, at, [*mine, *later]), traces=mine, obstacles=stood)


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
        "heard": [h.plain() for h in answer.heard],
    }  # fmt: skip


def _reason(r: Reason) -> dict[str, Any]:
    return {"code": r.code, "text": r.text, "numbers": r.numbers}

"""Why a rule that no event sets off has planned nothing for a customer: when it looks at her next, and what it would
say now."""

from __future__ import annotations

from datetime import datetime

from outreach.core.customer import Customer
from outreach.core.event import Event
from outreach.core.history import History
from outreach.core.keys import bucket_of
from outreach.core.occasions import CLOCK, Occasion, dates_of, first_occasion
from outreach.core.rule import OnDate, OnInactive, Rule
from outreach.core.situation import Situation
from outreach.core.starting import why_not
from outreach.core.trace import Reason
from outreach.engine import Engine
from outreach.flow.watching import latest_of
from outreach.store.store import Transaction


def waits_for(engine: Engine, tx: Transaction, person: Customer, rule: Rule, now: datetime) -> tuple[Reason, ...]:
    """The reasons, the occasion it waits for first."""
    past = tx.events.history([person.id], rule.facts).get(person.id, []) if rule.facts else []
    nothing = Event(id="", type="", customer=person.id, time=now, source=CLOCK)
    here = Situation(
        tenant=tx.tenant, bucket=bucket_of(tx.tenant, person.id), customer=person, event=nothing, now=now,
        policy=engine.policy, past=History(past, now),
    )  # fmt: skip
    found = first_occasion(rule, here, latest_of(tx, rule, [person.id]).get(person.id))
    if found is None:
        return (_never(rule),)
    return (_next(found, now), *_against(rule, here.at(found.event, dates_of(rule, found.event))))


def _next(found: Occasion, now: datetime) -> Reason:
    code = "waits_for" if found.fires > now else "came_before"
    said = "it looks at this customer then" if found.fires > now else "it came before the rule was in force"
    return Reason(code=f"{code}:{found.event.type}", text=said, numbers={"at": found.fires.isoformat()})


def _never(rule: Rule) -> Reason:
    if isinstance(rule.trigger, OnDate):
        name = f"customer.{rule.trigger.field}"
        return Reason(code=f"no_value:{name}", text=f"`{name}` is not known, or lies behind")
    if isinstance(rule.trigger, OnInactive):
        what = " or ".join(rule.trigger.types) or "deed of the customer's"
        return Reason(code="no_event", text=f"no {what} is known: where nothing began, nothing has stopped")
    return Reason(code="never", text="that time never comes")


def _against(rule: Rule, here: Situation) -> list[Reason]:
    """What would keep it from starting, as things stand now."""
    found: list[Reason] = []
    if rule.when is not None and not rule.when.holds(scope := here.scope()):
        found = [Reason(code="when", text=src, numbers=seen) for src, ok, seen in rule.when.explain(scope) if not ok]
    refused = why_not(rule, here)
    return found + ([refused] if refused is not None else [])

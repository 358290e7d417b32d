"""The staff's list: what was handed out and waits to be done, as cards that say whom, why, and what to say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from outreach.core.customer import Customer
from outreach.core.event import Event
from outreach.core.follow_up import FollowUp
from outreach.core.merging import Also, also, riders
from outreach.core.moment import Moment, resolve
from outreach.core.rule import Rule, Step
from outreach.core.situation import Situation
from outreach.core.trace import Trace
from outreach.core.zone import to_local
from outreach.desk.card import Card
from outreach.desk.words import because, full_name, remembered
from outreach.engine import Engine
from outreach.flow.claim import template_scope
from outreach.flow.replying import READ_REPLY
from outreach.flow.situations import events_of, situation_of
from outreach.store.store import Transaction


def cards(engine: Engine, *, day: date | None = None, assign: str = "") -> list[Card]:
    """What is on the list now: most important first, then what ends soonest. `day` keeps what fell due on that local
    date, `assign` one person's or role's."""
    with engine.store.reading() as tx:
        listed = [f for f in tx.follow_ups.listed() if not assign or f.assign.lower() == assign.lower()]
        found = _cards(engine, tx, listed)
    if day is not None:
        found = [c for c in found if _day(c, engine) == day]
    return sorted(found, key=lambda c: (-c.priority, c.until, c.due, c.customer, c.id))


def card(engine: Engine, follow_up: str) -> Card | None:
    """One card by its id; None when it is no longer on the list."""
    return next((c for c in cards(engine) if c.id == follow_up), None)


def _day(c: Card, engine: Engine) -> date:
    return to_local(c.due, c.zone or engine.policy.zone).date()


def _cards(engine: Engine, tx: Transaction, listed: list[FollowUp]) -> list[Card]:
    people, events = tx.customers.get({f.customer for f in listed}), events_of(tx, listed)
    traces = {c: tx.traces.of(c) for c in people}
    ahead = tx.follow_ups.open_of(people)
    out = []
    for f in listed:
        rule, event = engine.rules.get(f.rule), events.get(f.id)
        if f.rule == READ_REPLY and event is not None:
            out.append(_reply_card(engine, f, people[f.customer], event))
        elif rule is not None and event is not None and f.index < len(rule.steps):
            here = situation_of(tx, f, rule, people[f.customer], event, engine.clock.now(), engine.policy)
            joined = riders(f, ahead.get(f.customer, ()))
            told = [t for t in traces[f.customer] if t.follow_up in {f.id, *(o.id for o in joined)}]
            out.append(_card(engine, f, rule, here, told, also(joined, engine.rules)))
    return out


def _reply_card(engine: Engine, f: FollowUp, customer: Customer, event: Event) -> Card:
    """A reply that may be a refusal, for a person to read. The customer's words are shown as they came."""
    zone = engine.policy.own_zone(customer)
    return Card(
        id=f.id, channel=f.channel, customer=customer.id, name=full_name(customer), phone=customer.phone,
        title=f"Read the reply of {full_name(customer)}", text=str(event.data.get("text", "")),
        why="It may be a refusal. Until somebody says so, she gets no marketing and no care, for a day at most.",
        also=[], because=(f"on {event.type}",), rule=f.rule, step=f.step, priority=f.priority, assign=f.assign,
        site=f.site, due=f.due, until=f.valid_until, done_by=None, zone=zone,
        local_time=f"{to_local(engine.clock.now(), zone):%H:%M}" if zone else "",
    )  # fmt: skip


def _card(
    engine: Engine, f: FollowUp, rule: Rule, here: Situation, traces: Iterable[Trace], also: Also
) -> Card:  # fmt: skip
    step, customer = rule.steps[f.index], here.customer
    title, text, problem = _words(engine, step, f, rule, here, also)
    zone = engine.policy.own_zone(customer)
    return Card(
        id=f.id, channel=f.channel, customer=customer.id, name=full_name(customer), phone=customer.phone,
        title=title, text=text, problem=problem, why=rule.about or rule.name, because=tuple(because(traces)),
        also=also,
        rule=f.rule, step=f.step, priority=f.priority, assign=f.assign, site=here.event.site or customer.site,
        due=f.due, until=f.valid_until, done_by=_done_by(rule, here, f), zone=zone,
        local_time=f"{to_local(engine.clock.now(), zone):%H:%M}" if zone else "",
        memory=tuple(remembered(customer, here.now)),
    )  # fmt: skip


def _words(engine: Engine, step: Step, f: FollowUp, rule: Rule, here: Situation, also: Also) -> tuple[str, str, str]:
    """Title, text, and what is wrong with the template if something is."""
    scope = template_scope(f, rule, here, also) | {"business": dict(engine.business)}
    if step.templates:
        name = step.templates.get(f.variant) or next(iter(step.templates.values()))
        said = engine.renderer.render(f.channel, name, scope, here.customer.language)
        return step.title or rule.about or rule.name, said.body, said.problem
    title = engine.renderer.render_text(step.title, scope)
    details = engine.renderer.render_text(step.details, scope)
    return title.body or rule.about or rule.name, details.body, title.problem or details.problem


def _done_by(rule: Rule, here: Situation, f: FollowUp) -> datetime | None:
    done_by = rule.steps[f.index].done_by
    if done_by is None:
        return None
    found = resolve(done_by, here.base(f.started, rule))
    return found.at if isinstance(found, Moment) else None

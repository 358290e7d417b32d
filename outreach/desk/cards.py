"""The staff's list: what was handed out and waits to be done, as cards that say whom, why, and what to say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from outreach.core.away import stand_in
from outreach.core.customer import Customer
from outreach.core.event import Event
from outreach.core.follow_up import FollowUp
from outreach.core.handling import Handling
from outreach.core.merging import Also, also, riders
from outreach.core.moment import Moment, resolve
from outreach.core.promise import promise_of
from outreach.core.rule import Rule, Step
from outreach.core.situation import Situation
from outreach.core.trace import Trace
from outreach.core.zone import to_local
from outreach.desk.card import Card
from outreach.desk.order import place, place_of
from outreach.desk.words import because, full_name, placed, remembered
from outreach.engine import Engine
from outreach.flow.claim import template_scope
from outreach.flow.replying import READ_REPLY
from outreach.flow.situations import all_situations, events_of
from outreach.store.store import Transaction


def cards(
    engine: Engine, *, day: date | None = None, assign: str = "", site: str = "", by: str = ""
) -> list[Card]:  # fmt: skip
    """What is on the list now, the first to be done first (see docs/list.md). `day` keeps what fell due on that local
    date, `assign` one person's or role's (with what that one stands in for), `site` one site's. For `by` what that
    person skipped comes last, and what another one promised to do in person after everything else."""
    with engine.store.reading() as tx:
        found = cards_of(engine, tx, tx.follow_ups.listed())
        handled = tx.cards.of({c.customer for c in found})
    if day is not None:
        found = [c for c in found if _day(c, engine) == day]
    kept = [c for c in found if fits(c, assign, site)]
    return sorted(kept, key=lambda c: place_of(c, handled.get(c.id), by))


def card(engine: Engine, follow_up: str) -> Card | None:
    """One card by its id; None when it is no longer on the list."""
    with engine.store.reading() as tx:
        f = tx.follow_ups.named(follow_up)
        found = cards_of(engine, tx, [f]) if f is not None and f.state == "listed" else []
    return found[0] if found else None


def fits(card: Card, assign: str = "", site: str = "") -> bool:
    """Whether it is one of this person's or role's, of this site."""
    mine = not assign or assign.casefold() in (card.assign.casefold(), card.promised_to.casefold())
    return mine and site in ("", card.site)


def _day(c: Card, engine: Engine) -> date:
    return to_local(c.due, c.zone or engine.policy.zone).date()


def cards_of(engine: Engine, tx: Transaction, listed: list[FollowUp]) -> list[Card]:
    """These follow-ups as cards; one whose rule or event is gone has none. A handful of queries, however many."""
    now, ids = engine.clock.now(), {f.customer for f in listed}
    people, events, ahead = tx.customers.get(ids), events_of(tx, listed), tx.follow_ups.open_of(ids)
    traces, handled, away = tx.traces.of_all(ids, ("planned", "moved")), tx.cards.of(ids), tx.cards.absences()
    ruled = [f for f in listed if f.id in events and (r := engine.rules.get(f.rule)) and f.index < len(r.steps)]
    here = all_situations(tx, ruled, engine.rules, people, events, now, engine.policy)
    out = []
    for f in listed:
        if f.id in here:
            joined = riders(f, ahead.get(f.customer, ()))
            told = [t for t in traces.get(f.customer, ()) if t.follow_up in {f.id, *(o.id for o in joined)}]
            made = _card(engine, f, engine.rules[f.rule], here[f.id], told, also(joined, engine.rules))
        elif f.rule == READ_REPLY and f.id in events:
            made = _reply_card(engine, f, people[f.customer], events[f.id])
        else:
            continue
        made = place(made, f, events[f.id], now, engine.policy.zone)
        out.append(_held(made, handled.get(f.id), stand_in(f.assign, away, now), now))
    return out


def _held(card: Card, handling: Handling | None, assign: str, now: datetime) -> Card:
    """With who has it open, and who does it while another is away."""
    holder = handling.held(now) if handling is not None else ""
    return replace(
        card, assign=assign, stands_in_for=card.assign if assign != card.assign else "", holder=holder,
        held_until=handling.until if handling is not None and holder else None,
    )  # fmt: skip


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
    zone, promise = engine.policy.own_zone(customer), promise_of(f)
    return Card(
        id=f.id, channel=f.channel, customer=customer.id, name=full_name(customer), phone=customer.phone,
        title=title, text=text, problem=problem, why=rule.about or rule.name, because=tuple(because(traces)),
        place=placed(text)[0] if f.channel == "task" else "",
        also=also,
        rule=f.rule, step=f.step, priority=f.priority, assign=f.assign, site=f.site or here.event.site or customer.site,
        due=f.due, until=f.valid_until, done_by=_done_by(rule, here, f), zone=zone,
        local_time=f"{to_local(engine.clock.now(), zone):%H:%M}" if zone else "",
        memory=tuple(remembered(customer, here.now)), promised=promise.at if promise else None,
        promised_to=promise.to if promise else "", promised_by=promise.by if promise else "",
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

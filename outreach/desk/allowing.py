"""May this card's call be put through now? It may while the card is on the list and this person's, nothing is paused,
and the guard lets it pass: its place in the cadence was taken when the card was handed out, and counts as its own."""

from __future__ import annotations

from datetime import datetime

from outreach.core.by_hand import without
from outreach.core.dialling import Dial
from outreach.core.handling import Handling, same
from outreach.desk.about import in_the_way
from outreach.desk.card import Result, refused
from outreach.desk.telling import At, anothers, off_the_list
from outreach.doors.addresses import rings
from outreach.engine import Engine
from outreach.flow.standings import load_standings
from outreach.saying import clock


def objection(engine: Engine, here: At, by: str) -> Result | None:
    """What stands against it, and what to do; None when nothing does."""
    return off_the_list(here) or anothers(here, by) or _unfit(here, by) or _held(engine, here) or _guarded(engine, here)


def stands_since(h: Handling) -> str:
    """Which claim it is: since when it stands (RFC 3339)."""
    return h.since.isoformat() if h.since else ""


def stands_at(dial: Dial) -> datetime | None:
    """When a call was asked for."""
    return datetime.fromisoformat(dial.at) if dial.at else None


def _unfit(here: At, by: str) -> Result | None:
    if here.f.channel != "call":
        return refused("invalid", "This card is no call.", here.f.id)
    if not same(here.handling.held(here.now), by):
        return refused("free", "The card isn't yours now: open it and take it, then call.", here.f.id)
    return None


def _held(engine: Engine, here: At) -> Result | None:
    """The house's own switches, and the end of the card's worth."""
    f, paused = here.f, here.tx.house.paused()
    if "*" in paused:
        return refused("paused", "Everything is paused: call nobody until it goes on.", f.id)
    if f.rule in paused:
        return refused("paused", f"The rule {f.rule} is paused: leave this call until it goes on.", f.id)
    if here.now >= f.valid_until:
        until = clock(engine.policy.zone, here.now)(f.valid_until)
        text = f"It was worth something until {until} only: give the card back, it goes by itself."
        return refused("gone", text, f.id)
    return None


def _guarded(engine: Engine, here: At) -> Result | None:
    f, policy = here.f, engine.policy
    person = here.tx.customers.get([f.customer]).get(f.customer)
    if person is None or not rings(person.phone):
        return refused("invalid", "The number is none that can be called: say so as what came of it.", f.id)
    standing = load_standings(here.tx, {person.id: person}, here.now, policy)[person.id]
    not_now, at = in_the_way(f, without(standing, {f.id}), policy, here.now)
    if not not_now:
        return None
    then = f"Snooze it until {clock(engine.policy.zone, here.now)(at)}" if at else "Call it off, with a note why"
    return refused("closed", f"Not now: {'; '.join(not_now)}. {then}.", f.id)

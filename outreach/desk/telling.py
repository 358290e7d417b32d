"""Telling the engine what staff did: checked and written in one transaction, so that nobody comes between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from outreach.core.event import Event
from outreach.core.follow_up import FollowUp
from outreach.core.handling import Handling
from outreach.core.keys import bucket_in, bucket_of
from outreach.core.rule import Rule
from outreach.core.situation import Situation
from outreach.desk.card import Result, refused
from outreach.desk.words import became
from outreach.engine import Engine
from outreach.flow.claim import template_scope
from outreach.flow.locking import hold_for
from outreach.flow.parts import take_parts
from outreach.ports import Rendered
from outreach.store.store import Transaction

LONGEST_NOTE = 20_000
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class At:
    """A card inside the transaction in which something is done with it; its customer is held."""

    tx: Transaction
    f: FollowUp
    handling: Handling
    now: datetime


#: Why not, seen inside the transaction; None when nothing stands against it.
Check = Callable[[At], Result | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """An event to be: `name` begins its id, which is another for each deed with one card."""

    type: str
    name: str
    data: dict[str, Any]


def tell(engine: Engine, follow_up: str, check: Check, make: Callable[[At], Deed | Event]) -> Result:
    """Do it, unless `check` objects: `done`, or what was objected. Raises DatabaseError."""
    planned = [False]

    def work(tx: Transaction) -> Result:
        found = at(engine, tx, follow_up)
        if isinstance(found, Result):
            return found
        if (no := check(found)) is not None:
            return no
        event = _event(found, make(found))
        receipts, planned[0] = take_parts(
            tx, [event], found.now, engine.policy, engine.rules, True, lambda *some: _say(engine, *some)
        )
        [receipt] = receipts
        if receipt.status == "rejected":
            return refused("invalid", f"{receipt.reason[:1].upper()}{receipt.reason[1:]}.", follow_up)
        handling = tx.cards.one(found.f.customer, found.f.id)
        return Result(status="done", id=follow_up, until=handling.undo_until())

    result = engine.store.write(work, repeatable=True)
    if planned[0]:
        engine.notify()
    return result


def at(engine: Engine, tx: Transaction, follow_up: str) -> At | Result:
    """The card, its customer held, with whoever shares her address; why not, if there is none."""
    f = tx.follow_ups.named(follow_up)
    if f is None:
        return refused("unknown", became(None), follow_up)
    now = engine.clock.now()
    if bucket_of(tx.tenant, f.customer) != bucket_in(follow_up):
        tx.cross("a card whose customer has become another")
    hold_for(tx, [Event(id="", type="outcome", customer=f.customer, time=now)])
    f = tx.follow_ups.named(follow_up) or f
    return At(tx, f, tx.cards.one(f.customer, f.id), now)


def off_the_list(here: At) -> Result | None:
    """Refused when the card isn't on the list any more."""
    return None if here.f.state == "listed" else refused("gone", became(here.f), here.f.id, here.f.outcome_by)


def anothers(here: At, by: str) -> Result | None:
    """Refused when somebody else has the card open."""
    h = here.handling
    if not (other := h.others(by, here.now)):
        return None
    ran_out = " Your claim had run out." if h.lost and by and h.lost.casefold() == by.strip().casefold() else ""
    return refused("held", f"{other} has this card open.{ran_out}", here.f.id, other, h.until)


def too_long(by: str, note: str = "") -> Result | None:
    """Refused when nobody could read that."""
    if len(note) > LONGEST_NOTE:
        text = f"The note has {len(note)} characters; {LONGEST_NOTE} may be. Shorten it and send it again."
        return refused("invalid", text)
    if len(by) > LONGEST_NAME:
        return refused("invalid", f"A name may have {LONGEST_NAME} characters.")
    return None


def digest(*parts: str) -> str:
    """A short name for what was said: the same words have the same."""
    return blake2b("\x1f".join(parts).encode(), digest_size=8).hexdigest()


def _event(here: At, deed: Deed | Event) -> Event:
    if isinstance(deed, Event):
        return deed
    number = f":{here.handling.number}" if here.handling.number else ""
    data = {"follow_up": here.f.id} | {k: v for k, v in deed.data.items() if v not in (None, "", False)}
    return Event(
        id=f"{deed.name}:{here.f.id}{number}", type=deed.type, customer=here.f.customer, time=here.now, data=data
    )


def _say(engine: Engine, f: FollowUp, rule: Rule, here: Situation, text: str) -> Rendered:
    scope = template_scope(f, rule, here, []) | {"business": dict(engine.business)}
    return engine.renderer.render_text(text, scope)

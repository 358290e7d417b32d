"""Contacts made by hand: may somebody be contacted now, and writing down that somebody was.

Both ask the guard that every rule's contacts pass. What is written down is an event like any other, and comes in by the
same door.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from outreach.core.by_hand import Shift, Verdict, a_contact, may
from outreach.core.event import Event
from outreach.core.follow_up import TOUCHING
from outreach.core.merging import carrier, on_cap
from outreach.core.trace import Reason
from outreach.core.zone import to_local
from outreach.engine import Engine
from outreach.errors import InputError
from outreach.flow.forwarding import known_as
from outreach.flow.standings import load_standings
from outreach.saying import reason
from outreach.store.store import Transaction

#: A database that was restored doesn't know whom it contacted since its backup, nor who said stop.
QUARANTINE = Reason(
    code="quarantine",
    text="the database was restored, and what was sent and who said stop since its backup is missing in it: nobody can"
    " tell until you run `outreach db reopen`",
)


class UnknownCustomerError(InputError):
    """Nobody has this id."""


CHANNELS = tuple(sorted(TOUCHING))
DIRECTIONS = ("outbound", "inbound")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A contact as somebody asks for it, or tells of it. `time` (UTC) is when it was made, None: now; `id` makes
    telling it twice count once; `override` is the reason why it was made all the same."""

    customer: str
    channel: str = "call"
    purpose: str = "care"
    direction: str = "outbound"
    note: str = ""
    by: str = ""
    override: str = ""
    time: datetime | None = None
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the guard says to this contact at `at`; `zone` is the clock to tell it by. The contact's customer is the one
    who is meant, where she was asked for by the id of one who has become her."""

    contact: Contact
    at: datetime
    zone: str
    verdict: Verdict = field(default_factory=lambda: Verdict(reasons=(), next=None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """What became of it: `accepted`, `duplicate`, or `refused` because the guard objects and nobody said why all the
    same."""

    status: str
    id: str
    answer: Answer


def ask(engine: Engine, contact: Contact) -> Answer:
    """May this contact be made? Nothing is written. Raises InputError for what isn't known."""
    _check(engine, contact)
    with engine.store.reading() as tx:
        return _ask(engine, tx, contact, contact.time or engine.clock.now())


def log(engine: Engine, contact: Contact) -> Logged:
    """Write down a contact that was made, or is about to be. Raises InputError, DatabaseError."""
    _check(engine, contact)
    at = contact.time or engine.clock.now()
    name = contact.id or f"contact:{contact.channel}:{at.isoformat()}"
    with engine.store.reading() as tx:
        answer = _ask(engine, tx, contact, at)
        if contact.id and ("", contact.id) in tx.events.received(answer.contact.customer):
            return Logged(status="duplicate", id=name, answer=answer)
    if not answer.verdict.allowed and not contact.override:
        return Logged(status="refused", id=name, answer=answer)
    receipt = engine.ingest([_event(answer.contact, name, at)])[0]
    if receipt.status == "rejected":
        raise InputError(receipt.reason)
    engine.notify()
    return Logged(status=receipt.status, id=name, answer=answer)


def _check(engine: Engine, contact: Contact) -> None:
    for name, value, known in (
        ("channel", contact.channel, CHANNELS), ("purpose", contact.purpose, tuple(engine.policy.cadence.purposes)),
        ("direction", contact.direction, DIRECTIONS),
    ):  # fmt: skip
        if value not in known:
            raise InputError(f"{name} {value!r} is unknown: use one of {', '.join(known)}")


def _ask(engine: Engine, tx: Transaction, contact: Contact, at: datetime) -> Answer:
    person = known_as(tx, contact.customer)
    if person is None:
        told = "`outreach customers import FILE` brings customers in"
        raise UnknownCustomerError(f"customer {contact.customer!r} is not known; {told}")
    contact = replace(contact, customer=person.id)
    zone = engine.policy.wall_zone(person)
    if contact.direction == "inbound":
        return Answer(contact=contact, at=at, zone=zone)
    if tx.house.quarantined() is not None:
        return Answer(contact=contact, at=at, zone=zone, verdict=Verdict(reasons=(QUARANTINE,), next=None))
    now, paused = engine.clock.now(), tx.house.paused()
    at = min(at, now)
    standing = load_standings(tx, {person.id: person}, at, engine.policy)[person.id]
    mine = tx.follow_ups.open_of([person.id]).get(person.id, [])
    ahead = [
        f for f in mine
        if f.state == "scheduled" and f.rule not in paused and f.valid_until >= now and not carrier(f, mine, now)
    ]  # fmt: skip
    f = a_contact(person.id, contact.channel, contact.purpose, at)
    verdict = may(f, now, ahead, standing, engine.policy, on_cap("drop", ahead, engine.rules))
    return Answer(contact=contact, at=at, zone=zone, verdict=verdict)


def _event(contact: Contact, name: str, at: datetime) -> Event:
    said = {
        "channel": contact.channel, "direction": contact.direction, "purpose": contact.purpose, "note": contact.note,
        "by": contact.by, "override": contact.override,
    }  # fmt: skip
    return Event(
        id=name, type="contact.made", customer=contact.customer, time=at, data={k: v for k, v in said.items() if v}
    )


def plain(answer: Answer) -> dict[str, Any]:
    """For programs. Instants are UTC; `next_local` is the same on the customer's clock."""
    verdict, contact = answer.verdict, answer.contact
    return {
        "customer": contact.customer, "channel": contact.channel, "purpose": contact.purpose,
        "at": answer.at.isoformat(), "may": verdict.allowed, "reasons": [_reason(r) for r in verdict.reasons],
        "next": verdict.next.isoformat() if verdict.next else None, "zone": answer.zone,
        "next_local": to_local(verdict.next, answer.zone).isoformat() if verdict.next else None,
        "moves": [_shift(s) for s in verdict.shifts],
    }  # fmt: skip


def _reason(r: Reason) -> dict[str, Any]:
    return {"code": r.code, "text": reason(r), "numbers": r.numbers}


def _shift(s: Shift) -> dict[str, Any]:
    f = s.follow_up
    return {
        "follow_up": f.id, "rule": f.rule, "step": f.step, "channel": f.channel, "priority": f.priority,
        "from": s.before.isoformat(), "to": s.after.isoformat() if s.after else None,
    }  # fmt: skip

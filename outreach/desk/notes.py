"""Notes on a customer, and what is remembered of her, written by staff at any time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from outreach.core.event import Event
from outreach.desk.card import Result, refused
from outreach.desk.telling import digest, too_long
from outreach.engine import Engine
from outreach.errors import InputError
from outreach.flow.forwarding import known_as


def add_note(engine: Engine, customer: str, note: str, by: str, *, id: str = "") -> Result:
    """Write down a note: an event `note.added`. Saying it again with the same `id` is one note. Raises InputError for
    an unknown customer."""
    if not note.strip():
        return refused("invalid", "The note is empty.")
    if (no := too_long(by, note)) is not None:
        return no
    return _tell(engine, customer, "note.added", {"note": note, "by": by}, id)


def remember(engine: Engine, customer: str, name: str, value: str, by: str, until: datetime | None = None) -> Result:
    """Remember something of her, such as `meal`: `likes it well done`, until then (UTC; None: for ever): an event
    `memory.added`. It stands on every card. Raises InputError for an unknown customer."""
    if not name.strip() or not value.strip():
        return refused("invalid", "Say what is to be remembered, and under which name.")
    if until is not None and until <= engine.clock.now():
        return refused("invalid", "The time until which it is worth knowing is past.")
    end = until.astimezone(UTC).isoformat() if until else ""
    return _tell(engine, customer, "memory.added", {"name": name.strip(), "value": value, "by": by, "until": end}, "")


def _tell(engine: Engine, customer: str, type: str, data: dict[str, Any], id: str) -> Result:
    now = engine.clock.now()
    with engine.store.reading() as tx:
        person = known_as(tx, customer)
    if person is None:
        raise InputError(f"customer {customer!r} is not known; `outreach customers import FILE` brings customers in")
    said = {name: value for name, value in data.items() if value}
    event = Event(
        id=id or f"{type}:{now.isoformat()}:{digest(*map(str, said.values()))}",
        type=type,
        customer=person.id,
        time=now,
        data=said,
    )
    [receipt] = engine.ingest([event])
    if receipt.status == "rejected":
        return refused("invalid", f"{receipt.reason}.")
    engine.notify()
    return Result(status="done" if receipt.status == "accepted" else "duplicate", id=event.id)

"""The rows that a proof reads, as they lie in the tables: plain values, instants in microseconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from outreach.store.codec import load

#: States in which a touch holds no place.
RELEASED = "released"
#: The state of a follow-up whose customer has become another one: it goes on there.
FORWARDED = "forwarded"


class Known(NamedTuple):
    """What the guard wrote down when it let a touch pass. `policy` is "" where that wasn't kept yet."""

    policy: str = ""
    zones: tuple[str, ...] = ()
    places: frozenset[tuple[str, str]] = frozenset()
    home: tuple[str, str] = ("", "")


@lru_cache(maxsize=4096)
def read_known(text: str) -> Known:
    """Of the column `known`. What can't be read is from a policy that nobody knows."""
    if not text:
        return Known()
    try:
        told = load(text)
        places = frozenset((country, part) for country, part in told["places"])
        return Known(told["policy"], tuple(told["zones"]), places, (told["home"][0], told["home"][1]))
    except (msgspec.DecodeError, LookupError, TypeError, ValueError):
        return Known("unreadable")


class Entry(NamedTuple):
    """A row of the ledger under one subject."""

    subject: str
    id: str
    customer: str
    at: int
    gap_until: int | None
    channel: str
    purpose: str
    state: str
    counts: str
    follow_up: str
    address_key: str
    by: str
    known: str

    @property
    def live(self) -> bool:
        """Whether it stands."""
        return self.state != RELEASED

    @property
    def decided(self) -> bool:
        """Whether the guard was asked; else a person made this contact, or it is from before this was kept."""
        return bool(self.known)


class Planned(NamedTuple):
    """A follow-up, as far as it matters here."""

    customer: str
    id: str
    rule: str
    step: str
    trigger: str
    event: str
    event_source: str
    channel: str
    state: str
    reason: str
    wake: int | None
    ended: int | None
    listed: int | None
    outcome: str
    overlay: str | None

    @property
    def promised(self) -> str:
        """The moment at which she was promised this call; "" when it is the step's own."""
        told = load(self.overlay) if self.overlay and '"promise"' in self.overlay else None
        promise = told.get("promise") if isinstance(told, dict) else None
        return str(promise.get("at", "")) if isinstance(promise, dict) else ""


class Tried(NamedTuple):
    """An attempt to send."""

    customer: str
    id: str
    follow_up: str
    number: int
    state: str
    channel: str
    address_key: str
    made: int
    ended: int | None
    send_at: int | None


class Heard(NamedTuple):
    """An event: when it happened and when it came in. `data` is "" where it doesn't matter."""

    customer: str
    source: str
    id: str
    type: str
    time: int
    received: int
    data: str

    def told(self, name: str) -> Any:
        """One of its fields."""
        return (load(self.data) or {}).get(name)


class Said(NamedTuple):
    """A line of consent history; at an address, a withdrawal that somebody has sent from there."""

    customer: str
    channel: str
    purpose: str
    given: bool
    at: int
    evidence: str
    basis: str
    expires: int | None
    source: str = ""


class Held(NamedTuple):
    """A hold, or one of the marks that a customer's words leave."""

    customer: str
    name: str
    key: str
    opened: int
    closed: int | None


class Listed(NamedTuple):
    """An entry of the suppression list."""

    key: str
    scope: str
    reason: str
    since: int


class Row(NamedTuple):
    """Who a customer is today, as far as her hours and laws hang on it, and since when."""

    id: str
    timezone: str
    country: str
    region: str
    phone: str
    updated: int


@dataclass(slots=True)
class Person:
    """All that lies in the tables about one customer."""

    id: str
    row: Row | None = None
    entries: list[Entry] = field(default_factory=list)
    planned: list[Planned] = field(default_factory=list)
    tried: list[Tried] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)

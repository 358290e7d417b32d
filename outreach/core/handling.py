"""How staff handle a card: who has it open, who skipped it, what was done last and may still be taken back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

#: A claim is a lease of this length; claiming again renews it.
LEASE: Final = timedelta(minutes=10)
#: What was done with a card may be taken back for as long.
UNDO: Final = timedelta(minutes=10)
#: The deed of a card whose latest deed was taken back.
UNDONE: Final = "undone"
#: In the place of what it takes to undo a deed: its customer has become another one since.
UNITED: Final = "united"


@dataclass(slots=True, kw_only=True)
class Handling:
    """One card's. `holder` has had it open since `since`, and until `until` unless it is renewed; `lost` is who had it
    before and let the time run out. `skipped` maps whoever skipped it to the moment (RFC 3339). `number` counts what
    was done with it; the latest was `deed` (an event's type, or `skip`), `by` whom, `at` when, told by the event
    (`source`, `event`); `before` is what it takes to undo it. `dial` is the latest call that was put
    through for it (see `core.dialling`)."""

    customer: str
    id: str
    holder: str = ""
    since: datetime | None = None
    until: datetime | None = None
    lost: str = ""
    skipped: dict[str, str] = field(default_factory=dict)
    number: int = 0
    deed: str = ""
    by: str = ""
    at: datetime | None = None
    event: str = ""
    source: str = ""
    before: dict[str, Any] = field(default_factory=dict)
    dial: dict[str, Any] = field(default_factory=dict)

    def held(self, now: datetime) -> str:
        """Who has it open at this moment; "" when it is free."""
        return self.holder if self.until is not None and now < self.until else ""

    def others(self, by: str, now: datetime) -> str:
        """Who has it open, if that is somebody else than `by`."""
        holder = self.held(now)
        return "" if same(holder, by) else holder

    def undo_until(self) -> datetime | None:
        """Until when the latest deed may be taken back; None when there is none."""
        over = self.deed in ("", UNDONE) or UNITED in self.before
        return self.at + UNDO if self.at is not None and not over else None


def settled(h: Handling, now: datetime) -> Handling:
    """What was done with the card can't be taken back any more, for its customer has become another one, or another one
    has become her: what it changed has other names by now, or was arranged anew."""
    until = h.undo_until()
    late = until is not None and now >= until
    return replace(h, before={} if late or not h.number else {UNITED: True})


def handed_over(h: Handling, there: Handling, now: datetime) -> Handling:
    """`h`, of a card that has become `there`. Who has it open keeps it, unless somebody has `there` open."""
    lease = there if there.held(now) or not h.held(now) else h
    latest = there if there.number and not h.number else settled(h, now)
    return replace(
        latest, customer=there.customer, id=there.id, number=max(h.number, there.number),
        holder=lease.holder, since=lease.since, until=lease.until, lost=lease.lost, skipped=h.skipped | there.skipped,
    )  # fmt: skip


def same(one: str, other: str) -> bool:
    """Whether two names mean the same person."""
    return one.strip().casefold() == other.strip().casefold()


def key(by: str) -> str:
    """The name under which a person's skips are kept."""
    return by.strip().casefold()

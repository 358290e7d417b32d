"""What was heard of a customer besides the rules' own contacts: contacts made by hand, and her signs of life."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from outreach.core.customer import Customer
from outreach.core.event import Event
from outreach.core.keys import bucket_of, make_id
from outreach.core.signs import is_sign
from outreach.core.trace import Reason, Trace
from outreach.store.store import Transaction

#: Of a long life the latest are told.
MOST = 50
#: What is told of an event, where it has it.
_TOLD = ("channel", "purpose", "by", "note", "override", "outcome")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One of them. `kind` is `by_hand` (we contacted her), `inbound` (she contacted us by a channel) or `sign`; `data`
    what was said of it; `reasons` what the guard said to a contact by hand."""

    at: datetime
    kind: str
    type: str
    event: str
    data: Mapping[str, str]
    reasons: tuple[Reason, ...] = ()

    def plain(self) -> dict[str, Any]:
        """For programs."""
        reasons = [{"code": r.code, "text": r.text, "numbers": r.numbers} for r in self.reasons]
        return {
            "at": self.at.isoformat(), "kind": self.kind, "type": self.type, "event": self.event,
            "data": dict(self.data), "reasons": reasons,
        }  # fmt: skip


def heard(tx: Transaction, person: Customer, events: Iterable[Event], traces: Iterable[Trace]) -> tuple[Heard, ...]:
    """The latest of them in order of time."""
    judged = {t.follow_up: t.reasons for t in traces if t.decision == "by_hand"}
    bucket = bucket_of(tx.tenant, person.id)
    found = []
    for e in events:
        if kind := _kind(e):
            reasons = judged.get(make_id(bucket, "contact", e.source, e.id), ()) if kind == "by_hand" else ()
            data = {name: str(e.data[name]) for name in _TOLD if e.data.get(name)}
            found.append(Heard(at=e.time, kind=kind, type=e.type, event=e.id, data=data, reasons=reasons))
    return tuple(sorted(found, key=lambda h: (h.at, h.event))[-MOST:])


def _kind(event: Event) -> str:
    if event.type == "contact.made":
        direction = str(event.data.get("direction") or "outbound").strip().lower()
        return "inbound" if direction == "inbound" else "by_hand"
    if not is_sign(event):
        return ""
    return "inbound" if event.type in ("message.received", "call.received") else "sign"

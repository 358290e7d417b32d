"""What staff do with a card besides saying what came of it: snooze it, call it off, give it to somebody else; and what
they remember of a customer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Final

from outreach.core.event import Event
from outreach.core.follow_up import BY_STAFF, FollowUp, evolve
from outreach.core.memory import remembered
from outreach.core.promise import handed_on, moment, promise_of
from outreach.core.trace import Reason
from outreach.flow.batch import Batch
from outreach.flow.outcomes import follow_on

#: Events of this chapter, with the fields that they can't do without.
HANDLING: Final[Mapping[str, tuple[str, ...]]] = {
    "card.snoozed": ("follow_up", "until"), "card.cancelled": ("follow_up",), "card.assigned": ("follow_up",),
    "card.undone": ("follow_up",), "outcome.undone": ("follow_up",), "memory.added": ("name", "value"),
}  # fmt: skip


def no_deed(event: Event) -> str:
    """Why such an event can't be taken as it is; "" when it can."""
    for name in HANDLING[event.type]:
        if event.data.get(name) in (None, ""):
            return f"{event.type} needs `{name}`"
    until = event.data.get("until")
    if until not in (None, "") and moment(until) is None:
        return f"`until` {until!r} is no time: write 2026-11-03T14:00:00-05:00, with its offset"
    return ""


def snooze(batch: Batch, event: Event) -> None:
    """Off the list until then; it gives its place back, and is judged anew when it comes back."""
    f, until = card(batch, event), moment(event.data["until"])
    if f is None or f.state != "listed" or until is None or not batch.now < until <= f.valid_until:
        return
    at = until.astimezone(UTC)
    batch.card = f
    batch.changes.release(f)
    later = evolve(f, state="scheduled", due=at, wake=at, listed=None, reason="snoozed")
    _note(batch, event, later, "snoozed", {"until": at.isoformat()})
    batch.room_for_others(f, "snoozed")


def cancel(batch: Batch, event: Event) -> None:
    """This call or task is called off; with `run` all that lies ahead of its run."""
    f = card(batch, event)
    if f is None:
        return
    batch.card = f
    over = batch.end(f, "cancelled", _reason(event, "called_off"))
    if not event.data.get("run"):
        follow_on(batch, evolve(over, outcome="cancelled", outcome_by=str(event.data.get("by", ""))))
        return
    for other in batch.ahead(f.customer):
        if other.run == f.run:
            batch.end(other, "cancelled", _reason(event, "called_off"))


def assign(batch: Batch, event: Event) -> None:
    """It is another's, or another site's, from now on."""
    f, data = card(batch, event), event.data
    if f is None:
        return
    new = evolve(f, **{n: str(data[k]) for k, n in (("to", "assign"), ("site", "site")) if data.get(k) is not None})
    if promise_of(f) is not None and data.get("to") is not None:
        new = evolve(new, overlay=handed_on(f))
    _note(batch, event, new, "noted", {"to": new.assign or "anyone", "site": new.site or None}, "assigned")


def remember(batch: Batch, event: Event) -> None:
    """What somebody knows of her stands on her cards from now on."""
    data, customer = event.data, batch.customers[event.customer]
    until = moment(data["until"]) if data.get("until") else None
    source = f"staff {data.get('by') or ''}".strip()
    fact = remembered(data["value"], event.time, source, until.astimezone(UTC) if until else None)
    new = evolve(customer, memory=customer.memory | {str(data["name"]): fact})
    batch.customers[event.customer] = new
    batch.tx.customers.save([new], batch.now)


def card(batch: Batch, event: Event) -> FollowUp | None:
    """The call or task that the event speaks of, while it lies ahead."""
    asked = str(event.data["follow_up"])
    return next((f for f in batch.ahead(event.customer) if f.id == asked and f.channel in BY_STAFF), None)


def _note(
    batch: Batch, event: Event, new: FollowUp, decision: str, numbers: Mapping[str, object], code: str = ""
) -> None:  # fmt: skip
    batch.changes.change(new, decision, (_reason(event, code or decision, **numbers),), batch.now)


def _reason(event: Event, code: str, **numbers: object) -> Reason:
    said = {"by": event.data.get("by") or None, "event": event.id}
    return Reason(code=code, text=str(event.data.get("why") or ""), numbers=said | numbers)

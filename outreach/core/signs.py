"""Signs of life: what a customer did herself. Any of them ends the back-off."""

from __future__ import annotations

from typing import Final

from outreach.core.event import Event

#: Events of ours, or about her and not by her. Every other one is a sign of life: a house that gets news from a till
#: or a booking system has too many types to list them.
BOOKKEEPING: Final = (
    "card.assigned", "card.cancelled", "card.snoozed", "card.undone", "complaint.resolved", "consent.given",
    "consent.withdrawn", "customer.changed", "customer.merged", "memory.added", "message.bounced", "note.added",
    "outcome.undone",
)  # fmt: skip
#: Of these types only some are, by one of their fields: a call that reached her, a contact that she made.
ONLY_IF: Final = {"outcome": ("outcome", ("call_back", "reached")), "contact.made": ("direction", ("inbound",))}


def is_sign(event: Event) -> bool:
    """Whether the customer herself was at work in this event."""
    if event.type in ONLY_IF:
        field, values = ONLY_IF[event.type]
        return event.data.get(field) in values
    return event.type not in BOOKKEEPING

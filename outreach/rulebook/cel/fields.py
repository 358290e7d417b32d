"""Which fields a condition may name, and which one was meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from outreach.core.customer import KNOWN
from outreach.core.occasions import FIELDS
from outreach.core.rule import type_matches
from outreach.rulebook.cel.problem import nearest
from outreach.rulebook.cel.spelling import spelled

#: What every event, customer and previous step has.
EVENT: Final = frozenset({"type", "time", "site", "id"})
CUSTOMER: Final = frozenset({*KNOWN, "id", "tags", "memory"})
PREVIOUS: Final = frozenset({"outcome", "by", "note"})
#: Types that mean something to the engine itself: they need no declaration to be known.
OWN_TYPES: Final = (
    "complaint.opened", "complaint.resolved", "consent.given", "consent.withdrawn", "message.received",
    "call.received", "visit", "purchase", "outcome", "contact.made", "customer.merged", "customer.changed",
    "message.bounced", "message.clicked",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """The fields seen so far or declared: of events by type (None, or no entry: nothing is known of it), of customers.

    What every event and every customer has need not be listed. A field of a field is written `address.city`.
    """

    event_fields: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    customer_fields: frozenset[str] = frozenset()


class Fields:
    """The known fields for a rule on these event types (`order.*` stands for all that are known)."""

    def __init__(self, known: Known, event_types: Sequence[str]):
        self.known = known
        listed_too = FIELDS if any(t in FIELDS for t in event_types) else {}
        matched = {pattern: _matched(pattern, {**known.event_fields, **listed_too}) for pattern in event_types}
        #: Types (or patterns) of the rule of which no fields are known.
        self.unknown = [p for p, types in matched.items() if not any(types.values()) and p not in FIELDS]
        listed = frozenset().union(*(fields or () for types in matched.values() for fields in types.values()))
        self.event = listed | EVENT
        self.customer = known.customer_fields | CUSTOMER
        self.types = ", ".join(f"`{pattern}`" for pattern in event_types)

    def of_type(self, type_: str) -> frozenset[str] | None:
        """The fields of one event type; None when nothing is known of it."""
        listed = self.known.event_fields.get(type_)
        return None if listed is None else listed | EVENT

    def homes(self, name: str) -> list[str]:
        """Where a name that stands alone may belong: `event.service` for `service`; near names if there is none."""
        places = {"event": self.event, "customer": self.customer, "previous": PREVIOUS}
        exact = [spelled(root, name) for root, fields in places.items() if name in fields]
        near = ((root, nearest(name, fields)) for root, fields in places.items())
        return exact or [spelled(root, found) for root, found in near if found]


def has(path: tuple[str, ...], fields: Iterable[str]) -> bool:
    """Whether the path begins with a known field, or leads to one (`address` when `address.city` is known)."""
    whole = ".".join(path) + "."
    return any(whole.startswith(f"{name}.") or f"{name}.".startswith(whole) for name in fields)


def _matched(pattern: str, known: Mapping[str, frozenset[str] | None]) -> dict[str, frozenset[str] | None]:
    return {type_: fields for type_, fields in known.items() if type_matches(pattern, type_)}

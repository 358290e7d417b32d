"""The fields that conditions may name: what `rules/fields.yaml` declares, together with what events brought so far.

The file may be written with types or, shorter, as lists of names:

    events:
      appointment.completed: {service: string, total: number}
      visit: [room, guests]
    customers: {renews_on: date}
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Field, PlainValidator, TypeAdapter

from outreach.errors import Problem
from outreach.rulebook import hints
from outreach.rulebook.cel.fields import EVENT, OWN_TYPES, Fields, Known, has
from outreach.rulebook.cel.problem import nearest
from outreach.rulebook.places import Node
from outreach.rulebook.shape import Shape, fit
from outreach.rulebook.values import EventType, matching
from outreach.rulebook.wording import complaint, described

_PATH: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:[.][A-Za-z_][A-Za-z0-9_]*)*")
_FieldPath = Annotated[
    str, matching(_PATH, "field name", "letters, digits and `_`; a field of a field is `address.city`")
]
_Type = Literal["string", "number", "boolean", "date", "time", "list", "object", "any"]
_LIST: TypeAdapter[list[str]] = TypeAdapter(list[_FieldPath])
_TYPED: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[_FieldPath, _Type])


def _names(value: object) -> tuple[str, ...]:
    match value:
        case None:
            return ()
        case list():
            return tuple(_LIST.validate_python(value, strict=True))
        case dict():
            return tuple(_TYPED.validate_python(value, strict=True))
    raise complaint("{key} should be a mapping such as `{total: number}`, not " + described(value))


_Names = Annotated[tuple[str, ...], PlainValidator(_names, json_schema_input_type=list[str] | dict[str, _Type] | None)]


class FieldsShape(Shape):
    """What `fields.yaml` may say."""

    called: ClassVar[str] = "fields file"
    bare: ClassVar[frozenset[str]] = frozenset({"customers", "customer"})

    events: dict[EventType, _Names] = Field(default_factory=dict)
    """The fields of each event type's data."""
    customers: _Names = ()
    """The fields of customers besides those that every customer has."""
    customer: _Names = ()
    """The same."""


def known_fields(
    files: Iterable[Node], seen: Mapping[str, Iterable[str]], seen_of_customers: Iterable[str], problems: list[Problem]
) -> Known:
    """Declared and seen, together. What is wrong in the files is added to `problems`."""
    events = {type_: frozenset(names) for type_, names in seen.items()}
    customers = frozenset(seen_of_customers)
    for node in files:
        shape, _ = fit(FieldsShape, node, problems)
        if shape is None:
            continue
        customers = customers.union(shape.customers, shape.customer)
        for type_, names in shape.events.items():
            events[type_] = events.get(type_, frozenset()).union(names)
    return Known(events, customers)


def unknown_field(path: str, event_types: Iterable[str], known: Known) -> tuple[str, str, bool] | None:
    """What is wrong with `event.arrival` in a rule on these types: message, hint, and whether it is certain."""
    root, *parts = path.split(".")
    fields = Fields(known, tuple(event_types))
    listed, whose = (fields.event, fields.types) if root == "event" else (fields.customer, "a customer")
    if not parts or has(tuple(parts), listed):
        return None
    if root == "event" and fields.unknown:
        types = ", ".join(f"`{type_}`" for type_ in fields.unknown)
        return f"no fields are known for {types}", f"so `{path}` can't be checked; declare them in fields.yaml", False
    meant = nearest(".".join(parts), listed) or nearest(parts[0], listed)
    others = ", ".join(sorted(listed - EVENT if root == "event" else listed)) or "not declared"
    return (
        f"`{path}` is not a known field of {whose}",
        f"did you mean `{root}.{meant}`?" if meant else f"known are: {others}",
        True,
    )


def stranger(pattern: str, known: Known) -> str | None:
    """The hint for an event type that nothing is known of; None when it is known."""
    fits = Fields(known, [pattern])
    types = {*known.event_fields, *OWN_TYPES}
    if (
        pattern in types
        or not fits.unknown
        or any(other.startswith(pattern.rstrip("*")) for other in types if "*" in pattern)
    ):
        return None
    bare = pattern.removeprefix("event.")
    meant = bare if bare in types else _near(pattern, types)
    return f"did you mean `{meant}`?" if meant else "declare it in fields.yaml, so that its fields can be checked"


def _near(pattern: str, types: Iterable[str]) -> str:
    """The type that was probably meant; `order.cancelled` isn't `order.placed`, however much of it is the same."""
    found = hints.nearest(pattern, types)
    (head, _, tail), (their_head, _, their_tail) = pattern.rpartition("."), found.rpartition(".")
    return found if head != their_head or hints.nearest(tail, [their_tail]) else ""

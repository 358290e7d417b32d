"""The shape of a trigger: event types, or a mapping that says by one of its words which kind it is."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import PlainValidator, TypeAdapter

from outreach.core.moment import Span
from outreach.rulebook.hints import any_of, nearest
from outreach.rulebook.shape import Shape
from outreach.rulebook.times import CronText, EveryText, SpanText
from outreach.rulebook.values import FieldName, SomeEventTypes
from outreach.rulebook.wording import complaint, described

_TYPES: TypeAdapter[tuple[str, ...]] = TypeAdapter(SomeEventTypes)


class MissingShape(Shape):
    """Fires when an event did not come in time."""

    called: ClassVar[str] = "trigger"

    missing: SomeEventTypes
    """The event that should have come."""
    within: SpanText
    """In what time."""
    after: SomeEventTypes
    """The event that it should have followed."""
    key: FieldName = ""
    """The field that both events share, such as `order_id`; without it any event of the customer's counts."""


def _customers_date(value: object) -> str:
    """`customer.birthday` → `birthday`."""
    root, _, name = value.partition(".") if isinstance(value, str) else ("", "", "")
    if root == "customer" and name.replace(".", "_").isidentifier():
        return name
    if root == "event":
        hint = f"write `on:` with the event and `at: on {value}` in the step"
        raise complaint("a date trigger turns around a date of the customer, not of an event", hint)
    bare = isinstance(value, str) and value.isidentifier()
    raise complaint(f"{described(value)} is no date of a customer", f"write `customer.{value if bare else 'birthday'}`")


class DateShape(Shape):
    """Fires when a date of the customer's comes, in her time zone."""

    called: ClassVar[str] = "trigger"

    date: Annotated[str, PlainValidator(_customers_date, json_schema_input_type=str)]
    """The customer's date: `customer.birthday` (its year may be missing), `customer.renews_on` …"""
    repeat: Literal["yearly", "never"] = "yearly"
    """`yearly`, or `never`: once, on the date itself."""
    feb29: Literal["feb28", "mar1"] = "feb28"
    """Where 29 February falls in a common year."""


def _silence(value: object) -> Span:
    if isinstance(value, str) and "usual" in value.lower().split():
        raise complaint(f"{described(value)} is not yet supported", "a fixed time is: `inactive: 90 days`")
    return _SPAN.validate_python(value)


_SPAN: TypeAdapter[Span] = TypeAdapter(SpanText)


class InactiveShape(Shape):
    """Fires when none of these events came for so long."""

    called: ClassVar[str] = "trigger"

    inactive: Annotated[Span, PlainValidator(_silence, json_schema_input_type=str)]
    """For how long: `90 days`."""
    events: SomeEventTypes = ()
    """The events that would have ended the silence; all that the customer made, if it is left out."""


class EveryShape(Shape):
    """Fires at these times of the week, on the customer's clock."""

    called: ClassVar[str] = "trigger"

    every: EveryText
    """`mon 09:00`, `mon-fri 09:00`, `day 09:00`."""


class CronShape(Shape):
    """Fires at these times of the month, on the customer's clock."""

    called: ClassVar[str] = "trigger"

    cron: CronText
    """Minute, hour, day of the month, month, weekday: `0 9 1 * *`."""


TriggerShape = MissingShape | DateShape | InactiveShape | EveryShape | CronShape
_KINDS: dict[str, type[TriggerShape]] = {
    "missing": MissingShape, "date": DateShape, "inactive": InactiveShape, "every": EveryShape, "cron": CronShape,
}  # fmt: skip


def _trigger(value: object) -> tuple[str, ...] | TriggerShape:
    """Event types, or a mapping that says which kind of trigger it is by one of its words."""
    if not isinstance(value, dict):
        return _TYPES.validate_python(value)
    kind = next((key for key in value if key in _KINDS), None)
    kind = kind or next((near for key in value if (near := nearest(str(key), _KINDS))), None)
    if kind is None:
        hint = f"write an event type, or a mapping with {any_of(_KINDS)}"
        raise complaint(f"{described(value)} of this kind is no trigger", hint)
    return _KINDS[kind].model_validate(value)


TriggerKey = Annotated[
    tuple[str, ...] | TriggerShape,
    PlainValidator(_trigger, json_schema_input_type=str | list[str] | TriggerShape),
]

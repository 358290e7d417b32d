"""The shape of a trigger: event types, or a mapping that says by its first word which kind it is."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import PlainValidator, TypeAdapter, ValidationError
from pydantic_core import InitErrorDetails

from outreach.rulebook.hints import nearest
from outreach.rulebook.not_yet import keys_to_come, not_yet
from outreach.rulebook.shape import Shape
from outreach.rulebook.times import SpanText
from outreach.rulebook.values import FieldName, SomeEventTypes
from outreach.rulebook.wording import complaint, described

_TYPES: TypeAdapter[tuple[str, ...]] = TypeAdapter(SomeEventTypes)
_FORMS = "write an event type, or `{missing: …, within: …, after: …}`"


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


def _trigger(value: object) -> tuple[str, ...] | MissingShape:
    """Event types, or a mapping that says which kind of trigger it is by its first word."""
    if not isinstance(value, dict):
        return _TYPES.validate_python(value)
    if any(nearest(key, ["missing"]) for key in value):
        return MissingShape.model_validate(value)
    for key in value:
        said = not_yet("trigger", nearest(key, keys_to_come("trigger")))
        if said:
            error = complaint(said, _FORMS, at_key=True)
            raise ValidationError.from_exception_data("trigger", [InitErrorDetails(type=error, loc=(key,), input=key)])
    raise complaint(f"{described(value)} of this kind is no trigger", _FORMS)


TriggerKey = Annotated[
    tuple[str, ...] | MissingShape, PlainValidator(_trigger, json_schema_input_type=str | list[str] | MissingShape)
]

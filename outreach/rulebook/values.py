"""The names and words of the rules as values that pydantic checks, each with its own complaint and its JSON type."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BeforeValidator, PlainValidator, ValidationError
from pydantic_core import InitErrorDetails

from outreach.rulebook.naming import FIELD, NAME, TYPE, field_hint, hold_hint, name_hint, template_hint, type_hint
from outreach.rulebook.times import DateText
from outreach.rulebook.wording import complaint, described


def is_field(name: object) -> bool:
    """Whether this can name a field."""
    return isinstance(name, str) and FIELD.fullmatch(name) is not None


#: Characters of a name of any kind.
LONGEST: Final = 200


def matching(pattern: re.Pattern[str], said: str, hint: str | Callable[[str], str]) -> AfterValidator:
    """Text that fits the pattern; what doesn't is no `said`."""

    def check(value: str) -> str:
        if not value:
            raise complaint("{key} is empty", hint if isinstance(hint, str) else "")
        if len(value) > LONGEST or not pattern.fullmatch(value):
            raise complaint(f"{described(value)} is no {said}", hint if isinstance(hint, str) else hint(value))
        return value

    return AfterValidator(check)


def _listed(value: object) -> object:
    """A single value may stand for a list of one."""
    return tuple(value) if isinstance(value, list) else (value,)


def _some(value: object) -> object:
    if value == []:
        raise complaint("{key} is empty", "name at least one")
    return _listed(value)


def _yes_or_no(value: object) -> object:
    """`yes` is a text in YAML 1.2; people write it all the same."""
    return {"yes": True, "no": False}.get(value, value) if isinstance(value, str) else value


def _conditions(value: object) -> object:
    """One condition, or a list of them; `true` alone is none."""
    for i, item in enumerate(value if isinstance(value, list) else [value]):
        if item is not None and not isinstance(item, str):
            hint = "leave it out: without a condition it always holds" if item is True else "write `event.total >= 30`"
            error = complaint(f"a condition is a text, not {described(item)}", hint)
            if not isinstance(value, list):
                raise error
            raise ValidationError.from_exception_data("when", [InitErrorDetails(type=error, loc=(i,), input=item)])
    return _some(value)


def _templates(value: object) -> object:
    """A single template is a split with one variant that has no name."""
    if not isinstance(value, dict):
        return {"": value}
    odd = next((variant for variant in value if not NAME.fullmatch(variant)), None)
    if odd is not None or len(value) < 2:
        said = "a split needs two variants" if odd is None else f"{described(odd)} can't name a variant"
        raise complaint(said, "write `{a: thanks-warm, b: thanks-short}`")
    return value


def _share(value: object) -> float:
    """`10%` → 0.1."""
    number = value.strip() if isinstance(value, str) else ""
    if number.endswith("%") and number.count(".") < 2 and number[:-1].strip().replace(".", "0").isdecimal():
        share = float(number[:-1]) / 100
        if 0 <= share < 1:
            return share
        raise complaint(f"{described(value)} would leave nobody", "write a share below `100%`")
    raise complaint(f"{described(value)} is no share", "write `10%`")


ShareText = Annotated[float, PlainValidator(_share, json_schema_input_type=str)]
YesNo = Annotated[bool, BeforeValidator(_yes_or_no, json_schema_input_type=bool | Literal["yes", "no"])]
EventType = Annotated[str, matching(TYPE, "event type", type_hint)]
FieldName = Annotated[str, matching(FIELD, "field name", field_hint)]
Name = Annotated[str, matching(NAME, "name", name_hint)]
TemplateName = Annotated[str, matching(NAME, "name of a template", template_hint)]
HoldName = Annotated[str, matching(NAME, "name of a hold", hold_hint)]
Purpose = Literal["marketing", "care", "transactional", "safety"]
Touching = Literal["sms", "email", "call"]

#: One, or a list of them.
_TextList = str | list[str]
EventTypes = Annotated[tuple[EventType, ...], BeforeValidator(_listed, json_schema_input_type=_TextList)]
SomeEventTypes = Annotated[tuple[EventType, ...], BeforeValidator(_some, json_schema_input_type=_TextList)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_some, json_schema_input_type=_TextList)]
Conditions = Annotated[tuple[str, ...], BeforeValidator(_conditions, json_schema_input_type=_TextList)]
Purposes = Annotated[tuple[Purpose, ...], BeforeValidator(_some, json_schema_input_type=Purpose | list[Purpose])]
Channels = Annotated[tuple[Touching, ...], BeforeValidator(_some, json_schema_input_type=Touching | list[Touching])]
Dates = Annotated[tuple[DateText, ...], BeforeValidator(_listed, json_schema_input_type=_TextList)]
Templates = Annotated[dict[str, TemplateName], BeforeValidator(_templates, json_schema_input_type=str | dict[str, str])]

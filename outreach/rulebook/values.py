"""The names and words of the rules as values that pydantic checks, each with its own complaint and its JSON type."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BeforeValidator, PlainValidator

from outreach.rulebook.times import DateText
from outreach.rulebook.wording import complaint, described

NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,78}[A-Za-z0-9])?")
_TYPE: Final = re.compile(r"[A-Za-z0-9_-]+(?:[.:][A-Za-z0-9_-]+)*(?:\.\*)?")
_FIELD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,79}")
NAME_HINT: Final = "letters, digits, `-` and `_`, 80 at the most"


def is_field(name: object) -> bool:
    """Whether this can name a field."""
    return isinstance(name, str) and _FIELD.fullmatch(name) is not None


#: Characters of a name of any kind.
LONGEST: Final = 200


def matching(pattern: re.Pattern[str], said: str, hint: str) -> AfterValidator:
    """Text that fits the pattern; what doesn't is no `said`."""

    def check(value: str) -> str:
        if len(value) > LONGEST or not pattern.fullmatch(value):
            raise complaint(f"{described(value)} is no {said}", hint)
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
EventType = Annotated[str, matching(_TYPE, "event type", "write `purchase`, `order.placed` or `order.*`")]
FieldName = Annotated[str, matching(_FIELD, "field name", "letters, digits and `_`")]
Name = Annotated[str, matching(NAME, "name", NAME_HINT)]
Purpose = Literal["marketing", "care", "transactional", "safety"]
Touching = Literal["sms", "email", "call"]

#: One, or a list of them.
_TextList = str | list[str]
EventTypes = Annotated[tuple[EventType, ...], BeforeValidator(_listed, json_schema_input_type=_TextList)]
SomeEventTypes = Annotated[tuple[EventType, ...], BeforeValidator(_some, json_schema_input_type=_TextList)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_some, json_schema_input_type=_TextList)]
Purposes = Annotated[tuple[Purpose, ...], BeforeValidator(_some, json_schema_input_type=Purpose | list[Purpose])]
Channels = Annotated[tuple[Touching, ...], BeforeValidator(_some, json_schema_input_type=Touching | list[Touching])]
Dates = Annotated[tuple[DateText, ...], BeforeValidator(_listed, json_schema_input_type=_TextList)]
Templates = Annotated[dict[str, Name], BeforeValidator(_templates, json_schema_input_type=str | dict[str, str])]

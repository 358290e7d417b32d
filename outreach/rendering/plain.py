"""What templates get to see: plain values, copied, without methods worth calling; and what stands for what isn't there.

A value that is None or blank counts as missing when it is printed ("Dear ," is never sent), but may be asked for in an
`if` and replaced by `|default`.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from typing import Any

from jinja2 import StrictUndefined, Undefined, UndefinedError
from jinja2.utils import missing

from outreach.rendering.links import may_link, without_links
from outreach.rendering.problem import TemplateProblem

DEEPEST = 20
MOST_VALUES = 20_000

# Control characters, those that turn the direction of the text, and halves of characters: nothing a name needs.
_RANGES = ((0x00, 0x20), (0x7F, 0xA0), (0x202A, 0x202F), (0x2066, 0x206A), (0xD800, 0xE000))
UNWANTED = {code: None for first, end in _RANGES for code in range(first, end) if chr(code) not in "\n\t"}

#: Names of the scope that hold what somebody outside may have written.
FROM_OUTSIDE = frozenset({"customer", "event", "previous", "memory", "history"})


#: What becomes of these when nothing is in them.
EMPTY: dict[type, type] = {dict: dict, list: list, tuple: list}
AS_THEY_ARE = frozenset({bool, int, float, Decimal, type(None), datetime, date, time})


class UnknownName(UndefinedError):
    """Something that isn't there was used. `owner` is the mapping that was asked, None for the template's own names."""

    def __init__(self, name: str | None, owner: object, message: str | None = None):
        super().__init__(message)
        self.name = name
        self.owner = owner if isinstance(owner, Mapping) else None


class Missing(StrictUndefined):
    """A name that doesn't exist: any use of it raises UnknownName, except `is defined` and `|default`."""

    __slots__ = ()

    def __init__(self, hint: str | None = None, obj: Any = missing, name: str | None = None, exc: object = None):
        super().__init__(hint, obj, name, partial(UnknownName, name, obj))  # type: ignore[arg-type]


class Blank(Undefined):
    """A name that exists and holds nothing: false, empty, equal to "" and none; printing it raises UnknownName."""

    __slots__ = ()

    def __init__(self, name: str):
        super().__init__(f"`{name}` is empty", exc=partial(UnknownName, None, None))  # type: ignore[arg-type]

    def __str__(self) -> str:
        self._fail_with_undefined_error()

    def __eq__(self, other: object) -> bool:
        return other is None or other == "" or isinstance(other, Blank)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment]


def blank_or(value: object, name: str) -> object:
    """The value, or a Blank of that name where it holds nothing."""
    return Blank(name) if value is None or (isinstance(value, str) and not value.strip()) else value


def plain(context: Mapping[str, object], used: Container[str], *, links: bool = True) -> dict[str, Any]:
    """A deep copy made of dicts, lists, strings, numbers, booleans, None and instants only. What isn't `used` is left
    as it is: no template sees it, and messages about mistakes name it.

    `links=False` takes links out of what somebody outside may have written: for messages that go to customers.

    Raises:
        TemplateProblem: too much is in it, or too deep.
    """
    room = [MOST_VALUES]
    return {
        name: _copy(value, name, room, links=links or name not in FROM_OUTSIDE) if name in used else value
        for name, value in context.items()
    }


def _copy(value: object, name: str, room: list[int], depth: int = 0, *, links: bool) -> object:
    """`name` is the whole path, `customer.address.city`; `room` for how many values there still is."""
    room[0] -= 1
    if depth > DEEPEST or room[0] < 0:
        raise TemplateProblem(f"`{name}` holds too much for a template")
    kind = type(value)
    if kind in AS_THEY_ARE or (kind is str and value.isprintable() and (links or not may_link(value))):  # type: ignore[attr-defined,arg-type]
        return value
    match value:
        case dict() | Mapping():
            return _copy_each(value, name, room, depth + 1, links)
        case str():
            text = str.__str__(value)
            text = text if text.isprintable() else text.translate(UNWANTED)
            return text if links else without_links(text, name.rpartition(".")[2])
        case bool() | int() | float() | Decimal() | None | datetime() | date() | time():
            return value
        case list() | tuple() | set() | frozenset():
            return [_copy(item, name, room, depth + 1, links=links) for item in value]
        case _:  # it stays behind, and is missed only by a template that asks for it
            return Missing(f"`{name}` is a {type(value).__name__}, which templates can't see")


def _copy_each(values: Mapping[Any, object], name: str, room: list[int], depth: int, links: bool) -> dict[str, object]:
    """The values of a mapping. A customer is a dozen fields, most of them short texts that no link can be in: those are
    seen to here, for to be called for each takes twice as long."""
    if depth > DEEPEST and values:
        name = f"{name}.{next(iter(values))}"
    if len(values) > room[0] or (depth > DEEPEST and values):
        raise TemplateProblem(f"`{name}` holds too much for a template")
    copied: dict[str, object] = {}
    for key, value in values.items():
        kind = type(value)
        if kind in AS_THEY_ARE or (
            kind is str and value.isprintable() and (links or not ("." in value or ":" in value))  # type: ignore[attr-defined,operator]
        ):
            room[0] -= 1
            copied[str(key)] = value
        elif kind in EMPTY and not value:
            room[0] -= 1
            copied[str(key)] = EMPTY[kind]()
        else:
            copied[str(key)] = _copy(value, f"{name}.{key}", room, depth, links=links)
    return copied

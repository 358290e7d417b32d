"""What every door asks of a value: texts that can be keys, times that mean one instant, data that can be kept."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from unicodedata import category

import msgspec

from outreach.rulebook.hints import did_you_mean

LONGEST_TEXT = 200
DEEPEST = 32
#: Databases and conditions count with 64 bits.
BIGGEST = (1 << 63) - 1
LONGEST_LINE = 1 << 20
#: .NET and spreadsheets write an empty time as the year 1 or 1899.
FIRST_YEAR, LAST_YEAR = 1900, 9998
SHOWN = 60

_decode = msgspec.json.Decoder().decode
#: Controls, halves of characters, and what ends a line without being a line feed.
_INVISIBLE = frozenset({"Cc", "Cs", "Zl", "Zp"})
_HALF = re.compile("[\ud800-\udfff]")
_NOT_JSON = re.compile(rb"[:,\[]\s*-?(NaN|Infinity)\b")
_KINDS = {
    str: "a text", bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object",
    type(None): "null",
}  # fmt: skip


class Unfit(Exception):
    """A value that can't be taken. Its text says which and what to write; it never leaves this room."""


def show(value: object) -> str:
    """A value as a reason quotes it: on one line, and not all of it when it is long."""
    if isinstance(value, str):
        return repr(value if len(value) <= SHOWN else value[:SHOWN] + "…")
    return kind(value) if isinstance(value, list | dict) else str(value)[:SHOWN]


def kind(value: object) -> str:
    """What a JSON value is, in words."""
    return _KINDS.get(type(value), type(value).__name__)


def parse(line: bytes) -> Any:
    """Plain data of one JSON text. Raises Unfit with the reason in words."""
    if len(line) > LONGEST_LINE:
        raise Unfit(f"longer than {LONGEST_LINE} bytes: an event says what happened, files belong elsewhere")
    try:
        return _decode(line)
    except RecursionError:
        raise Unfit(_TOO_DEEP) from None
    except UnicodeDecodeError:
        raise Unfit("is not UTF-8: save the file as UTF-8") from None
    except (msgspec.DecodeError, ValueError) as error:
        raise Unfit(f"is not JSON: {_complaint(line, str(error))}") from None


def _complaint(line: bytes, said: str) -> str:
    if not line.strip():
        return "it is empty"
    if found := _NOT_JSON.search(line):
        return f"{found[1].decode()} is no number there, write null"
    if line.lstrip()[:2] == b"{'" or "keys must be strings" in said:
        return "names and texts stand in double quotes"
    if "truncated" in said:
        return "it ends too early, a bracket or a quote is open"
    return said.removeprefix("JSON is malformed: ").partition(" - at")[0].replace("Number out", "a number is out")


def text(plain: Mapping[str, Any], name: str, *, required: bool = False, label: str = "") -> str:
    """The text under `name`, "" when absent; whole numbers are taken as text. Raises Unfit."""
    label, value = label or name, plain.get(name)
    if value is None or value == "":
        if required:
            raise Unfit(f"{label} is {'empty' if value == '' else 'missing'}")
        return ""
    return one_text(value, label)


def one_text(value: object, label: str) -> str:
    """`value` as a text that can be a key: not empty, not long, nothing invisible in it. Raises Unfit."""
    if type(value) is int:
        value = str(value) if abs(value) <= BIGGEST else "9" * (LONGEST_TEXT + 1)
    if not isinstance(value, str):
        raise Unfit(f"{label} must be a text, not {kind(value)}")
    if not value.strip():
        raise Unfit(f"{label} is empty")
    if len(value) > LONGEST_TEXT:
        raise Unfit(f"{label} is longer than {LONGEST_TEXT} characters")
    if not value.isprintable() and (bad := [c for c in value if category(c) in _INVISIBLE]):
        raise Unfit(f"{label} holds a control character ({bad[0]!a})")
    if value != value.strip():
        raise Unfit(f"{label} begins or ends with a space: {show(value)}")
    return value


def instant(value: object, label: str = "time") -> datetime:
    """The instant, in UTC, that an RFC 3339 text means. Raises Unfit."""
    if value is None or value == "":
        raise Unfit(f"{label} is missing")
    if isinstance(value, str):
        try:
            found = msgspec.convert(value, datetime)
        except (msgspec.ValidationError, ValueError):
            raise Unfit(f"{label} {show(value)} can't be read: write 2026-11-02T14:05:00-05:00 or …Z") from None
    elif isinstance(value, datetime):
        found = value
    else:
        raise Unfit(f"{label} must be a text such as 2026-11-02T14:05:00-05:00, not {kind(value)}")
    if found.tzinfo is None:
        raise Unfit(f"{label} has no offset: write 2026-11-02T14:05:00-05:00 or …Z")
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Unfit(f"{label} {show(value)} can't be true: is it empty where it comes from?")
    return found.astimezone(UTC)


def an_object(value: object, label: str) -> dict[str, Any]:
    """`value` as an object that can be stored as it is; nothing is an empty one. Raises Unfit."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Unfit(f"{label} must be an object, not {kind(value)}")
    storable(value, label)
    return value


def storable(value: object, label: str) -> None:
    """Raise Unfit for what no database keeps: endless depth, NaN, NUL, whole numbers beyond 64 bits."""
    level: list[object] = [value]
    for _ in range(DEEPEST):
        deeper: list[object] = []
        for item in level:
            if isinstance(item, dict):
                deeper += [*item.keys(), *item.values()] if item else ()
            elif isinstance(item, list | tuple):
                deeper += item
            elif complaint := _leaf(item):
                raise Unfit(f"{label} holds {complaint}")
        if not deeper:
            return
        level = deeper
    raise Unfit(_TOO_DEEP)


_TOO_DEEP = f"is nested deeper than {DEEPEST} levels"


def _leaf(item: object) -> str:
    if isinstance(item, str):
        if "\0" in item:
            return "a NUL character (\\u0000)"
        return "half a character (\\ud800)" if _HALF.search(item) else ""
    if isinstance(item, float):
        return "" if math.isfinite(item) else "NaN or Infinity: write null"
    if isinstance(item, int):
        return "" if -BIGGEST - 1 <= item <= BIGGEST else f"a whole number beyond {BIGGEST}: write it as a text"
    return "" if item is None else f"something that is not JSON ({type(item).__name__})"


def only(plain: Mapping[str, Any], names: Iterable[str], hint: str) -> None:
    """Raise Unfit when there are other names: what they hold would be lost. `hint` says where it belongs."""
    allowed = tuple(names)
    strange = [n for n in plain if n not in allowed]
    if strange:
        raise Unfit("; ".join(f"`{show(n)[1:-1]}` is unknown: {did_you_mean(n, allowed) or hint}" for n in strange[:3]))

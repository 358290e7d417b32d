"""Slips of the pen in single values, and what to write instead: marks of other notations, quotes of word processors,
a missing space, a value of another kind."""

from __future__ import annotations

import re
from typing import Final

from outreach.rulebook.hints import plain
from outreach.rulebook.meant import value_hint
from outreach.rulebook.places import short

CURLY: Final = "\u201c\u201d\u201e\u2018\u2019\u201a\u00ab\u00bb"
_DASHES: Final = ("-", "\u2013", "\u2014", "\u2212", "\u2022", "*")
_GLUED: Final = re.compile(r"[A-Za-z_][\w-]*:(?=[^\s/])")
_NUMBER: Final = re.compile(r"\+?(\d{1,9})(?:[.,]0+)?\s*[%,;.]?")
_TRUE: Final = frozenset({"on", "y", "yes", "true", "1", "enabled"})
_FALSE: Final = frozenset({"off", "n", "no", "false", "0", "disabled", "never"})
#: A channel → the key that someone meant who wrote a text after it.
_MAIN: Final = {"sms": "template", "email": "template", "call": "script", "task": "title"}
#: What stands in a list of mappings, by the list and by what an item is called.
_ITEMS: Final = {
    "steps": "write `- call:` and its keys below it", "caps": "write `- {max: 4, per: 30 days}`",
    "holds": "write `- {while: complaint}`", "cap": "write `{max: 4, per: 30 days}`",
    "hold": "write `{while: complaint}`", "hours": 'write `{call: {mon-fri: "10:00-18:00"}}`',
    "purposes": "write `{care: {counts: yes}}`", "calendars": "write `{business: {days: mon-fri}}`",
}  # fmt: skip


def slip(value: object) -> str:
    """What to write instead of a text with a slip that has nothing to do with its meaning; empty when it has none.

    >>> slip("care,"), slip("care")
    ('remove the `,` at its end', '')
    """
    if not isinstance(value, str) or not value:
        return ""
    if value[0] in CURLY or value[-1] in CURLY:
        bare = value.strip(CURLY + " ")
        return f"remove the quotes of a word processor: `{short(bare)}`" if bare else ""
    if value.strip() != value and value.strip():
        return "remove the space around it"
    if value[-1] in ",;" and len(value) > 1:
        return f"remove the `{value[-1]}` at its end"
    return ""


def number_hint(value: object) -> str:
    """For what should be a whole number: `070`, `70%`, `"70"`, `high`."""
    if isinstance(value, float):
        return f"write `{int(value)}`" if value.is_integer() else "write it without a fraction"
    if not isinstance(value, str):
        return "write one number"
    found = _NUMBER.fullmatch(value.translate(_DIGITS))
    if found is None:
        return "write it in digits"
    number = str(int(found[1]))
    return f"write `{number}`, without quotes" if value == number else f"write `{number}`"


_DIGITS: Final = {0xFF10 + digit: str(digit) for digit in range(10)}


def yes_or_no_hint(value: object) -> str:
    """For what should be `true` or `false`."""
    said = plain(str(value))
    if value in ("true", "false"):
        return f"write `{said}`, without quotes"
    return "write `true`" if said in _TRUE else "write `false`" if said in _FALSE else ""


def text_hint(value: object) -> str:
    """For what should be text."""
    if isinstance(value, bool | int | float):
        return "put it in quotes"
    mark = "[" if isinstance(value, list | tuple) else "{" if isinstance(value, dict) else ""
    return f"write one text; put one that begins with `{mark}` in quotes" if mark else ""


def list_hint(key: str, value: object) -> str:
    """For what should be a list."""
    if isinstance(value, dict) and (odd := next((k for k in value if _dashed(k)), "")):
        return f"begin it with a hyphen and a space: `- {short(odd.lstrip(''.join(_DASHES)).strip())}:`"
    return "begin each item with `- `" if isinstance(value, dict) else _ITEMS.get(key, "write it as `[a, b]`")


def _dashed(key: str) -> bool:
    return key.startswith(_DASHES) and bool(key.strip("".join(_DASHES) + " "))


def mapping_hint(name: str, value: object) -> str:
    """For what should be a mapping, by its key or by what it is called."""
    if isinstance(value, list | tuple) and value and all(isinstance(item, dict) for item in value):
        return "write its keys without `- ` and without `[ ]`"
    if not isinstance(value, str):
        return _ITEMS.get(name, "")
    glued = _GLUED.search(value)
    if glued:
        return f"a space is missing after `{glued[0]}`"
    if name == "step":
        channel = next((word for word in _MAIN if value.lower().startswith(word)), "call")
        return f"write `{channel}:` and its keys below it"
    if name in _MAIN and re.fullmatch(r"[\w .!'-]+", value):
        return f"write `{name}: {{{_MAIN[name]}: {short(value)}}}`"
    return _ITEMS.get(name, "its keys stand below it, indented")


def choice_hint(value: object, words: list[str]) -> str:
    """For what should be one of these words."""
    return value_hint(str(value), words)

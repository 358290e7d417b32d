"""The dates inside a moment: the field it turns around, and the fixed date that it can't be."""

from __future__ import annotations

from outreach.core.words import WEEKDAYS, MomentError, Word, is_number

#: Where a date can come from.
ROOTS = ("event", "customer")
#: Words between `after` and the name of a field.
_NO_FIELDS = ("the", "a", "an", "his", "her", "their", *WEEKDAYS)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def is_date(read: list[Word]) -> bool:
    """Whether it begins with a date: `2026-12-24`, `24 December`, `24.12.`."""
    day = read[0].low.replace(".", "-").replace("/", "-")
    named = len(read) > 1 and read[1].low[:3] in _MONTHS
    return (day.count("-") == 2 and is_number(day.replace("-", ""))) or (is_number(day.rstrip("-")) and named)


def path_of(word: Word, kind: str) -> tuple[str, ...]:
    """`event.arrival` → ("event", "arrival")."""
    path = tuple(word.text.split("."))
    if path[0] in ROOTS and len(path) > 1 and all(part.isidentifier() for part in path):
        return path
    if path[0].lower() == "previous":
        said = f"`{word.text}` is no date" if len(path) > 1 else f"nothing can be {kind} the previous step"
        raise MomentError(said, word.offset, "write `1 hour after previous`")
    if path[0] in ROOTS and len(path) == 1:
        raise MomentError(f"which date of the {path[0]}?", word.offset, f"write `{path[0]}.arrival`, with its field")
    bare = len(path) == 1 and word.text.isidentifier() and word.low not in _NO_FIELDS
    hint = f"write `event.{word.text}` or `customer.{word.text}`" if bare else f"write it as `event.{_field(path)}`"
    raise MomentError(f"`{word.text}` is no date of an event or customer", word.offset, hint)


def _field(path: tuple[str, ...]) -> str:
    """The field that someone may have meant: `arrival` for `stay.arrival`."""
    return path[-1] if len(path) > 1 and path[-1].isidentifier() else "arrival"

"""What conditions compute with, at run time. Nothing here raises: what can't be computed is `ERROR`, what isn't there
`MISSING`, and a comparison that touches either is false.

As in CEL: whole numbers and decimals compare by value, true is not 1, text compares by code point. Beyond CEL: times in
JSON are text, so text is read as a time where a time stands on the other side.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final


class Absent:
    """A value that isn't one. Not equal to anything and of no type that helpers know."""

    __slots__ = ("name",)

    def __init__(self, name: str):
        self.name = name

    def __repr__(self) -> str:
        return self.name


MISSING: Final = Absent("missing")
ERROR: Final = Absent("no value")

_ORDERED: Final = frozenset({int, float, str, bool, timedelta})
_TIME: Final = re.compile(
    r"\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d\d:?\d\d))?", re.ASCII
)


def as_time(value: object) -> datetime | None:
    """An instant: a datetime with a zone, or ISO 8601 text with an offset; a date alone is its midnight in UTC.

    >>> as_time("2026-11-02"), as_time("2026-11-02T10:00:00"), as_time(3)
    (datetime.datetime(2026, 11, 2, 0, 0, tzinfo=datetime.timezone.utc), None, None)
    """
    if isinstance(value, datetime):
        return value if value.tzinfo else None
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return None
    try:
        instant = datetime.fromisoformat(value.upper())
    except ValueError:
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def get(container: Any, field: str) -> Any:
    """`container.field`."""
    if container.__class__ is dict or isinstance(container, Mapping):
        return container.get(field, MISSING)
    return container if container is ERROR else MISSING


def index(container: Any, key: Any) -> Any:
    """`container[key]`; a whole decimal is an index too."""
    if container.__class__ is list or container.__class__ is tuple:
        if key.__class__ is float and key.is_integer():
            key = int(key)
        if key.__class__ is not int:
            return ERROR
        return container[key] if 0 <= key < len(container) else MISSING
    if not isinstance(container, Mapping):
        return container if container.__class__ is Absent else ERROR
    if key.__class__ is str:
        return container.get(key, MISSING)
    return next((value for other, value in container.items() if eq(other, key)), MISSING)


def eq(a: Any, b: Any) -> bool:
    """`a == b`."""
    left, right = a.__class__, b.__class__
    if left is right and left is not list and left is not dict:
        return a is not ERROR and a is not MISSING and bool(a == b)
    if (left is int or left is float) and (right is int or right is float):
        return bool(a == b)
    if isinstance(a, (list, tuple)):
        return isinstance(b, (list, tuple)) and len(a) == len(b) and all(map(eq, a, b))
    if isinstance(a, Mapping):
        return isinstance(b, Mapping) and len(a) == len(b) and all(eq(v, index(b, key)) for key, v in a.items())
    if isinstance(a, datetime) or isinstance(b, datetime):
        first, second = as_time(a), as_time(b)
        return first is not None and second is not None and first == second
    return False


def ne(a: Any, b: Any) -> bool:
    """`a != b`: values of different types are different, but nothing is known of what isn't there."""
    return a.__class__ is not Absent and b.__class__ is not Absent and not eq(a, b)


def _ordering(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def ordered(a: Any, b: Any) -> bool:
        left, right = a.__class__, b.__class__
        if left is right:
            if left is datetime:
                return bool(a.tzinfo and b.tzinfo) and compare(a, b)
            return left in _ORDERED and compare(a, b)
        if (left is int or left is float) and (right is int or right is float):
            return compare(a, b)
        if isinstance(a, datetime) or isinstance(b, datetime):
            first, second = as_time(a), as_time(b)
            return first is not None and second is not None and compare(first, second)
        return False

    return ordered


lt, le = _ordering(operator.lt), _ordering(operator.le)
gt, ge = _ordering(operator.gt), _ordering(operator.ge)


def contains(item: Any, container: Any) -> bool:
    """`item in container`: an element of a list, a key of a map."""
    if item.__class__ is Absent:
        return False
    kind = container.__class__
    if kind is list or kind is tuple:
        return item in container if item.__class__ is str else any(eq(item, other) for other in container)
    if isinstance(container, Mapping):
        return item in container if item.__class__ is str else any(eq(item, other) for other in container)
    return False


def size(value: Any) -> Any:
    """Characters of a text, elements of a list, entries of a map."""
    return len(value) if isinstance(value, (str, list, tuple, dict)) else ERROR


def list_of(*items: Any) -> Any:
    """`[a, b]`."""
    return ERROR if any(item.__class__ is Absent for item in items) else list(items)


def map_of(*entries: tuple[str, Any]) -> Any:
    """`{'a': b}`; no key may stand twice, as in CEL."""
    made = dict(entries)
    spoilt = len(made) < len(entries) or any(value.__class__ is Absent for value in made.values())
    return ERROR if spoilt else made

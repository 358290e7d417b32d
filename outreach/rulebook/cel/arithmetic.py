"""Arithmetic of conditions: CEL's, with two liberties. A whole number and a decimal make a decimal (CEL gives up, and
JSON writes 42.0 as 42), and text is read as a time where a time or a duration stands on the other side.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from outreach.rulebook.cel.values import ERROR, as_time

_LEAST, _MOST = -(1 << 63), (1 << 63) - 1
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FAR: Final = 10**12  # seconds that a timedelta surely holds; a datetime ends before
_DAY: Final = timedelta(days=1)
_NUMBERS: Final[frozenset[Any]] = frozenset({int, float})
_PIECE: Final = re.compile(r"(\d+\.?\d*|\.\d+)(h|ms|us|µs|ns|m|s)", re.ASCII)
_UNITS: Final = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}


def _numeric(work: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """What `work` makes of two numbers; ERROR for anything else, for a whole number beyond 64 bits, for `x / 0`."""

    def compute(a: Any, b: Any) -> Any:
        if a.__class__ not in _NUMBERS or b.__class__ not in _NUMBERS:
            return ERROR
        try:
            result = work(a, b)
        except ArithmeticError:
            return ERROR
        return result if result.__class__ is float or _LEAST <= result <= _MOST else ERROR

    return compute


def _quotient(a: Any, b: Any) -> Any:
    if a.__class__ is float or b.__class__ is float:
        return a / b
    whole = abs(a) // abs(b)
    return whole if (a < 0) == (b < 0) else -whole


def _remainder(a: Any, b: Any) -> Any:
    if a.__class__ is float or b.__class__ is float:
        raise ArithmeticError("only whole numbers leave a remainder")
    rest = abs(a) % abs(b)
    return rest if a >= 0 else -rest


multiply = _numeric(operator.mul)
divide = _numeric(_quotient)
modulo = _numeric(_remainder)
_sum, _difference = _numeric(operator.add), _numeric(operator.sub)


def negate(a: Any) -> Any:
    """`-a`."""
    return -a if a.__class__ in _NUMBERS and a != _LEAST else ERROR


def add(a: Any, b: Any) -> Any:
    """`a + b`: numbers, texts, lists, durations, a time and a duration."""
    left, right = a.__class__, b.__class__
    if left in _NUMBERS:
        return _sum(a, b)
    if left is right and left in (str, list):
        return a + b
    if right is timedelta:
        return _moved(a, b, 1)
    return _moved(b, a, 1) if left is timedelta else ERROR


def subtract(a: Any, b: Any) -> Any:
    """`a - b`: numbers, durations, a time and a duration, two times."""
    if a.__class__ in _NUMBERS:
        return _difference(a, b)
    if b.__class__ is timedelta:
        return _moved(a, b, -1)
    if not isinstance(a, datetime) and not isinstance(b, datetime):
        return ERROR
    first, second = as_time(a), as_time(b)
    return first - second if first is not None and second is not None else ERROR


def _moved(start: Any, by: timedelta, sign: int) -> Any:
    base = start if start.__class__ is timedelta else as_time(start)
    try:
        return ERROR if base is None else base + sign * by
    except OverflowError:
        return ERROR


def timestamp(value: Any) -> Any:
    """`timestamp(value)`: of text, of a time, of a whole number of seconds since 1970."""
    if value.__class__ is int:
        return _moved(_EPOCH, timedelta(seconds=value), 1) if abs(value) < _FAR else ERROR
    instant = as_time(value)
    return ERROR if instant is None else instant


def duration(value: Any) -> Any:
    """`duration('1h30m')`: hours, minutes and seconds, as CEL writes them.

    >>> duration("1h30m"), duration("-1.5s"), duration("3 days")
    (datetime.timedelta(seconds=5400), datetime.timedelta(days=-1, seconds=86398, microseconds=500000), no value)
    """
    if value.__class__ is timedelta:
        return value
    if value.__class__ is not str or len(value) > 100:
        return ERROR
    body = value[1:] if value[:1] in ("-", "+") else value
    pieces = _PIECE.findall(body)
    if body != "0" and (not body or "".join(number + unit for number, unit in pieces) != body):
        return ERROR
    try:
        span: timedelta = sum((float(n) * timedelta(seconds=_UNITS[unit]) for n, unit in pieces), timedelta())
    except OverflowError:
        return ERROR
    return -span if value[0] == "-" else span


def days_since(now: datetime, value: Any) -> Any:
    """Days of 24 hours (with their fraction) from that time to now; negative when it lies ahead."""
    instant = as_time(value)
    return ERROR if instant is None else (now - instant) / _DAY

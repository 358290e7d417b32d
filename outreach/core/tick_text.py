"""Reading `every: "mon 09:00"` and `cron: "0 9 1 * *"`; every mistake knows its place."""

from __future__ import annotations

from datetime import time

from outreach.core.hours import parse_days
from outreach.core.ticks import EVERY_DAY, EVERY_MONTH, EVERY_WEEKDAY, Ticks
from outreach.core.words import MomentError, Word, clock_minutes, is_number, words

_WHOLE_WEEK = ("day", "daily")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
#: Name, lowest and highest value of each field of cron, and the names that may stand for numbers.
_FIELDS = (
    ("minute", 0, 59, ()), ("hour", 0, 23, ()), ("day of the month", 1, 31, ()), ("month", 1, 12, _MONTHS),
    ("weekday", 0, 7, _DAYS),
)  # fmt: skip
_EXAMPLE = 'write `"0 9 1 * *"`: minute, hour, day of the month, month, weekday'


def parse_every(text: str) -> Ticks:
    """`mon 09:00`, `mon-fri 09:00`, `mon, thu 09:00`, `day 09:00`. Raises MomentError.

    >>> sorted(parse_every("mon, thu 09:30").weekdays), parse_every("day 18:00").clocks
    ([0, 3], (datetime.time(18, 0),))
    """
    read = words(text)
    if len(read) < 2:
        raise MomentError("this needs days and a time of day", 0, "write `mon 09:00` or `day 09:00`")
    clock = read[-1]
    minutes = clock_minutes(clock.text, clock.offset)
    said = text[: clock.offset].strip()
    days = tuple(EVERY_WEEKDAY) if said.lower() in _WHOLE_WEEK else parse_days(said)
    return Ticks(clocks=(time(minutes // 60, minutes % 60),), weekdays=frozenset(days), source=" ".join(text.split()))


def parse_cron(text: str) -> Ticks:
    """The five fields of cron, with `*`, lists, ranges, steps and names. Raises MomentError.

    Days as in cron (Vixie's, POSIX crontab): when neither field begins with `*`, a day that fits one of them is enough.

    >>> [c.isoformat("minutes") for c in parse_cron("0,30 9-10 1 * *").clocks]
    ['09:00', '09:30', '10:00', '10:30']
    """
    read = words(text)
    if len(read) != 5:
        raise MomentError(f"cron has five fields, not {len(read)}", 0, _EXAMPLE)
    minutes, hours, days, months, weekdays = (_field(word, *about) for word, about in zip(read, _FIELDS, strict=True))
    either = not (read[2].low.startswith("*") or read[4].low.startswith("*"))
    if not either and not any(_exists(day, month) for day in days for month in months):
        raise MomentError("no such day ever comes", read[2].offset, "February has 29 days at most, four months have 30")
    return Ticks(
        clocks=tuple(time(h, m) for h in sorted(hours) for m in sorted(minutes)),
        days=EVERY_DAY if read[2].low == "*" else days, months=EVERY_MONTH if read[3].low == "*" else months,
        weekdays=frozenset((day - 1) % 7 for day in weekdays),
        either=either, source=" ".join(text.split()),
    )  # fmt: skip


def _field(word: Word, name: str, low: int, high: int, names: tuple[str, ...]) -> frozenset[int]:
    found: set[int] = set()
    for part in word.low.split(","):
        span, slash, step = part.partition("/")
        if slash and not (is_number(step) and 0 < int(step[:9]) <= high):
            raise MomentError(f"`{word.text}`: the step of the {name} is a number from 1 to {high}", word.offset)
        first, dash, last = span.partition("-")
        start = low if first == "*" and not dash else _value(first, word, name, low, high, names)
        end = high if first == "*" or (slash and not dash) else start
        end = _value(last, word, name, low, high, names) if dash else end
        if end < start:
            raise MomentError(f"`{part}` runs backwards", word.offset, f"the {name} runs from {low} to {high}")
        found |= set(range(start, end + 1, int(step) if slash else 1))
    return frozenset(found)


def _value(text: str, word: Word, name: str, low: int, high: int, names: tuple[str, ...]) -> int:
    if text in names:
        return names.index(text) + low
    if not is_number(text) or not low <= int(text[:9]) <= high:
        raise MomentError(f"`{word.text}` is no {name} ({low} to {high})", word.offset, _EXAMPLE)
    return int(text)


def _exists(day: int, month: int) -> bool:
    return day <= (29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31)

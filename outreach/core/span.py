"""Durations as marketers write them: `8 hours` pass, `3 days` keep the wall time, `business days` skip closed ones."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from outreach.core.calendar import Calendar
from outreach.core.moment_hints import hint_for
from outreach.core.words import MomentError, Word, is_number, words
from outreach.core.zone import to_local, to_utc

__all__ = ["MomentError", "Span", "parse_span", "read_span"]

#: Longest that can be written: a hundred years, a thousand business days.
MAX_DAYS, MAX_BUSINESS = 36525, 1000

#: Unit → what it adds to (seconds, days, business days, months).
UNITS: Final[dict[str, tuple[int, int, int, int]]] = {
    "second": (1, 0, 0, 0), "minute": (60, 0, 0, 0), "hour": (3600, 0, 0, 0), "day": (0, 1, 0, 0),
    "week": (0, 7, 0, 0), "business day": (0, 0, 1, 0), "month": (0, 0, 0, 1), "year": (0, 0, 0, 12),
}  # fmt: skip
SHORT: Final = {
    "s": "second", "m": "minute", "h": "hour", "d": "day", "w": "week", "bd": "business day", "mo": "month",
    "y": "year",
}  # fmt: skip
_NAMES: Final = SHORT | {name: name for name in UNITS} | {f"{name}s": name for name in UNITS}


@dataclass(frozen=True, slots=True)
class Span:
    """A duration: `seconds` that elapse, `days` and `months` on the customer's calendar, `business` days.

    What is written has one of them; the parts are added from the largest to the smallest.
    """

    seconds: int = 0
    days: int = 0
    business: int = 0
    months: int = 0

    @property
    def elapses(self) -> bool:
        """Whether it is measured on a stopwatch, not on a calendar."""
        return not (self.days or self.business or self.months)

    @property
    def elapsed(self) -> timedelta:
        """Its length for rolling windows, where no calendar applies: a day is 24 hours, a month 30, a year 365 days."""
        years, months = divmod(self.months, 12)
        return timedelta(days=self.days + self.business + years * 365 + months * 30, seconds=self.seconds)

    def add(self, instant: datetime, zone: str, calendar: Calendar, place: tuple[str, str] = ("", "")) -> datetime:
        """The instant (UTC) this much after `instant` for a customer in this zone and place (country, region).

        Days, months and business days keep the wall time. In a calendar that never opens business days count as
        plain ones. Raises OverflowError beyond the year 9999, KeyError for an unknown zone.
        """
        if self.elapses:
            return instant + timedelta(seconds=self.seconds)
        local = to_local(instant, zone)
        day = self.move(local.date(), 1, calendar, place)
        if day is None:
            day = Span(days=self.days + self.business, months=self.months).move(local.date(), 1, calendar, place)
        assert day is not None
        return to_utc(datetime.combine(day, local.time()), zone) + timedelta(seconds=self.seconds)

    def move(self, day: date, sign: int, calendar: Calendar, place: tuple[str, str] = ("", "")) -> date | None:
        """The date that its calendar part after `day` (`sign` 1) or before it (-1); None when it never opens."""
        if self.months:
            day = add_months(day, sign * self.months)
        if self.days:
            day += timedelta(days=sign * self.days)
        if not self.business:
            return day
        return (calendar.next_open if sign > 0 else calendar.previous_open)(day, self.business, *place)

    def short(self) -> str:
        """The shortest spelling, as reasons carry it; `parse_span` reads it back.

        >>> Span(days=30).short(), Span(seconds=72000).short(), Span(seconds=5400).short(), Span().short()
        ('30d', '20h', '90m', '0m')
        """
        return "".join(f"{number}{unit}" for number, unit in self._parts()) or "0m"

    def _parts(self) -> Iterator[tuple[int, str]]:
        for number, units in (
            (self.months, ((12, "y"), (1, "mo"))),
            (self.days, ((1, "d"),)),
            (self.business, ((1, "bd"),)),
            (self.seconds, ((3600, "h"), (60, "m"), (1, "s"))),
        ):
            if number:
                yield next((number // size, unit) for size, unit in units if number % size == 0)

    def __str__(self) -> str:
        named = [(number, SHORT[unit]) for number, unit in self._parts()] or [(0, "minute")]
        return " ".join(f"{number} {name}{'' if number == 1 else 's'}" for number, name in named)


def parse_span(text: str) -> Span:
    """A duration: `90 minutes`, `3 days`, `1 business day`, `8h`, `2w`. Raises MomentError.

    >>> parse_span("2 weeks").days, parse_span("1 business day").business, parse_span("90m").seconds
    (14, 1, 5400)
    """
    read = words(text)
    try:
        return _whole(read)
    except MomentError as error:
        hint = hint_for(read, _reads) or error.hint
        raise MomentError(error.message, error.offset, hint) from None


def _reads(text: str) -> bool:
    try:
        return bool(_whole(words(text)))
    except MomentError:
        return False


def _whole(read: list[Word]) -> Span:
    if not read:
        raise MomentError("a duration is missing", 0, "write `3 days`, `8 hours`, `1 business day` …")
    span, used = read_span(read)
    if used < len(read):
        extra = read[used]
        raise MomentError(f"`{extra.text}` is too much here", extra.offset, "a duration is one number and one unit")
    return span


def read_span(read: list[Word]) -> tuple[Span, int]:
    """The duration at the beginning of `read` (not empty) and how many words it took. Raises MomentError."""
    number, unit = _split(read[0].low)
    used = 1
    if is_number(number) and not unit and len(read) > 1:
        unit, used = read[1].low, 2
        if unit == "business" and len(read) > 2 and read[2].low in ("day", "days"):
            unit, used = "business day", 3
    if not is_number(number):
        raise MomentError(f"`{read[0].text}` is not a number", read[0].offset, _number_hint(read))
    name = _NAMES.get(unit)
    if name is None:
        raise _bad_unit(read, used, unit)
    if len(number) > 9:
        raise MomentError(f"`{number}` is too long", read[0].offset)
    span = Span(*(int(number) * factor for factor in UNITS[name]))
    if span.elapsed > timedelta(days=MAX_DAYS) or span.business > MAX_BUSINESS:
        raise MomentError("longer than a hundred years (or a thousand business days)", read[0].offset)
    return span, used


def add_months(day: date, months: int) -> date:
    """The same day so many months on, or that month's last: 31 January + 1 month is 28 (29) February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError("date value out of range")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _split(low: str) -> tuple[str, str]:
    """`90m` → `90`, `m`."""
    number = low[: len(low) - len(low.lstrip("0123456789"))]
    return (number, low[len(number) :]) if number else (low, "")


def _bad_unit(read: list[Word], used: int, unit: str) -> MomentError:
    where = read[min(used, len(read)) - 1]
    if unit == "business":
        return MomentError("`business` goes with days only", where.offset, "write `1 business day`")
    if unit.startswith((".", ",")) or "." in unit:
        return MomentError(f"`{where.text}` is not a whole number", where.offset, "write it in the smaller unit")
    if not unit:
        unit = "day" if where.text == "1" else "days"
        return MomentError(f"`{where.text}` of what?", where.offset, f"write `{where.text} {unit}`")
    units = "minutes, hours, days, weeks, business days"
    return MomentError(f"`{unit}` is not a unit of time", where.offset, f"units are {units}")


def _number_hint(read: list[Word]) -> str:
    rest = " ".join(word.text for word in read[1:])
    return f"write `1 {rest}`" if read[0].low in ("a", "an", "one") and rest else "write `3 days`, `8 hours` …"

"""The laws' numbers, typed in a second time and judged by code of its own: what the packs are held against.

Days are digits (0 is Monday). Nothing here knows the guard, its weeks or its windows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from holidays import country_holidays

DAY = timedelta(days=1)
PHONE = ("call",)
BOTH = ("call", "sms")
#: What a telephone law is kept for.
KEPT_FOR = ("care", "marketing")


@dataclass(frozen=True)
class Row:
    """`hours` is `0-4 09:00-21:30, 5-6 10:00-18:00`; "" where none are set. `limit` is (most, hours)."""

    hours: str
    confidence: str
    channels: tuple[str, ...] = PHONE
    holidays: str = ""
    clock: str = ""
    eves: str = ""
    limit: tuple[int, int] | None = None
    consent: bool = False
    silence: int = 0


TABLE: Mapping[str, tuple[Row, ...]] = {
    "law:us": (Row("0-6 08:00-21:00", "V", BOTH),),
    "law:us-fl": (Row("0-6 08:00-20:00", "V", BOTH, limit=(3, 24)),),
    "law:us-ok": (Row("0-6 08:00-20:00", "V2", limit=(3, 24)),),
    "law:us-md": (Row("0-6 08:00-20:00", "V2", limit=(3, 24)),),
    "law:us-wa": (Row("0-6 08:00-20:00", "V/V2", silence=365),),
    "law:us-tx": (Row("0-5 09:00-21:00, 6 12:00-21:00", "V2", BOTH, clock="America/Chicago"),),
    "law:us-va": (Row("0-6 08:00-21:00", "V2", BOTH),),
    "law:us-pa": (Row("0-5 09:00-19:00", "V2", holidays="US-PA"),),
    "law:us-al": (Row("0-5 08:00-20:00", "V2", holidays="US-AL"),),
    "law:us-la": (Row("0-5 08:00-20:00", "V2", holidays="US-LA"),),
    "law:us-ms": (Row("0-5 08:00-20:00", "V2", clock="America/Chicago"),),
    "law:us-ky": (Row("0-6 10:00-21:00", "V2"),),
    "law:us-ct": (Row("0-6 09:00-20:00", "V2"),),
    "law:us-ma": (Row("0-6 08:00-20:00", "V2"),),
    "law:us-mi": (Row("0-6 09:00-21:00", "V2"),),
    "law:us-mn": (Row("0-6 09:00-21:00", "V2"),),
    "law:us-nm": (Row("0-6 09:00-21:00", "V2"),),
    "law:us-nv": (Row("0-6 09:00-20:00", "V2"),),
    "law:us-ri": (Row("0-4 09:00-18:00", "V2/R"),),
    "law:us-wy": (Row("0-6 08:00-20:00", "V2"),),
    "law:us-me": (Row("0-4 09:00-17:00", "V2", limit=(1, 8)),),
    "law:ca": (Row("0-4 09:00-21:30, 5-6 10:00-18:00", "V"),),
    "law:ca-bc": (Row("", "V2", holidays="CA-BC"),),
    "law:fr": (
        Row("0-4 10:00-13:00, 0-4 14:00-20:00", "V", holidays="FR", limit=(4, 720), silence=60),
        Row("", "V", consent=True),
    ),
    "law:uk": (Row("0-5 09:00-20:00", "V/R"),),
    "law:de": (Row("", "V", consent=True),),
    "law:at": (Row("", "V2", consent=True),),
    "law:es": (Row("0-4 09:00-21:00", "V", holidays="ES", consent=True),),
    "law:it": (Row("0-4 09:00-20:00, 5 10:00-19:00", "V", holidays="IT", eves="10:00-19:00"),),
    "law:au": (Row("0-4 09:00-20:00, 5 09:00-17:00", "V", holidays="AU"),),
    "law:in": (Row("0-6 10:00-21:00", "V2/R"),),
}  # fmt: skip


def rows(codes: Iterable[str], channel: str, purpose: str) -> list[Row]:
    """The rows of these laws that such a contact must keep."""
    return [row for code in codes for row in TABLE[code] if channel in row.channels and purpose in KEPT_FOR]


def spans(hours: str) -> list[tuple[range, int, int]]:
    """Weekdays, and minutes from and until, of each part."""
    found = []
    for part in filter(None, hours.split(", ")):
        days, clock = part.split(" ")
        first, _, last = days.partition("-")
        found.append((range(int(first), int(last or first) + 1), *minutes(clock)))
    return found


def minutes(clock: str) -> tuple[int, int]:
    first, last = clock.split("-")
    return int(first[:2]) * 60 + int(first[3:]), int(last[:2]) * 60 + int(last[3:])


def open_there(hours: str, local: datetime) -> bool:
    """Whether the wall clock is inside the hours."""
    minute = local.hour * 60 + local.minute
    return not hours or any(local.weekday() in days and start <= minute < end for days, start, end in spans(hours))


@cache
def holidays_of(place: str, year: int) -> frozenset[date]:
    country, _, part = place.partition("-")
    return frozenset(country_holidays(country, subdiv=part or None, years=year))


def lawful(row: Row, at: datetime, zones: Iterable[str]) -> bool:
    """Whether this row allows that instant on every one of these clocks, and on its own."""
    return all(lawful_on(row, at.astimezone(ZoneInfo(zone))) for zone in {*zones, row.clock} - {""})


def lawful_on(row: Row, local: datetime) -> bool:
    day = local.date()
    closed = row.holidays and day in holidays_of(row.holidays, day.year)
    eve = row.eves and day + DAY in holidays_of(row.holidays, (day + DAY).year)
    on_eve = not eve or open_there(f"0-6 {row.eves}", local)
    return not closed and on_eve and open_there(row.hours, local)

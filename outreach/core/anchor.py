"""Dates that moments turn around, as they come: a date, a time with or without offset, a birthday without its year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from outreach.core.words import is_number
from outreach.core.zone import to_local


@dataclass(frozen=True, slots=True)
class Anchor:
    """`local` is its wall time where the customer is (midnight for a bare date), `instant` (UTC) is there when it
    said its offset; or `yearly` (`--MM-DD`), and then `local` is None."""

    local: datetime | None = None
    instant: datetime | None = None
    yearly: str = ""


def read_anchor(value: object, zone: str, *, repeats: bool = False) -> Anchor | None:
    """The anchor in a raw value (known zone), None when it is no date. `repeats`: its year doesn't matter.

    Raises OverflowError where the local date would leave the calendar.
    """
    if repeats or (isinstance(value, str) and value.startswith("--")):
        text = value if isinstance(value, str) else value.isoformat() if isinstance(value, date) else ""
        return Anchor(yearly=text.strip()) if yearly(text, 2000) else None
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return Anchor(local=datetime.combine(value, time())) if isinstance(value, date) else None
    if value.tzinfo is None:
        return Anchor(local=value)
    instant = value.astimezone(UTC)
    return Anchor(local=to_local(instant, zone), instant=instant)


def yearly(text: str, year: int, feb29: str = "feb28") -> date | None:
    """That day in `year`: `1990-02-29` or `--02-29`, a time after the date is ignored; None when it is no date.

    29 February falls on 28 February (`feb28`) or 1 March (`mar1`) of a common year.

    >>> yearly("--02-29", 2027), yearly("1990-02-29", 2027, "mar1"), yearly("--02-29", 2028)
    (datetime.date(2027, 2, 28), datetime.date(2027, 3, 1), datetime.date(2028, 2, 29))
    """
    text = text.strip()
    bare = text.startswith("--")
    month, day, rest = (text[2:4], text[5:7], text[7:]) if bare else (text[5:7], text[8:10], text[10:11])
    if text[4:5] != "-" or rest not in ("", "T", " ") or not (is_number(month) and is_number(day)):
        return None
    try:
        return date(year, int(month), int(day))
    except ValueError:
        if (month, day) != ("02", "29") or not 1 <= year <= 9999:
            return None
        return date(year, 3, 1) if feb29 == "mar1" else date(year, 2, 28)

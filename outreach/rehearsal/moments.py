"""Times of tests as people write them: `2026-11-03`, `2026-11-03 10:00`, `Tue 2026-11-03 10:00`, or RFC 3339."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Final

from pydantic import PlainValidator

from outreach.core.words import WEEKDAYS, clock_hint, weekday
from outreach.core.zone import to_local, to_utc
from outreach.rulebook.places import short
from outreach.rulebook.wording import complaint, described

_FORM: Final = re.compile(
    r"(?:(?P<weekday>[A-Za-z]+),? )?(?P<date>\d{4}-\d\d-\d\d)"
    r"(?:[T ](?P<clock>\d\d?:\d\d)(?P<seconds>:\d\d(?:\.\d{1,6})?)?(?P<offset>Z|[+-]\d\d:\d\d)?)?"
)
_LIKE: Final = "write it as `2026-11-03 10:00`"


@dataclass(frozen=True, slots=True)
class Written:
    """A time, as precise as it was written: of its `unit` ("day", "minute", "second") all instants are meant. Naive
    means the customer's wall clock."""

    at: datetime
    unit: str

    def instant(self, zone: str, *, end: bool = False) -> datetime:
        """The UTC instant that it means on that wall clock; of a day its beginning, or its `end`."""
        at = datetime.combine(self.at.date(), time.max) if end and self.unit == "day" else self.at
        return at.astimezone(UTC) if at.tzinfo else to_utc(at, zone)

    def covers(self, instant: datetime, zone: str) -> bool:
        """Whether that instant is meant, on that wall clock."""
        seen = instant.astimezone(self.at.tzinfo) if self.at.tzinfo else to_local(instant, zone)
        if self.unit == "day":
            return seen.date() == self.at.date()
        return seen - self.at < {"minute": timedelta(minutes=1), "second": timedelta(seconds=1)}[self.unit] and (
            seen >= self.at
        )

    def text(self, zone: str) -> str:
        """As `shown`; of a day the day alone."""
        return f"{self.at:%a %Y-%m-%d}" if self.unit == "day" else shown(self.instant(zone), zone)


def shown(instant: datetime, zone: str) -> str:
    """`Tue 2026-11-03 10:00` on that wall clock: what may be copied into a test."""
    local = to_local(instant, zone)
    return f"{local:%a %Y-%m-%d %H:%M:%S}" if local.second else f"{local:%a %Y-%m-%d %H:%M}"


def _written(value: object) -> Written:
    if not isinstance(value, str):
        raise complaint(f"{{key}} should be a time such as `2026-11-03 10:00`, not {described(value)}")
    found = _FORM.fullmatch(value.strip())
    if found is None:
        clock = value.split()[-1] if ":" in value or value.lower().endswith("m") else ""
        raise complaint(f"{{key}}: `{short(value)}` is not a time", (clock and clock_hint(clock)) or _LIKE)
    unit = "second" if found["seconds"] else "minute" if found["clock"] else "day"
    clock = (found["clock"] or "00:00").rjust(5, "0") + (found["seconds"] or "")
    try:
        at = datetime.fromisoformat(f"{found['date']}T{clock}{found['offset'] or ''}")
    except ValueError as error:
        raise complaint(f"{{key}}: `{short(value)}` is not in the calendar: {error}", _LIKE) from None
    _check_weekday(found["weekday"], at)
    return Written(at, unit)


def _check_weekday(name: str | None, at: datetime) -> None:
    """A weekday before the date is for the reader; a wrong one would mislead her."""
    if name is None:
        return
    day = weekday(name.lower())
    if day is None:
        raise complaint(f"{{key}}: `{short(name)}` is no weekday", _LIKE)
    if day != at.weekday():
        right, wrong = (WEEKDAYS[d].capitalize() for d in (at.weekday(), day))
        raise complaint(f"{{key}}: {at:%Y-%m-%d} is a {right}, not a {wrong}", f"write `{right[:3]}`")


MomentText = Annotated[Written, PlainValidator(_written, json_schema_input_type=str)]

"""The demo's fortnight as customer lines and event lines, counted back from its last day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML

from outreach.core.anchor import yearly
from outreach.core.calendar import Calendar
from outreach.rulebook.public_holidays import public_holidays

ZONE = "America/New_York"
#: When everybody in people.yaml was asked for consent, in days from the last day.
ASKED = -200

Line = dict[str, Any]


def load(today: date) -> tuple[list[Line], list[Line]]:
    """Customer lines and event lines, events in order of time. The story ends on `last_day(today)`."""
    days = _Days(last_day(today))
    people = _read("people.yaml")
    script = _read("script.yaml")
    customers = [_customer(name, person, days) for name, person in people.items()]
    events = [line for name, told in script.items() for line in _events(name, told, days)]
    return customers, sorted(events, key=lambda line: (datetime.fromisoformat(line["time"]), line["id"]))


def last_day(today: date) -> date:
    """The demo's last day: `today`, or the latest day before it on which the house works."""
    calendar = _calendar(today, range(6))
    day = today if calendar.is_open(today) else calendar.previous_open(today)
    assert day is not None
    return day


class _Days:
    """Turns `{bday: -1, at: "14:30"}` into the time it means. Business days are those of rules/cadence.yaml."""

    def __init__(self, last: date):
        self.last = last
        self.calendar = _calendar(last, range(6))

    def day(self, told: Mapping[str, Any]) -> date:
        """The date of `{day: …}` or `{bday: …}`, in another `year` if one is told."""
        day = self._business_day(told["bday"]) if "bday" in told else self.last + timedelta(days=told["day"])
        if "year" not in told:
            return day
        found = yearly(day.isoformat(), told["year"])
        assert found is not None
        return found

    def time(self, told: Mapping[str, Any]) -> str:
        """RFC 3339, with New York's offset on that day."""
        clock = time.fromisoformat(told["at"])
        return datetime.combine(self.day(told), clock, ZoneInfo(ZONE)).isoformat()

    def value(self, told: Any) -> Any:
        """Data with its dates and times worked out, however deep they lie."""
        if isinstance(told, list):
            return [self.value(item) for item in told]
        if not isinstance(told, Mapping):
            return told
        if told.keys() & {"day", "bday"} and told.keys() <= {"day", "bday", "at", "year"}:
            if told.get("year") == "unknown":
                return f"--{self.day({'day': told['day']}):%m-%d}"
            return self.time(told) if "at" in told else self.day(told).isoformat()
        return {name: self.value(item) for name, item in told.items()}

    def _business_day(self, n: int) -> date:
        if n == 0:
            return self.last
        walk = self.calendar.next_open if n > 0 else self.calendar.previous_open
        day = walk(self.last, abs(n))
        assert day is not None
        return day


def _customer(name: str, person: Mapping[str, Any], days: _Days) -> Line:
    told = {field: days.value(value) for field, value in person.items() if field not in ("story", "consent")}
    asked = days.time({"day": ASKED, "at": "12:00"})
    consent = {
        channel: {"marketing": welcome, "at": asked, "source": "sign-up form"}
        for channel, welcome in person.get("consent", {}).items()
    }
    return {"id": name, **told, "consent": consent}


def _events(name: str, told: list[Mapping[str, Any]], days: _Days) -> list[Line]:
    lines: list[Line] = []
    for number, event in enumerate(told, 1):
        line = {
            "id": f"demo-{days.last:%Y%m%d}-{name}-{number:02}",
            "type": event["type"],
            "customer": name,
            "time": days.time(event),
            "data": days.value(event.get("data", {})),
        }
        if "site" in event:
            line["site"] = event["site"]
        lines.extend([line] * (2 if event.get("twice") else 1))
    return lines


def _calendar(around: date, weekdays: range) -> Calendar:
    closed = (public_holidays("US", "NY", around.year + ahead) for ahead in (-1, 0, 1))
    return Calendar(days=frozenset(weekdays), closed=frozenset().union(*closed))


@cache
def _read(name: str) -> dict[str, Any]:
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    read: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    return read

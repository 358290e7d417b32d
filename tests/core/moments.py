"""What tests of moments build on: a Friday in New York, two days before the clocks go back."""

from __future__ import annotations

from datetime import UTC, datetime

from outreach.core.calendar import Calendar
from outreach.core.moment import Base, Moment, NoMoment, resolve
from outreach.core.moment_text import parse_when

NEW_YORK, BERLIN = "America/New_York", "Europe/Berlin"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def a_base(started: str = "2026-10-30T20:15", zone: str = NEW_YORK, **given_: object) -> Base:
    """Friday, 30 October 2026, 16:15 in New York; two days later the clocks go back."""
    values = given_.pop("values", {})
    defaults: dict[str, object] = {"calendar": Calendar(), "lookup": values.get, "now": utc(started)}  # type: ignore[attr-defined]
    return Base(started=utc(started), zone=zone, **(defaults | given_))  # type: ignore[arg-type]


def at(text: str, base: Base | None = None) -> datetime:
    found = resolve(parse_when(text), base or a_base())
    assert isinstance(found, Moment), found
    return found.at


def reason(text: str, base: Base) -> str:
    found = resolve(parse_when(text), base)
    assert isinstance(found, NoMoment), found
    assert found.text
    return found.reason

"""The list for other programs: CSV for spreadsheets, iCalendar (RFC 5545) for calendars."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from outreach.desk.card import Card


def as_csv(cards: Iterable[Card]) -> str:
    """A table with a heading; what a spreadsheet would run as a formula is kept as text."""
    raise NotImplementedError


def as_ics(cards: Iterable[Card], now: datetime) -> str:
    """A calendar of tasks (VTODO) and calls (VEVENT of fifteen minutes) with lasting ids."""
    raise NotImplementedError

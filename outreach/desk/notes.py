"""Notes on a customer, and what is remembered of her, written by staff at any time."""

from __future__ import annotations

from datetime import datetime

from outreach.desk.card import Result
from outreach.engine import Engine


def add_note(engine: Engine, customer: str, note: str, by: str) -> Result:
    """Write down a note: an event `note.added`. Raises InputError for an unknown customer."""
    raise NotImplementedError


def remember(engine: Engine, customer: str, name: str, value: str, by: str, until: datetime | None = None) -> Result:
    """Remember something of her, such as `meal`: `likes it well done`, until then (UTC; None: for ever): an event
    `memory.added`. It stands on every card. Raises InputError for an unknown customer."""
    raise NotImplementedError

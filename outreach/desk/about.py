"""What one knows of the customer when her card is open: visits, complaint, last words, consent, may one call now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from outreach.engine import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Something that the customer did: when (UTC), what (`purchase`), and its data in words (`total 42.5`)."""

    at: datetime
    what: str
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What somebody of ours wrote of her: when (UTC), who, what came of it (`reached`, `note`), and the note."""

    at: datetime
    by: str
    outcome: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """`visits` are her last three events, newest first; `complaint` since when one is open (UTC); `words` the latest
    of ours with a note (None: nobody ever wrote one), `notes` all of them, newest first, ten at most; `consent` a
    sentence for each channel; `may_call_now` what the guard says at this moment, `not_now` why not in words, and
    `may_call_at` (UTC) when it may be, None: not in sight."""

    customer: str
    visits: tuple[Visit, ...]
    complaint: datetime | None
    words: Words | None
    notes: tuple[Words, ...]
    consent: dict[str, str]
    memory: tuple[str, ...]
    may_call_now: bool
    not_now: tuple[str, ...]
    may_call_at: datetime | None

    def plain(self) -> dict[str, Any]:
        """For programs."""
        raise NotImplementedError


def about(engine: Engine, follow_up: str) -> About | None:
    """About the customer of this card; None when there is no such card. Reads only."""
    raise NotImplementedError

"""What the database says at the end, read with plain SQL and no code of Outreach's."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A row of `follow_up`; instants in microseconds."""

    id: str
    event: str
    customer: str
    state: str
    reason: str
    wake: int | None
    ended: int | None


@dataclass(frozen=True, slots=True)
class Touch:
    """A row of the ledger that holds a place."""

    subject: str
    at: int
    follow_up: str
    state: str


@dataclass(frozen=True, slots=True)
class Record:
    """The database at this address."""

    address: str

    def _read(self, sql: str) -> Sequence[Any]:
        with psycopg.connect(self.address) as db:
            return db.execute(sql.encode()).fetchall()

    def events(self) -> set[str]:
        """The ids of all events."""
        return {row[0] for row in self._read("SELECT id FROM event WHERE type = 'ping'")}

    def follow_ups(self) -> list[FollowUp]:
        """All of them."""
        sql = "SELECT id, event, customer, state, reason, wake, ended FROM follow_up"
        return [FollowUp(*row) for row in self._read(sql)]

    def touches(self) -> list[Touch]:
        """The ledger, without what was released."""
        sql = "SELECT subject, at, follow_up, state FROM touch WHERE state <> 'released'"
        return [Touch(*row) for row in self._read(sql)]

    def attempts(self) -> dict[str, int]:
        """How many there were, by state."""
        return dict(self._read("SELECT state, count(*) FROM attempt GROUP BY 1 ORDER BY 1"))

    def due(self) -> int:
        """How many follow-ups should be at work now; 1 when the database doesn't say."""
        now = int(time.time() * SECOND)
        try:
            return int(self._read(f"SELECT count(*) FROM follow_up WHERE wake <= {now} OR state = 'claimed'")[0][0])
        except psycopg.Error:
            return 1

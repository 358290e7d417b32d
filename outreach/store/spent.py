"""What went out by SMS, counted for limits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from outreach.store.codec import micros
from outreach.store.store import Transaction
from outreach.store.topology import ALL


class Spent:
    """Segments since `day` began, and the addresses (keyed hashes) that got their first SMS since `hour`."""

    def __init__(self, tx: Transaction, day: datetime, hour: datetime):
        self._tx, self._day, self._hour = tx, day, hour
        self._known: dict[str, bool] = {}

    @cached_property
    def segments(self) -> int:
        """Paid for since the day began; what was certainly not sent costs nothing."""
        return int(self._sent("coalesce(sum(t.segments), 0)", self._day)[0][0])

    @cached_property
    def new(self) -> set[str]:
        """Addresses that got their first SMS in this hour."""
        keys = {str(row[0]) for row in self._sent("DISTINCT t.address_key", self._hour)}
        return keys - self._before(keys)

    def is_new(self, key: str) -> bool:
        """Whether no SMS was ever sent there before this hour."""
        if key not in self._known:
            self._known[key] = key in self._before([key])
        return not self._known[key]

    def _sent(self, what: str, since: datetime) -> Sequence[Any]:
        here, place = self._tx.attempts.within(ALL)
        sql = (
            f"SELECT {what} FROM attempt t WHERE t.tenant_id = ? AND t.made >= ? AND t.channel = 'sms'"
            f" AND t.state NOT IN ('unsent', 'refused'){here}"
        )
        return self._tx.ask(lambda tx: tx.attempts.read(sql, tx.tenant, micros(since), *place))

    def _before(self, keys: Iterable[str]) -> set[str]:
        where = "t.channel = 'sms' AND t.state <> 'released' AND t.at < ?"
        subjects = [f"a:{key}" for key in keys]
        found = ("t.subject", "touch", "subject", subjects, where, micros(self._hour))
        rows = self._tx.ask(lambda tx: tx.ledger.read_keyed(*found))
        return {row[0][2:] for row in rows}

"""The book of attempts: each try to send, written down before the provider is called and after it answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from outreach.store.codec import Codec, micros
from outreach.store.dialect import Book, names


@dataclass(slots=True, kw_only=True)
class Attempt:
    """One try: `intent` before the call, then `accepted`, `refused`, `unsent` or `unknown`. A value, like `FollowUp`:
    not declared frozen, which would triple what it costs to make."""

    id: str
    customer: str
    follow_up: str
    number: int
    worker: str
    sender: str
    channel: str
    address: str
    address_key: str
    made: datetime
    deadline: datetime
    purpose: str = ""
    state: str = "intent"
    subject: str = ""
    body: str = ""
    html: str = ""
    provider_id: str = ""
    code: str = ""
    detail: str = ""
    ended: datetime | None = None


_ATTEMPT = Codec(Attempt)


class Attempts(Book):
    """Reads and writes the `attempt` table."""

    def add(self, attempts: Iterable[Attempt]) -> None:
        """Write intents."""
        columns = ("bucket", "tenant_id", *_ATTEMPT.columns)
        self.insert("attempt", columns, [(self.bucket(a.customer), self.tenant, *_ATTEMPT.row(a)) for a in attempts])

    def end(self, attempts: Iterable[Attempt]) -> None:
        """Write what became of them."""
        rows = [
            (a.state, a.provider_id, a.code, a.detail, micros(a.ended) if a.ended else None,
             self.bucket(a.customer), self.tenant, a.customer, a.id)
            for a in attempts
        ]  # fmt: skip
        changing = ("state", "provider_id", "code", "detail", "ended")
        self.update("attempt", changing, ("bucket", "tenant_id", "customer", "id"), rows)

    def of(self, customers: Iterable[str]) -> list[Attempt]:
        """All attempts for these customers, in order of time."""
        rows = self.read_keyed(names(_ATTEMPT.columns, "t."), "attempt", "customer", customers)
        found = _ATTEMPT.values(rows)
        return sorted(found, key=lambda a: (a.made, a.id))

    def by_sender(self, sender: str, since: datetime) -> list[Attempt]:
        """What was handed to this sender since then, of all customers."""
        sql = (
            f"SELECT {names(_ATTEMPT.columns, 't.')} FROM attempt t"
            " WHERE t.tenant_id = ? AND t.made >= ? AND t.sender = ? ORDER BY t.made DESC"
        )
        return _ATTEMPT.values(self.read(sql, self.tenant, micros(since), sender))

    def latest(self, limit: int) -> list[Attempt]:
        """The newest attempts of all customers: what was sent."""
        sql = (
            f"SELECT {names(_ATTEMPT.columns, 't.')} FROM attempt t WHERE t.tenant_id = ? ORDER BY t.made DESC LIMIT ?"
        )
        return _ATTEMPT.values(self.read(sql, self.tenant, limit))

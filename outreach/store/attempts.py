"""The book of attempts: each try to send, written down before the provider is called and after it answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from outreach.core.keys import bucket_in
from outreach.store.codec import Codec, micros
from outreach.store.dialect import Book, names
from outreach.store.fresh import Fresh


@dataclass(slots=True, kw_only=True)
class Attempt:
    """One try: `intent` before the call, then `accepted`, `refused`, `unsent` or `unknown`. A value, like `FollowUp`:
    not declared frozen, which would triple what it costs to make.

    Of one that is `unknown`, `look` is when it is looked up at its provider next (None: a person must say), `looks` how
    often nothing was found there, `evidence` what was found or why nobody can look. `delivery` is how far an accepted
    one has come (see `core.delivery`). `send_at` is when the provider was asked to send it, where it sends in two
    phases, and `batch` the provider's handle to take it back by. An SMS costs `segments`, and is given up at `dies`.
    """

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
    look: datetime | None = None
    looks: int = 0
    evidence: str = ""
    delivery: str = ""
    send_at: datetime | None = None
    batch: str = ""
    segments: int = 0
    dies: datetime | None = None


_ATTEMPT = Codec(Attempt)
_READ = names(_ATTEMPT.columns, "t.")
#: What is known of an intent's end, from `provider_id` to `batch`: nothing.
_FRESH = Fresh(["bucket", "tenant_id", *_ATTEMPT.columns], "provider_id", ("", "", "", None, None, 0, "", "", None, ""))
#: What an answer says; and what is learnt afterwards, which an answer that comes late must not undo.
_ENDING = ("state", "provider_id", "code", "detail", "ended", "look")
_LEARNT = (*_ENDING, "looks", "evidence", "delivery")
_KEYS = ("bucket", "tenant_id", "customer", "id")
_ENDED, _KNOWN = _ATTEMPT.picker(_ENDING), _ATTEMPT.picker(_LEARNT)


class Attempts(Book):
    """Reads and writes the `attempt` table."""

    def add(self, attempts: Iterable[Attempt]) -> None:
        """Write intents."""
        rows = [(self.bucket(a.customer), self.tenant, *_ATTEMPT.row(a)) for a in attempts]
        _FRESH.insert(self, "attempt", rows)

    def end(self, attempts: Iterable[Attempt]) -> None:
        """Write what the senders answered."""
        self.update("attempt", _ENDING, _KEYS, [(*_ENDED(a), *self._key(a)) for a in attempts])

    def learn(self, attempts: Iterable[Attempt]) -> None:
        """Write what was learnt about them afterwards."""
        self.update("attempt", _LEARNT, _KEYS, [(*_KNOWN(a), *self._key(a)) for a in attempts])

    def hold_by(self, attempt: Attempt, batch: str) -> bool:
        """Write down by which handle this intent can be taken back; False when it isn't an intent any more."""
        sql = (
            "UPDATE attempt SET batch = ? WHERE bucket = ? AND tenant_id = ? AND customer = ? AND id = ? AND state = ?"
        )
        return self.write(sql, batch, *self._key(attempt), "intent") == 1

    def named(self, id_: str) -> Attempt | None:
        """One attempt by its id alone, which names its bucket."""
        try:
            bucket = bucket_in(id_)
        except ValueError:
            return None
        sql = f"SELECT {_READ} FROM attempt t WHERE t.bucket = ? AND t.tenant_id = ? AND t.id = ?"
        return next(iter(_ATTEMPT.values(self.read(sql, bucket, self.tenant, id_))), None)

    def accepted(self, attempts: Iterable[Attempt]) -> dict[str, Attempt]:
        """Those of these that are known to be accepted, as they stand now."""
        wanted = {a.id: a.customer for a in attempts}
        rows = self.read_keyed(_READ, "attempt", "customer", set(wanted.values()), "t.state = 'accepted'")
        return {a.id: a for a in _ATTEMPT.values(rows) if a.id in wanted}

    def to_look_up(self, now: datetime, limit: int) -> list[Attempt]:
        """Those nobody knows of that are to be looked up by now, the longest due first."""
        where = "t.state = 'unknown' AND t.tenant_id = ? AND t.look <= ?"
        sql = f"SELECT {_READ} FROM attempt t WHERE {where} ORDER BY t.look, t.id LIMIT ?"
        return _ATTEMPT.values(self.read(sql, self.tenant, micros(now), limit))

    def take(self, attempt: Attempt, until: datetime) -> bool:
        """Nobody else looks this one up until then; False when somebody else took it first."""
        assert attempt.look is not None
        sql = "UPDATE attempt SET look = ? WHERE bucket = ? AND tenant_id = ? AND customer = ? AND id = ? AND look = ?"
        return self.write(sql, micros(until), *self._key(attempt), micros(attempt.look)) == 1

    def handed_over(self, now: datetime, limit: int) -> list[Attempt]:
        """Those that are at the provider, and not yet to be sent."""
        where = "t.send_at > ? AND t.tenant_id = ? AND t.state = 'accepted'"
        sql = f"SELECT {_READ} FROM attempt t WHERE {where} ORDER BY t.send_at, t.id LIMIT ?"
        return _ATTEMPT.values(self.read(sql, micros(now), self.tenant, limit))

    def unknown(self, limit: int, *, looked_up: bool) -> list[Attempt]:
        """Those nobody knows of, the oldest first: only those that a person must decide, or with those that are looked
        up still."""
        where = "t.state = 'unknown' AND t.tenant_id = ?" + ("" if looked_up else " AND t.look IS NULL")
        sql = f"SELECT {_READ} FROM attempt t WHERE {where} ORDER BY t.made, t.id LIMIT ?"
        return _ATTEMPT.values(self.read(sql, self.tenant, limit))

    def undecided(self) -> int:
        """How many a person must decide."""
        where = "t.state = 'unknown' AND t.tenant_id = ? AND t.look IS NULL"
        return int(self.read(f"SELECT count(*) FROM attempt t WHERE {where}", self.tenant)[0][0])

    def _key(self, a: Attempt) -> tuple[int, str, str, str]:
        return self.bucket(a.customer), self.tenant, a.customer, a.id

    def of(self, customers: Iterable[str]) -> list[Attempt]:
        """All attempts for these customers, in order of time."""
        rows = self.read_keyed(_READ, "attempt", "customer", customers)
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
        sql = f"SELECT {_READ} FROM attempt t WHERE t.tenant_id = ? ORDER BY t.made DESC LIMIT ?"
        return _ATTEMPT.values(self.read(sql, self.tenant, limit))

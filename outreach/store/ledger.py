"""The ledger: who was touched, when, and by what; under the customer and under the address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from outreach.core.ledger import Touch
from outreach.store.codec import EPOCH, Codec, micros
from outreach.store.dialect import Book, names
from outreach.store.topology import Buckets

_TOUCH = Codec(Touch)
_COLUMNS = ("bucket", "tenant_id", "subject", "gap_until", *_TOUCH.columns)
#: Named, so that PostgreSQL passes over a touch that is known, and not over one that is too near to another.
_KNOWN = "(bucket, tenant_id, subject, id) DO NOTHING"
#: By customer, or by address key.
Touches = dict[str, list[Touch]]
_READ = "t.subject, " + names(_TOUCH.columns, "t.")


class Ledger(Book):
    """Reads and writes the `touch` table."""

    def __init__(self, conn: Connection, tenant: str):
        super().__init__(conn, tenant)
        bucket = self.bucket
        #: `c:ID` and `a:KEY` lie in the bucket of the customer and of the address key.
        self.place = lambda subject: bucket(subject[2:])

    def touches(self, customers: Iterable[str], since: datetime) -> dict[str, list[Touch]]:
        """Touches of these customers from `since` on."""
        return self.near(customers, (), since)[0]

    def at_addresses(self, keys: Iterable[str], since: datetime) -> dict[str, list[Touch]]:
        """Touches at these addresses (keyed hashes), whoever was meant, from `since` on."""
        return self.near((), keys, since)[1]

    def near(self, customers: Iterable[str], keys: Iterable[str], since: datetime) -> tuple[Touches, Touches]:
        """Both of them, with one question."""
        hers: Touches = {}
        there: Touches = {}
        subjects = [*(f"c:{c}" for c in customers), *(f"a:{k}" for k in keys)]
        where = "t.at >= ? AND t.state <> 'released'"
        for row in self.read_keyed(_READ, "touch", "subject", subjects, where, micros(since)):
            found = hers if row[0].startswith("c:") else there
            found.setdefault(row[0][2:], []).append(_TOUCH.value(row[1:]))
        return hers, there

    def reserve(self, touches: Iterable[Touch], gap: Mapping[str, timedelta]) -> None:
        """Enter touches, at their address and at their customer, where those are known. `gap` maps a touch's id to the
        minimum gap it obeys: the database refuses two such touches of one subject that are nearer than that."""
        rows = []
        for t in touches:
            until = micros(t.at + gap[t.id]) if gap.get(t.id) else None
            told = _TOUCH.row(t)
            if t.customer:
                rows.append((self.bucket(t.customer), self.tenant, f"c:{t.customer}", until, *told))
            if t.address_key:
                rows.append((self.bucket(t.address_key), self.tenant, f"a:{t.address_key}", until, *told))
        self.insert("touch", _COLUMNS, rows, _KNOWN)

    def settle(self, touches: Iterable[Touch]) -> None:
        """Store the state of known touches, under each subject."""
        rows = [
            (t.state, t.by, self.place(s), self.tenant, s, t.id)
            for t in touches
            for s in (f"c:{t.customer}", f"a:{t.address_key}")
            if s != "a:"
        ]
        self.update("touch", ("state", "by"), ("bucket", "tenant_id", "subject", "id"), rows)

    def redate(self, touches: Iterable[Touch]) -> None:
        """These take place at their `at` and not when they were reserved, by what is `known` now; the gaps they obey go
        with them."""
        rows = [
            (micros(t.at), micros(t.at), t.known, self.place(s), self.tenant, s, t.id)
            for t in touches
            for s in (f"c:{t.customer}", f"a:{t.address_key}")
            if s != "a:"
        ]
        sql = "UPDATE touch SET gap_until = gap_until + (? - at), at = ?, known = ?"
        self.write_many(f"{sql} WHERE bucket = ? AND tenant_id = ? AND subject = ? AND id = ?", rows)

    def shorten(self, gap: timedelta, since: datetime, some: Buckets) -> int:
        """The house's minimum gap is smaller now: touches in these buckets that still hold a longer one since then hold
        this one; how many. PostgreSQL keeps to the earlier touch's gap, whatever the later one obeys."""
        sql = (
            "UPDATE touch SET gap_until = at + ? WHERE bucket BETWEEN ? AND ? AND tenant_id = ?"
            " AND gap_until > at + ? AND gap_until > ?"
        )
        length = micros(EPOCH + gap)
        return self.write(sql, length, some.first, some.last, self.tenant, length, micros(since))

    def of_follow_ups(self, pairs: Iterable[tuple[str, str]]) -> dict[str, Touch]:
        """The live touch of each of these (customer, follow-up), by follow-up."""
        listed = list(pairs)
        wanted = {follow_up for _, follow_up in listed}
        rows = self.read_keyed(_READ, "touch", "subject", {f"c:{c}" for c, _ in listed}, "t.state <> 'released'")
        touches = (_TOUCH.value(row[1:]) for row in rows)
        return {t.follow_up: t for t in touches if t.follow_up in wanted}

"""The ledger: who was touched, when, and by what; under the customer and under the address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from outreach.core.ledger import Touch
from outreach.store.codec import EPOCH, Codec, dump, micros
from outreach.store.dialect import Book, names
from outreach.store.elsewhere import Elsewhere, Entry
from outreach.store.topology import Buckets

_TOUCH = Codec(Touch)
_COLUMNS = ("bucket", "tenant_id", "subject", "gap_until", *_TOUCH.columns)
#: Named, so that PostgreSQL passes over a touch that is known, and not over one that is too near to another.
_KNOWN = "(bucket, tenant_id, subject, id) DO NOTHING"
#: At an address: what was given back there, or reserved by a try that failed, is reserved anew.
_ANEW = (
    "(bucket, tenant_id, subject, id) DO UPDATE SET state = excluded.state, at = excluded.at,"
    " gap_until = excluded.gap_until, known = excluded.known WHERE touch.state IN ('released', 'reserved')"
)
#: By customer, or by address key.
Touches = dict[str, list[Touch]]
_READ = "t.subject, " + names(_TOUCH.columns, "t.")


class Ledger(Book):
    """Reads and writes the `touch` table. Where addresses lie in groups of buckets that mustn't share this
    transaction, their entries are read and written `elsewhere`."""

    elsewhere: Elsewhere | None = None

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
        if self.elsewhere is not None and (at := set(keys)):
            return self.near(customers, (), since)[0], self.elsewhere.ask(lambda tx: tx.ledger.at_addresses(at, since))
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
        new = list(touches)
        entries = [(t, _entry(t, gap.get(t.id))) for t in new]
        there = [self._row(f"a:{t.address_key}", entry) for t, entry in entries if t.address_key]
        if self.elsewhere is not None:
            for t in (t for t in new if t.address_key and not self.elsewhere.took(t)):
                self.elsewhere.take([t], lambda tx, t=t: tx.ledger.enter_there(t, gap.get(t.id)))  # type: ignore[misc]
            there = []
        hers = [self._row(f"c:{t.customer}", entry) for t, entry in entries if t.customer]
        self.insert("touch", _COLUMNS, hers + there, _KNOWN)

    def enter_there(self, touch: Touch, gap: timedelta | None) -> None:
        """Reserve a place at its address only; once more, if it was reserved there before."""
        self.insert("touch", _COLUMNS, [self._row(f"a:{touch.address_key}", _entry(touch, gap))], _ANEW)

    def _row(self, subject: str, entry: tuple[Any, ...]) -> tuple[Any, ...]:
        return (self.place(subject), self.tenant, subject, *entry)

    def settle(self, touches: Iterable[Touch]) -> None:
        """Store the state of known touches, under each subject."""
        listed = list(touches)
        rows = [(t.state, t.by, self.place(s), self.tenant, s, t.id) for t in listed for s in self._subjects(t)]
        self.update("touch", ("state", "by"), ("bucket", "tenant_id", "subject", "id"), rows)
        if self.elsewhere is not None:
            self.elsewhere.settle(listed)

    def stand(self, touches: Iterable[Touch]) -> None:
        """Store the state of known touches at their addresses only."""
        rows = [(t.state, t.by, self.bucket(t.address_key), self.tenant, f"a:{t.address_key}", t.id) for t in touches]
        self.update("touch", ("state", "by"), ("bucket", "tenant_id", "subject", "id"), rows)

    def redate(self, touches: Iterable[Touch]) -> None:
        """These take place at their `at` and not when they were reserved, by what is `known` now; the gaps they obey go
        with them. Where addresses lie apart, those have been asked before."""
        rows = [
            (micros(t.at), micros(t.at), t.known, self.place(s), self.tenant, s, t.id)
            for t in touches
            for s in self._subjects(t)
        ]
        sql = "UPDATE touch SET gap_until = gap_until + (? - at), at = ?, known = ?"
        self.write_many(f"{sql} WHERE bucket = ? AND tenant_id = ? AND subject = ? AND id = ?", rows)

    def _subjects(self, t: Touch) -> list[str]:
        there = [f"a:{t.address_key}"] if t.address_key and self.elsewhere is None else []
        return [f"c:{t.customer}", *there]

    def entries(self, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Touch]:
        """What customers' own books have under these (customer, id), released ones too."""
        wanted = set(pairs)
        where, ids = self.dialect.among.format("t.id"), dump(sorted({id_ for _, id_ in wanted}))
        rows = self.read_keyed(_READ, "touch", "subject", {f"c:{c}" for c, _ in wanted}, where, ids)
        found = {(row[0][2:], t.id): t for row in rows for t in (_TOUCH.value(row[1:]),)}
        return {pair: t for pair, t in found.items() if pair in wanted}

    def follow(self, entries: Iterable[tuple[str, str, Touch | None]]) -> int:
        """Entries at addresses (key, id) become what their customers have; where those have nothing there was no
        contact, and none stays. How many there are."""
        listed = list(entries)
        where = "WHERE bucket = ? AND tenant_id = ? AND subject = ? AND id = ?"
        keys = [(self.bucket(key), self.tenant, f"a:{key}", id_) for key, id_, _ in listed]
        gone = [k for k, (_, _, t) in zip(keys, listed, strict=True) if t is None]
        here = [(micros(t.at), micros(t.at), t.known, t.state, t.by, *k)
                for k, (_, _, t) in zip(keys, listed, strict=True) if t is not None]  # fmt: skip
        self.write_many(f"DELETE FROM touch {where}", gone)
        self.write_many(
            f'UPDATE touch SET gap_until = gap_until + (? - at), at = ?, known = ?, state = ?, "by" = ? {where}', here
        )
        return len(listed)

    def doubtful(self, before: datetime, some: Buckets) -> dict[Entry, str]:
        """Entries at addresses in these buckets that may have been left behind: reserved, or of unknown end, since
        before then; with their states."""
        here, place = self.within(some)
        sql = (
            f"SELECT {_READ} FROM touch t WHERE t.tenant_id = ?{here} AND substr(t.subject, 1, 2) = 'a:'"
            " AND t.state IN ('reserved', 'unknown') AND t.at < ? AND t.customer <> ''"
        )
        rows = self.read(sql, self.tenant, *place, micros(before))
        found = ((row[0][2:], _TOUCH.value(row[1:])) for row in rows)
        return {Entry(t.customer, t.id, key): t.state for key, t in found}

    def shorten(self, gap: timedelta, since: datetime, some: Buckets) -> int:
        """The house's minimum gap is smaller now: touches in these buckets that still hold a longer one since then hold
        this one; how many. PostgreSQL keeps to the earlier touch's gap, whatever the later one obeys."""
        here, place = self.within(some)
        sql = (
            f"UPDATE touch AS t SET gap_until = at + ? WHERE t.tenant_id = ?{here}"
            " AND gap_until > at + ? AND gap_until > ?"
        )
        length = micros(EPOCH + gap)
        return self.write(sql, length, self.tenant, *place, length, micros(since))

    def of_follow_ups(self, pairs: Iterable[tuple[str, str]]) -> dict[str, Touch]:
        """The live touch of each of these (customer, follow-up), by follow-up."""
        listed = list(pairs)
        wanted = {follow_up for _, follow_up in listed}
        rows = self.read_keyed(_READ, "touch", "subject", {f"c:{c}" for c, _ in listed}, "t.state <> 'released'")
        touches = (_TOUCH.value(row[1:]) for row in rows)
        return {t.follow_up: t for t in touches if t.follow_up in wanted}


def _entry(t: Touch, gap: timedelta | None) -> tuple[Any, ...]:
    """What stands under each of its subjects alike."""
    return (micros(t.at + gap) if gap else None, *_TOUCH.row(t))

"""The book of watches: when rules that no event sets off look at a customer next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from outreach.core.watch import Watch
from outreach.store.codec import Codec, instant, micros
from outreach.store.dialect import Book, names
from outreach.store.topology import ALL, Buckets

_WATCH = Codec(Watch)
_COLUMNS = ("bucket", "tenant_id", *_WATCH.columns)
_SET = "(bucket, tenant_id, customer, rule) DO UPDATE SET wake = excluded.wake, version = excluded.version"
_MINE = "bucket = ? AND tenant_id = ? AND customer = ? AND rule = ?"


class Watches(Book):
    """Reads and writes the `watch` table."""

    def set(self, watches: Iterable[Watch]) -> None:
        """Enter them, or what they are now."""
        latest = {(w.customer, w.rule): w for w in watches}.values()
        rows = [(self.bucket(w.customer), self.tenant, *_WATCH.row(w)) for w in latest]
        self.insert("watch", _COLUMNS, rows, _SET)

    def rouse(self, wakes: Iterable[tuple[str, str, datetime]]) -> None:
        """(customer, rule, wake) of watches that sleep for good: from now on they wait again. One that waits already
        stays as it is; it looks for itself how things stand when it wakes."""
        sql = f"UPDATE watch SET wake = ? WHERE {_MINE} AND wake IS NULL"
        self.write_many(sql, [(micros(at), self.bucket(c), self.tenant, c, rule) for c, rule, at in wakes])

    def due(self, now: datetime, limit: int, buckets: Buckets = ALL) -> list[Watch]:
        """Those of these buckets that wake by `now`, earliest first."""
        here, place = self.within(buckets)
        sql = (
            f"SELECT {names(_WATCH.columns, 't.')} FROM watch t WHERE t.wake <= ?{here} AND t.tenant_id = ?"
            " ORDER BY t.wake, t.bucket, t.customer, t.rule LIMIT ?"
        )
        return _WATCH.values(self.read(sql, micros(now), *place, self.tenant, limit))

    def next_wake(self, rules: Iterable[str] | None = None) -> datetime | None:
        """When the first one wakes (of these rules); None when none does."""
        wanted = None if rules is None else sorted(rules)
        among = "" if wanted is None else f" AND t.rule IN ({', '.join('?' for _ in wanted)})"
        here, place = self.within(ALL)
        sql = f"SELECT min(t.wake) FROM watch t WHERE t.wake IS NOT NULL{here} AND t.tenant_id = ?{among}"
        value = self.read(sql, *place, self.tenant, *(wanted or ()))[0][0]
        return None if value is None else instant(value)

    def of(self, customers: Iterable[str]) -> list[Watch]:
        """All watches of these customers."""
        return _WATCH.values(self.read_keyed(names(_WATCH.columns, "t."), "watch", "customer", customers))

    def forget(self, watches: Iterable[Watch]) -> None:
        """Remove them: their rule is gone."""
        rows = [(self.bucket(w.customer), self.tenant, w.customer, w.rule) for w in watches]
        self.write_many(f"DELETE FROM watch WHERE {_MINE}", rows)

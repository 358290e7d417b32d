"""The book of callbacks: what providers have told already. They tell it twice, late and in any order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from outreach.core.keys import share
from outreach.store.codec import micros
from outreach.store.dialect import SQLITE, Book
from outreach.store.topology import ALL, Buckets

_COLUMNS = ("bucket", "tenant_id", "provider", "id", "received")
#: SendGrid tries again for a day. What comes after this is harmless by itself: it moves nothing back.
KEPT = timedelta(days=60)
#: How often, by chance, a callback makes the book forget the old ones.
FORGETTING = 0.002


class Callbacks(Book):
    """Reads and writes the `callback` table. `place` is the bucket of the attempt or address that is spoken of;
    `apart`: a transaction keeps to one group of buckets."""

    apart = False

    def take(self, provider: str, id_: str, place: int, now: datetime) -> bool:
        """Whether this was never told before; from now on it was."""
        row = (place, self.tenant, provider, id_, micros(now))
        if self.dialect is SQLITE:
            new = self.insert("callback", _COLUMNS, [row]) > 0
        else:
            new = bool(self.insert_new("callback", _COLUMNS, [row], ("id",)))
        if new and share(id_, "forget") < FORGETTING:
            self.forget(now - KEPT, Buckets(place, place) if self.apart else ALL)
        return new

    def known(self, provider: str, told: Iterable[tuple[str, int]]) -> set[str]:
        """Those of these (id, place) that were told before."""
        sql = "SELECT id FROM callback WHERE bucket = ? AND tenant_id = ? AND provider = ? AND id = ?"
        return {id_ for id_, place in set(told) if self.read(sql, place, self.tenant, provider, id_)}

    def forget(self, before: datetime, some: Buckets = ALL) -> int:
        """Remove what came before this moment; how many."""
        here, place = self.within(some)
        sql = f"DELETE FROM callback AS t WHERE t.tenant_id = ? AND t.received < ?{here}"
        return self.write(sql, self.tenant, micros(before), *place)

"""The book of aliases: customers who have become another one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from outreach.store.codec import instant, micros
from outreach.store.dialect import Book


class Aliases(Book):
    """Reads and writes the `alias` table."""

    def add(self, old: str, into: str, now: datetime) -> None:
        """From now on `old` is `into`. Who was merged once stays so."""
        row = (self.bucket(old), self.tenant, old, into, micros(now))
        self.insert("alias", ("bucket", "tenant_id", "id", "into", "since"), [row])

    def into(self, ids: Iterable[str]) -> dict[str, str]:
        """Those of these who have become another, and who that is now, at the end of all merges (a→b, b→c: a is c)."""
        found: dict[str, str] = {}
        asked: set[str] = set()
        ask = set(ids)
        while ask:
            asked |= ask
            found.update(self.read_keyed('t.id, t."into"', "alias", "id", ask))
            ask = set(found.values()) - asked
        return {id_: self._end(id_, found) for id_ in found}

    def _end(self, id_: str, step: dict[str, str]) -> str:
        seen = {id_}
        while (there := step.get(id_)) is not None and there not in seen:
            seen.add(there)
            id_ = there
        return id_

    def of(self, customer: str) -> dict[str, datetime]:
        """Who has become this customer, also by way of others, and since when. Goes through the whole table, which has
        a row for each merge: for what is asked once in a while."""
        rows = self.read('SELECT id, "into", since FROM alias WHERE tenant_id = ?', self.tenant)
        found: dict[str, datetime] = {}
        names = {customer}
        while names:
            more = {id_: instant(since) for id_, into, since in rows if into in names and id_ not in found}
            found |= more
            names = set(more)
        return found

"""All that is kept of one customer: copied to another when two become one, taken away when she is erased."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from outreach.store.dialect import Book, names
from outreach.store.events import COLUMNS as EVENT
from outreach.store.traces import TRACE

_HOLD: Final = ("bucket", "tenant_id", "customer", "name", "key", "opened", "closed")
_SAVE_HOLD: Final = (
    '(bucket, tenant_id, customer, name, "key") DO UPDATE SET opened = excluded.opened, closed = excluded.closed'
)
#: Tables whose rows are a customer's, with the column that names her.
HERS: Final = {
    "event": "customer", "follow_up": "customer", "trace": "customer", "consent": "customer", "hold": "customer",
    "watch": "customer", "attempt": "customer", "card": "customer", "customer": "id", "alias": "id",
}  # fmt: skip


class Whole(Book):
    """Moves and removes rows of many tables. Nothing here is asked for in the daily way of events."""

    def copy_events(self, old: str, into: str) -> dict[tuple[str, str], str]:
        """Give `into` the events of `old`. One that is there already is the same news, told of both; where only its
        name is taken, it gets another source: (source, id) → source of those."""
        there = {(row[3], row[4]): (row[5], row[6]) for row in self._rows("event", EVENT, into)}
        moved: dict[tuple[str, str], str] = {}
        rows = []
        for _, _, _, source, id_, *rest in self._rows("event", EVENT, old):
            taken = there.get((source, id_))
            if taken is not None and taken != (rest[0], rest[1]):
                moved[(source, id_)] = f"{old}/{source}"
            if taken is None or (source, id_) in moved:
                name = moved.get((source, id_), source)
                rows.append((self.bucket(into), self.tenant, into, name, id_, *rest))
        self.insert("event", EVENT, rows)
        return moved

    def copy_traces(self, old: str, into: str, ids: Mapping[str, str]) -> None:
        """Give `into` the decisions about these follow-ups (old id → new id)."""
        rows = [
            (self.bucket(into), self.tenant, into, ids[follow_up], *rest)
            for _, _, _, follow_up, *rest in self._rows("trace", TRACE, old)
            if follow_up in ids
        ]
        self.insert("trace", TRACE, rows)

    def copy_holds(self, old: str, into: str) -> None:
        """Give `into` the holds of `old`: what is open on one side is open, and marks are as late as the later."""
        there = {(row[3], row[4]): row for row in self._rows("hold", _HOLD, into)}
        rows = []
        for _, _, _, name, key, opened, closed in self._rows("hold", _HOLD, old):
            known = there.get((name, key))
            if known is not None:
                ends = (closed, known[6])
                opened, closed = max(opened, known[5]), None if None in ends else max(ends)
            rows.append((self.bucket(into), self.tenant, into, name, key, opened, closed))
        self.insert("hold", _HOLD, rows, _SAVE_HOLD)

    def share(self, keys: Iterable[str], old: str, into: str) -> None:
        """Whoever asks who is reached by these addresses finds `into`, and `old` no more."""
        columns = ("bucket", "tenant_id", "address_key", "customer")
        wanted = [(self.bucket(k), self.tenant, k) for k in sorted(set(keys))]
        self.insert("address", columns, [(*row, into) for row in wanted])
        sql = "DELETE FROM address WHERE bucket = ? AND tenant_id = ? AND address_key = ? AND customer = ?"
        self.write_many(sql, [(*row, old) for row in wanted])

    def forget_addresses(self, customer: str) -> None:
        """She is reached by no address any more, those of former days included: they lie in buckets of their own, so
        all are gone through."""
        keys = self.read("SELECT address_key FROM address WHERE tenant_id = ? AND customer = ?", self.tenant, customer)
        sql = "DELETE FROM address WHERE bucket = ? AND tenant_id = ? AND address_key = ? AND customer = ?"
        self.write_many(sql, [(self.bucket(key), self.tenant, key, customer) for (key,) in keys])

    def forget(self, customer: str, tables: Iterable[str]) -> None:
        """Remove her rows from these tables."""
        for table in tables:
            sql = f"DELETE FROM {table} WHERE bucket = ? AND tenant_id = ? AND {HERS[table]} = ?"
            self.write(sql, self.bucket(customer), self.tenant, customer)

    def forget_touches(self, customer: str) -> int:
        """Her own pages of the ledger go; at the addresses the entries stay and count, but name nobody. How many."""
        subject = f"c:{customer}"
        columns = names(("id", "address_key"), "t.")
        sql = f"SELECT {columns} FROM touch t WHERE bucket = ? AND tenant_id = ? AND subject = ?"
        rows = self.read(sql, self.bucket(customer), self.tenant, subject)
        at = [(self.bucket(key), self.tenant, f"a:{key}", id_) for id_, key in rows if key]
        self.write_many(
            "UPDATE touch SET customer = '', follow_up = '', \"by\" = ''"
            " WHERE bucket = ? AND tenant_id = ? AND subject = ? AND id = ?", at,
        )  # fmt: skip
        sql = "DELETE FROM touch WHERE bucket = ? AND tenant_id = ? AND subject = ?"
        self.write(sql, self.bucket(customer), self.tenant, subject)
        return len(rows)

    def _rows(self, table: str, columns: tuple[str, ...], customer: str) -> list[Any]:
        sql = f"SELECT {names(columns, 't.')} FROM {table} t WHERE bucket = ? AND tenant_id = ? AND customer = ?"
        return list(self.read(sql, self.bucket(customer), self.tenant, customer))

"""Reading the tables, one range of buckets at a time, with plain SQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from outreach.core.keys import BUCKETS
from outreach.proof.rows import Entry, Heard, Held, Listed, Person, Planned, Row, Said, Tried
from outreach.store.dialect import Book

#: Customers that are looked at together, about; so many and their rows are in memory at a time.
AT_A_TIME: Final = 1000
#: Only of these events it matters what they say.
_TELLING: Final = "'outcome', 'contact.made'"
_EVENT: Final = (
    f"customer, source, id, type, time, received, CASE WHEN type IN ({_TELLING}) THEN data ELSE '' END AS data"
)


class Reader(Book):
    """Asks for rows. Everything it reads lies in one transaction that writes nothing."""

    def ranges(self) -> list[tuple[int, int]]:
        """Ranges of buckets (first, last) with about so many customers each."""
        count = int(self.read("SELECT count(*) FROM customer WHERE tenant_id = ?", self.tenant)[0][0])
        width = max(1, min(BUCKETS, BUCKETS * AT_A_TIME // max(1, count)))
        return [(first, min(first + width, BUCKETS) - 1) for first in range(0, BUCKETS, width)]

    def people(self, first: int, last: int) -> list[Person]:
        """Everybody of these buckets about whom the ledger or the book of follow-ups has something, in order."""
        found: dict[str, Person] = {}

        def of(id: str) -> Person:
            return found.setdefault(id, Person(id))

        for entry in self.entries(first, last, "c:"):
            of(entry.subject[2:]).entries.append(entry)
        for p in map(Planned._make, self._range(Planned._fields, "follow_up", first, last)):
            of(p.customer).planned.append(p)
        for t in map(Tried._make, self._range(Tried._fields, "attempt", first, last)):
            of(t.customer).tried.append(t)
        self._facts(found, first, last)
        return [found[id] for id in sorted(found)]

    def _facts(self, found: dict[str, Person], first: int, last: int) -> None:
        """What is known of those who were found."""
        for row in map(Row._make, self._range(Row._fields, "customer", first, last)):
            if row.id in found:
                found[row.id].row = row
        for said in map(Said._make, self._range(Said._fields, "consent", first, last)):
            if said.customer in found:
                found[said.customer].said.append(said)
        for held in map(Held._make, self._range(Held._fields, "hold", first, last)):
            if held.customer in found:
                found[held.customer].held.append(held)
        sql = f"SELECT {_EVENT} FROM event WHERE bucket BETWEEN ? AND ? AND tenant_id = ?"
        for heard in map(Heard._make, self.read(sql, first, last, self.tenant)):
            if heard.customer in found:
                found[heard.customer].heard.append(heard)

    def entries(self, first: int, last: int, kind: str) -> Iterator[Entry]:
        """The ledger of the customers (`c:`) or of the addresses (`a:`) of these buckets, by subject and time."""
        where = " AND subject LIKE ? ORDER BY subject, at, id"
        rows = self._range(Entry._fields, "touch", first, last, where, f"{kind}%")
        return map(Entry._make, rows)

    def _range(
        self, columns: Iterable[str], table: str, first: int, last: int, more: str = "", *values: Any
    ) -> Sequence[Any]:
        quoted = ", ".join(f'"{column}"' for column in columns)
        sql = f"SELECT {quoted} FROM {table} WHERE bucket BETWEEN ? AND ? AND tenant_id = ?{more}"
        return self.read(sql, first, last, self.tenant, *values)

    def suppressed(self, keys: Iterable[str]) -> dict[str, list[Listed]]:
        """What the suppression list says of these addresses."""
        found: dict[str, list[Listed]] = {}
        wanted = sorted(keys)
        for some in (wanted[i : i + 500] for i in range(0, len(wanted), 500)):
            marks = ", ".join("?" for _ in some)
            sql = (
                "SELECT address_key, channel, reason, since FROM suppression"
                f" WHERE tenant_id = ? AND address_key IN ({marks})"
            )
            for listed in map(Listed._make, self.read(sql, self.tenant, *some)):
                found.setdefault(listed.key, []).append(listed)
        return found

    def merged(self) -> dict[str, tuple[str, int]]:
        """Who has become whom, and since when."""
        sql = 'SELECT id, "into", since FROM alias WHERE tenant_id = ?'
        return {id: (into, since) for id, into, since in self.read(sql, self.tenant)}

    def entries_of(self, customer: str) -> list[Entry]:
        """The ledger of one customer."""
        return [Entry._make(row) for row in self.of_customer(Entry._fields, "touch", f"c:{customer}", "subject")]

    def of_customer(self, columns: Iterable[str], table: str, name: str, by: str = "customer") -> Sequence[Any]:
        """Her rows in a table; `name` is hers, or her subject's in the ledger."""
        quoted = ", ".join(f'"{column}"' for column in columns)
        sql = f"SELECT {quoted} FROM {table} WHERE bucket = ? AND tenant_id = ? AND {by} = ?"
        return self.read(sql, self.bucket(name.removeprefix("c:") if by == "subject" else name), self.tenant, name)

    def has_follow_up(self, customer: str, id: str) -> bool:
        """Whether she has this follow-up."""
        sql = "SELECT 1 FROM follow_up WHERE bucket = ? AND tenant_id = ? AND customer = ? AND id = ?"
        return bool(self.read(sql, self.bucket(customer), self.tenant, customer, id))

    def heard_at(self, customer: str, time: int) -> list[Heard]:
        """The events of that very moment."""
        sql = f"SELECT {_EVENT} FROM event WHERE bucket = ? AND tenant_id = ? AND customer = ? AND time = ?"
        return [Heard._make(r) for r in self.read(sql, self.bucket(customer), self.tenant, customer, time)]

    def replies_read(self, customer: str) -> dict[str, int | None]:
        """When a person had read each doubtful reply, by the message's id; None while nobody has."""
        sql = (
            "SELECT event, ended FROM follow_up WHERE bucket = ? AND tenant_id = ? AND customer = ?"
            " AND rule = 'engine:reply'"
        )
        return dict(self.read(sql, self.bucket(customer), self.tenant, customer))

    def sharing(self, key: str) -> list[str]:
        """Who is reached by an address."""
        sql = "SELECT customer FROM address WHERE bucket = ? AND tenant_id = ? AND address_key = ?"
        return [row[0] for row in self.read(sql, self.bucket(key), self.tenant, key)]

    def entry(self, subject: str, id: str) -> Entry | None:
        """One row of the ledger."""
        quoted = ", ".join(f'"{column}"' for column in Entry._fields)
        sql = f"SELECT {quoted} FROM touch WHERE bucket = ? AND tenant_id = ? AND subject = ? AND id = ?"
        found = self.read(sql, self.bucket(subject[2:]), self.tenant, subject, id)
        return Entry._make(found[0]) if found else None

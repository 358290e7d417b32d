"""The book of customers: who they are, where they are reached, what they agreed to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from outreach.core.consenting import Suppression
from outreach.core.customer import Consent, Customer
from outreach.core.keys import address_key, make_id
from outreach.store.codec import Codec, dump, instant, micros
from outreach.store.dialect import POSTGRESQL, SQLITE, Book, as_keys, names
from outreach.store.elsewhere import Elsewhere
from outreach.store.people import CODEC, People

_CONSENT = Codec(Consent)
_COLUMNS = ("bucket", "tenant_id", *CODEC.columns, "updated")
_UPDATE = ", ".join(f'"{c}" = excluded."{c}"' for c in (*CODEC.columns[1:], "updated"))
_SAVE = f"(bucket, tenant_id, id) DO UPDATE SET {_UPDATE}"


_READ = names(CODEC.columns, "t.")
#: The keys of which not every row could be held. Who comes to share an address while this is asked is no matter: to
#: decide about a contact there she has to hold the rows of those whom this does see, their own among them.
_HERE = "FROM address t WHERE t.bucket = k.bucket AND t.tenant_id = ? AND t.address_key = k.subject"
_TAKEN = (
    f"SELECT k.subject FROM {POSTGRESQL.keys} CROSS JOIN LATERAL (SELECT count(*) AS n {_HERE}) every"
    f" CROSS JOIN LATERAL (SELECT count(*) AS n FROM (SELECT 1 {_HERE} ORDER BY t.customer"
    " FOR NO KEY UPDATE SKIP LOCKED) t) held WHERE held.n < every.n"
)
assert CODEC.columns[0] == "id"


class Customers(Book):
    """Reads and writes the tables `customer`, `address`, `consent` and `suppression`. `secret` keys address hashes."""

    secret: bytes = b""
    #: Where addresses lie, when they mustn't share this transaction.
    elsewhere: Elsewhere | None = None

    def get(self, ids: Iterable[str]) -> People:
        """The known ones of these, by id."""
        return People({row[0]: row for row in self.read_keyed(_READ, "customer", "id", ids)})

    def hold(
        self, ids: Iterable[str], *, skip: bool = False, most: int | None = None, read: bool = True
    ) -> People:  # fmt: skip
        """The known ones of these, by id, and nobody else changes anything about them until the transaction ends. With
        `skip` those whom somebody else holds are left out, and at most `most` are taken; else they are waited for.
        Without `read` no more is known of them than that they are there."""
        fence = "FOR NO KEY UPDATE" + (" SKIP LOCKED" if skip else "")
        limit = "" if most is None else f"1 = 1 LIMIT {most:d}"
        columns = _READ if read else 't."id"'
        return People({row[0]: row for row in self.read_keyed(columns, "customer", "id", ids, limit, fence=fence)})

    def hold_addresses(self, keys: Iterable[str], *, skip: bool = False) -> set[str]:
        """Whoever is reached by these addresses: nobody else decides about a contact there until the transaction ends.
        With `skip` nobody is waited for; the keys of which somebody else holds a part. SQLite has one writer anyway;
        where addresses lie elsewhere they are held when a place is taken there."""
        if self.dialect is SQLITE or self.elsewhere is not None or not (wanted := set(keys)):
            return set()
        if skip:
            values = (as_keys(self.bucket, wanted), self.tenant, self.tenant)
            return {row[0] for row in self.read(_TAKEN, *values)}
        fence = "ORDER BY t.customer FOR NO KEY UPDATE"
        self.read_keyed("t.customer", "address", "address_key", wanted, fence=fence)
        return set()

    def enter(self, ids: Iterable[str], now: datetime) -> set[str]:
        """Make a row for each customer who has none yet, so that there is something to hold; those that were new.
        SQLite has one writer: there nothing needs to be made, and nobody is new."""
        if self.dialect is SQLITE:
            return set()
        at = micros(now)
        rows = sorted((self.bucket(i), self.tenant, *CODEC.row(Customer(id=i)), at) for i in set(ids))
        return {row[0] for row in self.insert_new("customer", _COLUMNS, rows, ("id",))}

    def save(self, customers: Iterable[Customer], now: datetime) -> None:
        """Store them as they are now, and how they are reached."""
        people = list({c.id: c for c in customers}.values())
        at = micros(now)
        rows = sorted((self.bucket(c.id), self.tenant, *CODEC.row(c), at) for c in people)
        self.insert("customer", _COLUMNS, rows, _SAVE)
        self.reach((key, c.id) for c in people for key in self.keys(c).values())

    def reach(self, pairs: Iterable[tuple[str, str]]) -> None:
        """These (address key, customer) belong together from now on. Elsewhere that is stored at once: an address that
        leads to somebody who isn't reached there does no harm."""
        wanted = sorted(set(pairs))
        if self.elsewhere is not None and wanted:
            self.elsewhere.reach(wanted)
            return
        columns = ("bucket", "tenant_id", "address_key", "customer")
        self.insert("address", columns, sorted((self.bucket(k), self.tenant, k, c) for k, c in wanted))

    def keys(self, customer: Customer) -> dict[str, str]:
        """Channel → keyed hash of the address it would use."""
        found = {ch: customer.address(ch) for ch in ("sms", "email", "call")}
        return {ch: address_key(self.secret, a) for ch, a in found.items() if a}

    def key(self, address: str) -> str:
        """The keyed hash of one address."""
        return address_key(self.secret, address)

    def sharing(self, keys: Iterable[str]) -> set[str]:
        """Customers who are reached by any of these addresses."""
        if self.elsewhere is not None:
            wanted = set(keys)
            return self.elsewhere.ask(lambda tx: tx.customers.sharing(wanted)) if wanted else set()
        return {row[0] for row in self.read_keyed("t.customer", "address", "address_key", keys)}

    def reached(self, keys: Iterable[str]) -> set[tuple[str, str]]:
        """(address key, customer) of all who are reached by these addresses."""
        return {tuple(row) for row in self.read_keyed("t.address_key, t.customer", "address", "address_key", keys)}

    def agree(self, customer: str, consents: Iterable[Consent]) -> None:
        """Add to the consent history; what stands there already is not added twice."""
        bucket = self.bucket(customer)
        rows = []
        for c in consents:
            said = _CONSENT.row(c)
            named = said if c.basis or c.expires else said[:6]
            rows.append((bucket, self.tenant, customer, make_id(bucket, *map(str, named)), *said))
        self.insert("consent", ("bucket", "tenant_id", "customer", "id", *_CONSENT.columns), rows)

    def consents(self, customers: Iterable[str]) -> dict[str, list[Consent]]:
        """The whole consent history, by customer."""
        found: dict[str, list[Consent]] = {}
        columns = "t.customer, " + names(_CONSENT.columns, "t.")
        for row in self.read_keyed(columns, "consent", "customer", customers):
            found.setdefault(row[0], []).append(_CONSENT.value(row[1:]))
        return found

    def suppress(self, keys: Iterable[str], scope: str, reason: str, since: datetime) -> None:
        """Enter these addresses in the suppression list (see `Suppression` for `scope`), whoever they belong to. Of two
        withdrawals of the same scope the later counts."""
        columns = ("tenant_id", "address_key", "channel", "reason", "since")
        later = (
            "(tenant_id, address_key, channel) DO UPDATE SET since = excluded.since"
            " WHERE suppression.since < excluded.since"
        )
        rows = [(self.tenant, k, scope, reason, micros(since)) for k in sorted(set(keys))]
        self.insert("suppression", columns, rows, later if ":" in scope else "DO NOTHING")

    def unsuppress(self, key: str, scope: str, reason: str, since: datetime) -> None:
        """Take out an entry that was made at that very moment for this reason; any other stays."""
        where = "tenant_id = ? AND address_key = ? AND channel = ? AND reason = ? AND since = ?"
        self.write(f"DELETE FROM suppression WHERE {where}", self.tenant, key, scope, reason, micros(since))

    def suppressed(self, keys: Iterable[str]) -> list[Suppression]:
        """What the suppression list says of these addresses."""
        wanted = sorted(set(keys))
        if not wanted:
            return []
        columns, among = "address_key, channel, reason, since", self.dialect.among.format("address_key")
        sql = f"SELECT {columns} FROM suppression WHERE tenant_id = ? AND {among}"
        rows = self.read(sql, self.tenant, dump(wanted))
        return [Suppression(key, scope, reason, instant(since)) for key, scope, reason, since in rows]

    def some(self, after: tuple[int, str], limit: int) -> list[tuple[int, str]]:
        """The next customers in the order of (bucket, id), for work that goes through all of them in pieces."""
        sql = (
            "SELECT bucket, id FROM customer WHERE tenant_id = ? AND (bucket, id) > (?, ?) ORDER BY bucket, id LIMIT ?"
        )
        return [(bucket, id_) for bucket, id_ in self.read(sql, self.tenant, *after, limit)]

    def count(self) -> int:
        """How many there are."""
        return int(self.read("SELECT count(*) FROM customer WHERE tenant_id = ?", self.tenant)[0][0])

    def fields(self) -> set[str]:
        """Names of free fields that some customer has."""
        sql = "SELECT field FROM seen_field WHERE tenant_id = ? AND kind = 'customer'"
        return {row[0] for row in self.read(sql, self.tenant)}

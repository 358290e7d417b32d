"""The store: transactions in which the books are open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import RLock
from typing import TypeVar

from sqlalchemy import Connection, Engine, StaticPool

from outreach.core.keys import bucket_of
from outreach.store.access import Access
from outreach.store.aliases import Aliases
from outreach.store.attempts import Attempts
from outreach.store.callbacks import Callbacks
from outreach.store.cards import Cards
from outreach.store.customers import Customers
from outreach.store.database import WAITS, again, transaction
from outreach.store.elsewhere import CrossingError, Elsewhere
from outreach.store.events import Events
from outreach.store.facts import Facts
from outreach.store.follow_ups import FollowUps
from outreach.store.house import Holds, House
from outreach.store.ledger import Ledger
from outreach.store.listening import channel
from outreach.store.topology import TOPOLOGIES, Topology, groups_of
from outreach.store.traces import Traces
from outreach.store.watches import Watches
from outreach.store.whole import Whole

S = TypeVar("S")
T = TypeVar("T")


class Transaction:
    """All books of one tenant inside one transaction. `elsewhere` are the other groups, where it keeps to its own."""

    def __init__(self, conn: Connection, tenant: str, secret: bytes, elsewhere: Elsewhere | None = None):
        self.tenant = tenant
        self.elsewhere = elsewhere
        #: Whether others may write at the same time.
        self.shared = conn.dialect.name != "sqlite"
        self.events = Events(conn, tenant)
        self.customers = Customers(conn, tenant)
        self.customers.secret = secret
        self.follow_ups = FollowUps(conn, tenant)
        self.watches = Watches(conn, tenant)
        self.ledger = Ledger(conn, tenant)
        self.attempts = Attempts(conn, tenant)
        self.cards = Cards(conn, tenant)
        self.holds = Holds(conn, tenant)
        self.facts = Facts(conn, tenant)
        self.traces = Traces(conn, tenant)
        self.house = House(conn, tenant)
        self.aliases = Aliases(conn, tenant)
        self.callbacks = Callbacks(conn, tenant)
        self.whole = Whole(conn, tenant)
        self.access = Access(conn, tenant)
        self.customers.elsewhere = self.ledger.elsewhere = elsewhere
        self.callbacks.apart = elsewhere is not None

    def ask(self, question: Callable[[Transaction], T]) -> T:
        """An answer for which customers of all groups are read: inside this transaction where it may see them all."""
        return question(self) if self.elsewhere is None else self.elsewhere.ask(question)

    def cross(self, why: str) -> None:
        """From here on this changes customers of several groups. Where a transaction keeps to one it is given up, and
        `Store.write` begins it anew over all of them: docs/scale.md lists every `why`."""
        if self.elsewhere is not None:
            raise CrossingError(why)

    def tell_others(self) -> None:
        """Wake the schedulers of other processes once this is stored."""
        if self.shared:
            self.house.conn.exec_driver_sql(f"NOTIFY {channel(self.tenant)}")


class Store:
    """One database, one tenant. `secret` keys the hashes of addresses; `topology` says which buckets may share a
    transaction. A file has one writer, who shares all of them whatever it says; then only the work is split."""

    def __init__(self, engine: Engine, secret: bytes, tenant: str = "main", topology: Topology = TOPOLOGIES["one"]):
        self.engine = engine
        self.secret = secret
        self.tenant = tenant
        self.topology = topology
        self.groups = topology.groups if topology.apart else groups_of(engine.dialect.name)
        self.apart = topology.apart and engine.dialect.name != "sqlite"
        self._learnt: set[tuple[str, ...]] = set()
        # In memory there is one connection for all threads: one transaction after the other.
        self._alone: AbstractContextManager[object] = RLock() if isinstance(engine.pool, StaticPool) else nullcontext()

    def by_group(self, things: Iterable[S], whose: Callable[[S], str]) -> list[list[S]]:
        """These things by the group of buckets of their customer (or address key), which `whose` tells; each group's in
        their order."""
        return self.topology.split(things, lambda thing: bucket_of(self.tenant, whose(thing)))

    @contextmanager
    def writing(self, across: str = "") -> Iterator[Transaction]:
        """A transaction that may write; commits at the end, rolls back when an exception leaves it. Where it keeps to
        one group of buckets, `across` says why this one doesn't."""
        elsewhere = Elsewhere(self) if self.apart and not across else None
        try:
            with self._alone, transaction(self.engine) as conn:
                yield self._open(conn, elsewhere)
        except BaseException:
            self._learnt.clear()  # what was rolled back has to be learnt again
            if elsewhere is not None:
                elsewhere.failed()
            raise
        if elsewhere is not None:
            elsewhere.stored()

    @contextmanager
    def plainly(self) -> Iterator[Transaction]:
        """A transaction that may write in one group of buckets, and knows of no other."""
        with transaction(self.engine) as conn:
            yield self._open(conn)

    def write(self, work: Callable[[Transaction], T], *, repeatable: bool = False, waits: Sequence[float] = WAITS) -> T:
        """Do `work` in a transaction that may write; from its beginning again when the database gave it up (see
        `database.again`), or when it turns out that it can't keep to one group."""

        def once(across: str = "") -> T:
            with self.writing(across) as tx:
                return work(tx)

        try:
            return again(once, repeatable=repeatable, waits=waits)
        except CrossingError as error:
            why = error.why
        return again(lambda: once(why), repeatable=repeatable, waits=waits)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A transaction that only reads, beside a writer."""
        with self._alone, transaction(self.engine, reading=True) as conn:
            yield self._open(conn)

    def _open(self, conn: Connection, elsewhere: Elsewhere | None = None) -> Transaction:
        tx = Transaction(conn, self.tenant, self.secret, elsewhere)
        tx.house.learnt = self._learnt
        return tx

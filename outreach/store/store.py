"""The store: transactions in which the books are open."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import RLock
from typing import TypeVar

from sqlalchemy import Connection, Engine, StaticPool

from outreach.store.access import Access
from outreach.store.aliases import Aliases
from outreach.store.attempts import Attempts
from outreach.store.callbacks import Callbacks
from outreach.store.cards import Cards
from outreach.store.customers import Customers
from outreach.store.database import WAITS, again, transaction
from outreach.store.events import Events
from outreach.store.facts import Facts
from outreach.store.follow_ups import FollowUps
from outreach.store.house import Holds, House, Traces
from outreach.store.ledger import Ledger
from outreach.store.listening import channel
from outreach.store.topology import groups_of
from outreach.store.watches import Watches
from outreach.store.whole import Whole

T = TypeVar("T")


class Transaction:
    """All books of one tenant inside one transaction."""

    def __init__(self, conn: Connection, tenant: str, secret: bytes):
        self.tenant = tenant
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

    def tell_others(self) -> None:
        """Wake the schedulers of other processes once this is stored."""
        if self.shared:
            self.house.conn.exec_driver_sql(f"NOTIFY {channel(self.tenant)}")


class Store:
    """One database, one tenant. `secret` keys the hashes of addresses."""

    def __init__(self, engine: Engine, secret: bytes, tenant: str = "main"):
        self.engine = engine
        self.secret = secret
        self.tenant = tenant
        self.groups = groups_of(engine.dialect.name)
        self._learnt: set[tuple[str, ...]] = set()
        # In memory there is one connection for all threads: one transaction after the other.
        self._alone: AbstractContextManager[object] = RLock() if isinstance(engine.pool, StaticPool) else nullcontext()

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """A transaction that may write; commits at the end, rolls back when an exception leaves it."""
        try:
            with self._alone, transaction(self.engine) as conn:
                yield self._open(conn)
        except BaseException:
            self._learnt.clear()  # what was rolled back has to be learnt again
            raise

    def write(self, work: Callable[[Transaction], T], *, repeatable: bool = False, waits: Sequence[float] = WAITS) -> T:
        """Do `work` in a transaction that may write; from its beginning again when the database gave it up (see
        `database.again`)."""

        def once() -> T:
            with self.writing() as tx:
                return work(tx)

        return again(once, repeatable=repeatable, waits=waits)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A transaction that only reads, beside a writer."""
        with self._alone, transaction(self.engine, reading=True) as conn:
            yield self._open(conn)

    def _open(self, conn: Connection) -> Transaction:
        tx = Transaction(conn, self.tenant, self.secret)
        tx.house.learnt = self._learnt
        return tx

"""Where buckets of two groups mustn't share a transaction: what a transaction needs of other groups than its own.

A customer's decision is made in the transaction of her group, with her row held. Her addresses lie in other groups. A
place at an address is taken in a short transaction of its own **before** hers is stored, and given back **after** it
was, so that at every moment an address counts at least what its customers do. Whoever changes anything about her
touches at an address holds her row: her own book is then the truth about them, and `even_out` brings the address in
line with it, after a refusal, an error, or the death of a process (see `flow.evening`).

No two transactions wait for each other in a circle: hers holds rows of customers, the short ones rows of addresses, and
those wait for nobody.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol, TypeVar

from outreach.core.ledger import Touch
from outreach.errors import DatabaseError

log = logging.getLogger("outreach.store")
S = TypeVar("S")
T = TypeVar("T")


class Groups(Protocol):
    """What is needed of a store (which is told of no further here, for it is built on this): its transactions, with the
    books of `store.Transaction`."""

    def by_group(self, things: Iterable[S], whose: Callable[[S], str]) -> list[list[S]]:
        """These things by the group of the customer or address key that `whose` tells."""

    def reading(self) -> AbstractContextManager[Any]:
        """One that reads anywhere."""

    def plainly(self) -> AbstractContextManager[Any]:
        """One that writes in one group."""

    def write(self, work: Callable[[Any], Any], *, repeatable: bool = False) -> Any:
        """A whole one, begun anew when it is given up."""


class CrossingError(Exception):
    """This can only be done in a transaction over all groups; `why` is what it does (see `Transaction.cross`)."""

    def __init__(self, why: str):
        super().__init__(why)
        self.why = why


class Entry(NamedTuple):
    """A touch as an address has it: whose it is, its id, the address's key."""

    customer: str
    id: str
    key: str


class Elsewhere:
    """The other groups, as seen from inside a transaction that is open."""

    def __init__(self, store: Groups):
        self._store = store
        self._taken: set[Entry] = set()
        self._settled: set[Entry] = set()
        self._after: list[Callable[[Any], object]] = []

    def ask(self, question: Callable[[Any], T]) -> T:
        """Read in any group, what is stored there now."""
        with self._store.reading() as tx:
            return question(tx)

    def do(self, work: Callable[[Any], T]) -> T:
        """Write in one other group; stored when this returns, whatever becomes of the transaction that asked for it."""
        with self._store.plainly() as tx:
            return work(tx)

    def take(self, touches: Iterable[Touch], work: Callable[[Any], T]) -> T:
        """`work` takes places at addresses for these touches; they are given back if the transaction fails."""
        self._taken |= entries_of(touches)
        return self.do(work)

    def took(self, touch: Touch) -> bool:
        """Whether this touch has its place at its address already."""
        return entries_of([touch]) <= self._taken

    def reach(self, pairs: Iterable[tuple[str, str]]) -> None:
        """These (address key, customer) belong together, group by group; those that did so before cost one question."""
        listed = list(pairs)
        known = self.ask(lambda tx: tx.customers.reached(key for key, _ in listed))
        new = [pair for pair in listed if pair not in known]
        for some in self._store.by_group(new, lambda pair: pair[0]):
            self.do(lambda tx, some=some: tx.customers.reach(some))  # type: ignore[misc]

    def settle(self, touches: Iterable[Touch]) -> None:
        """Their addresses are told how these stand now: at once of those that count, and of what is given back once
        this transaction is stored."""
        listed = [t for t in touches if t.customer and t.address_key]
        counting = [t for t in listed if t.state != "released"]
        self._settled |= entries_of(t for t in listed if t.state == "released")
        self._taken |= entries_of(counting)
        for some in self._store.by_group(counting, lambda t: t.address_key):
            self.do(lambda tx, some=some: tx.ledger.stand(some))  # type: ignore[misc]

    def afterwards(self, work: Callable[[Any], object]) -> None:
        """Once this one is stored, `work` is done in a transaction of its own. Nothing may depend on it: whoever dies
        before has not done it."""
        self._after.append(work)

    def stored(self) -> None:
        """The transaction is stored."""
        self._quietly(self._settled)
        for work in self._after:
            try:
                self._store.write(work, repeatable=True)
            except DatabaseError as error:
                log.warning("what follows in another group isn't done: %s", error)

    def failed(self) -> None:
        """The transaction isn't stored, or nobody knows: her own book tells which of the places stay."""
        self._quietly(self._taken)

    def _quietly(self, entries: set[Entry]) -> None:
        try:
            even_out(self._store, entries)
        except DatabaseError as error:
            log.warning("addresses are told later what became of %d touches: %s", len(entries), error)


def entries_of(touches: Iterable[Touch]) -> set[Entry]:
    """Those of these that have a customer and an address."""
    return {Entry(t.customer, t.id, t.address_key) for t in touches if t.customer and t.address_key}


def even_out(store: Groups, entries: Iterable[Entry]) -> int:
    """Make addresses have these touches as their customers have them; what those don't know goes. How many."""
    count = 0
    for hers in store.by_group(sorted(entries), lambda e: e.customer):
        with store.plainly() as tx:
            tx.customers.hold({e.customer for e in hers})
            known = tx.ledger.entries((e.customer, e.id) for e in hers)
            for there in store.by_group(hers, lambda e: e.key):
                with store.plainly() as other:
                    count += other.ledger.follow((e.key, e.id, known.get((e.customer, e.id))) for e in there)
    return count

"""Holding customers while something about them is decided, where other workers may be at work too.

One order for everybody, so that nobody waits in a circle: customers first, by (bucket, id), then the rows of addresses,
by (bucket, key); all at the beginning of a transaction. Who decides about a contact holds the customer and every row of
each address it would use. The customer's own row is among them, so two who decide about one phone always meet. What is
read after that has seen whatever the other one stored (READ COMMITTED). On SQLite a writer is alone, and nothing is
held.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, MutableMapping
from datetime import datetime

from outreach.core.customer import Customer
from outreach.core.event import Event
from outreach.core.follow_up import FollowUp
from outreach.core.keys import bucket_in, bucket_of
from outreach.core.watch import Watch
from outreach.store.customers import People
from outreach.store.store import Transaction
from outreach.store.topology import Turn

#: News that may end, or put off, what is planned for others at the same address.
REACHING = frozenset(
    {"message.received", "consent.withdrawn", "contact.made", "outcome", "outcome.undone", "customer.merged"}
)


def hold_for(tx: Transaction, events: Iterable[Event]) -> People:
    """The customers of these events, held; with them those whom the news reaches because they share an address."""
    events = list(events)
    ids = {e.customer for e in events}
    if tx.shared and (staying := {str(e.data.get("into")) for e in events if e.type == "customer.merged"}):
        ids |= staying | set(tx.aliases.into(staying | ids).values())
    reaching = {e.customer for e in events if e.type in REACHING} if tx.shared else set()
    if not reaching:
        return tx.customers.hold(ids)
    held = tx.customers.hold(ids | tx.customers.sharing(_keys(tx, tx.customers.get(reaching))))
    tx.customers.hold_addresses(_keys(tx, {i: held[i] for i in reaching if i in held}))
    return held


def take_due(tx: Transaction, now: datetime, size: int, turn: Turn) -> list[FollowUp]:
    """What is due, at most one of each customer: where this worker looks first, then anywhere. Its customers and their
    addresses are held; what another worker holds is left to that one."""
    paused = tx.house.paused()
    found = turn.find(lambda some: tx.follow_ups.due(now, size, paused, some), size, lambda f: bucket_in(f.id))
    if tx.shared and found:
        held = _held(tx, {f.customer for f in found}) or _held(
            tx, {f.customer for f in tx.follow_ups.due(now, 8 * size, paused)}, size
        )
        found = tx.follow_ups.due_of(held, now, paused)
    return sorted(found, key=lambda f: (f.wake or now, -f.priority, f.customer, f.rule, f.id))


def take_again(tx: Transaction, some: Collection[FollowUp], now: datetime) -> list[FollowUp]:
    """Those of these that are still due, held."""
    wanted = {f.id for f in some}
    tx.customers.hold({f.customer for f in some})
    found = tx.follow_ups.due_of({f.customer for f in some}, now, tx.house.paused())
    return [f for f in found if f.id in wanted]


def take_watches(tx: Transaction, now: datetime, size: int, turn: Turn) -> list[Watch]:
    """The watches that are due, their customers held."""
    found = turn.find(
        lambda some: tx.watches.due(now, size, some), size, lambda w: bucket_of(tx.tenant, w.customer)
    )  # fmt: skip
    if not tx.shared or not found:
        return found
    held = tx.customers.hold({w.customer for w in found}, skip=True)
    return [w for w in tx.watches.of(held) if w.wake is not None and w.wake <= now]


def enter(tx: Transaction, ids: set[str], known: MutableMapping[str, Customer], now: datetime) -> set[str]:
    """Rows for customers who are not known yet, so that they are held from now on; those who are new. `known` learns of
    those whom another worker has entered meanwhile."""
    if not tx.shared:
        return ids
    new = tx.customers.enter(ids, now)
    known.update(tx.customers.hold(ids - new))
    return new


def _held(tx: Transaction, customers: Collection[str], most: int | None = None) -> list[str]:
    """Those that could be held, with all of their addresses; nobody is waited for, so what is held waits for nobody
    either. Who has become another customer, or was forgotten, has no row any more; what is still on its way there is
    held itself."""
    held = tx.customers.hold(customers, skip=True, most=most)
    taken = tx.customers.hold_addresses(_keys(tx, held), skip=True)
    free = [i for i, person in held.items() if not taken & set(tx.customers.keys(person).values())]
    left = set(customers) - held.keys()
    gone = left - tx.customers.get(left).keys() if left else left
    return [*free, *(tx.follow_ups.hold(gone) if gone else ())]


def _keys(tx: Transaction, people: Mapping[str, Customer]) -> set[str]:
    return {key for person in people.values() for key in tx.customers.keys(person).values()}

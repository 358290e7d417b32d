"""Holding customers while something about them is decided, where other workers may be at work too.

One order for everybody, so that nobody waits in a circle: customers first, by (bucket, id), then the rows of addresses,
by (bucket, key); all at the beginning of a transaction. Who decides about a contact holds the customer and every row of
each address it would use. The customer's own row is among them, so two who decide about one phone always meet. What is
read after that has seen whatever the other one stored (READ COMMITTED). On SQLite a writer is alone, and nothing is
held.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime

from outreach.core.customer import Customer
from outreach.core.event import Event
from outreach.core.follow_up import FollowUp
from outreach.core.keys import bucket_in, bucket_of
from outreach.core.watch import Watch
from outreach.store.people import People
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
    reaching = {e.customer for e in events if e.type in REACHING} if tx.shared and tx.elsewhere is None else set()
    if not reaching:
        return tx.customers.hold(ids)
    held = tx.customers.hold(ids | tx.customers.sharing(_keys(tx, tx.customers.get(reaching))))
    tx.customers.hold_addresses(_keys(tx, {i: held[i] for i in reaching if i in held}))
    return held


@dataclass(slots=True)
class Taken:
    """What is due, at most one of each customer, in the order in which it is decided; and what was read on the way, for
    whoever decides: `people` are the customers held, `open` all that hasn't ended of theirs, `paused` what is."""

    due: list[FollowUp] = field(default_factory=list)
    people: People = field(default_factory=lambda: People({}))
    open: dict[str, list[FollowUp]] = field(default_factory=dict)
    paused: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def fresh(self) -> list[FollowUp]:
        """What is to be decided."""
        return [f for f in self.due if f.state != "claimed"]

    @property
    def stuck(self) -> list[FollowUp]:
        """Claims that nobody has settled in time."""
        return [f for f in self.due if f.state == "claimed"]


def take_due(tx: Transaction, now: datetime, size: int, turn: Turn) -> Taken:
    """What is due: where this worker looks first, then anywhere. Its customers and their addresses are held; what
    another worker holds is left to that one."""
    paused = tx.house.paused()
    found = turn.find(lambda some: tx.follow_ups.due(now, size, paused, some), size, lambda f: bucket_in(f[1]))
    if not found:
        return Taken()
    who = {customer for customer, _ in found}
    if tx.shared:
        people, held = _held(tx, who)
        if not held:
            more = {customer for customer, _ in tx.follow_ups.due(now, 8 * size, paused, turn.reach)}
            people, held = _held(tx, more, size)
    else:
        people, held = tx.customers.get(who), [*who]
    open_now = tx.follow_ups.open_of(held)
    firsts = (first_due(of_one, now, paused) for of_one in open_now.values())
    due = sorted((f for f in firsts if f is not None), key=lambda f: (f.wake, -f.priority, f.customer, f.rule, f.id))
    return Taken(due, people, open_now, paused)


def first_due(open_now: Iterable[FollowUp], now: datetime, paused: Container[str]) -> FollowUp | None:
    """What is looked at first of one customer's. A pause holds what is scheduled and what is on the list; what is being
    sent is always brought to its end."""
    everything = "*" in paused
    found = [
        f for f in open_now
        if f.wake is not None and f.wake <= now
        and (f.state == "claimed" or not (everything or f.rule in paused))
    ]  # fmt: skip
    return min(found, key=lambda f: (f.wake, -f.priority, f.rule, f.id), default=None)


def take_again(tx: Transaction, some: Collection[FollowUp], now: datetime) -> list[FollowUp]:
    """Those of these that are still due, held."""
    wanted, who, paused = {f.id for f in some}, {f.customer for f in some}, tx.house.paused()
    tx.customers.hold(who)
    firsts = (first_due(of_one, now, paused) for of_one in tx.follow_ups.open_of(who).values())
    return [f for f in firsts if f is not None and f.id in wanted]


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


def _held(tx: Transaction, customers: Collection[str], most: int | None = None) -> tuple[People, list[str]]:
    """Those that could be held, with all of their addresses, and who they are; nobody is waited for, so what is held
    waits for nobody either. Who has become another customer, or was forgotten, has no row any more; what is still on
    its way there is held itself."""
    held = tx.customers.hold(customers, skip=True, most=most)
    taken = tx.customers.hold_addresses(_keys(tx, held), skip=True)
    free = [i for i, person in held.items() if not taken & set(tx.customers.keys(person).values())]
    left = set(customers) - held.keys()
    gone = left - tx.customers.get(left).keys() if left else left
    return held, [*free, *(tx.follow_ups.hold(gone) if gone else ())]


def _keys(tx: Transaction, people: Mapping[str, Customer]) -> set[str]:
    return {key for person in people.values() for key in tx.customers.keys(person).values()}

"""A dry run: everything happens, and nothing leaves the house. While it lasts its touches count, or it would not show
what the cadence does; when it is over they count no more, for nobody was touched."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import chain

from outreach.core.follow_up import evolve
from outreach.core.trace import Reason
from outreach.flow.batch import waiting_for_room
from outreach.flow.changes import Changes
from outreach.store.attempts import Attempt
from outreach.store.codec import instant, micros
from outreach.store.store import Store

#: Attempts that are gone through in one transaction.
CHUNK = 500


def begin(store: Store, now: datetime) -> None:
    """From here on it is one, unless it is already."""
    if _since(store) is None:
        store.write(lambda tx: tx.house.set(_name(store), str(micros(now))), repeatable=True)


def end(store: Store, name: str, now: datetime) -> int:
    """If there was one, its touches are released, and what was put off because of them looks again; how many touches.
    `name` is that of its sender. Stopped half-way it goes on the next time."""
    since = _since(store)
    if since is None:
        return 0
    with store.reading() as tx:
        made = tx.attempts.by_sender(name, since)
    parts = store.by_group(made, lambda a: a.customer)
    released = sum(_release(store, some, now) for of_one_group in parts for some in _chunks(of_one_group))
    store.write(lambda tx: tx.house.set(_name(store), ""), repeatable=True)
    return released


def _release(store: Store, some: list[Attempt], now: datetime) -> int:
    ids, who = {a.follow_up for a in some}, {a.customer for a in some}
    with store.writing() as tx:
        tx.customers.hold(who)
        found = tx.ledger.of_follow_ups((a.customer, a.follow_up) for a in some)
        changes = Changes()
        changes.settled += [evolve(t, state="released") for t in found.values() if t.follow_up in ids]
        ahead = chain.from_iterable(tx.follow_ups.open_of(who).values())
        changes.wake(waiting_for_room(ahead), Reason(code="room", text="the dry run is over"), now)
        changes.store(tx)
    return len(found)


def _since(store: Store) -> datetime | None:
    with store.reading() as tx:
        said = tx.house.settings().get(_name(store))
    return instant(int(said)) if said else None


def _name(store: Store) -> str:
    return f"dry_run:{store.tenant}"


def _chunks(made: list[Attempt]) -> Iterator[list[Attempt]]:
    for start in range(0, len(made), CHUNK):
        yield made[start : start + CHUNK]

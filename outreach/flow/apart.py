"""Work on many customers, one group of buckets after the other, where those mustn't share a transaction; else all of it
in one. When the database fails in the middle, what was stored is known when it is asked for again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TypeVar

from outreach.core.customer import Consent, Customer
from outreach.core.event import Event
from outreach.core.keys import bucket_in
from outreach.flow.forwarding import MERGED, in_the_name_of
from outreach.flow.intake import Receipt
from outreach.flow.parts import parts
from outreach.flow.record import PATIENCE
from outreach.ports import Answer
from outreach.store.attempts import Attempt
from outreach.store.store import Store, Transaction
from outreach.store.topology import Turn

T = TypeVar("T")
Line = tuple[Customer, Sequence[Consent]]
Answered = tuple[Attempt, Answer]
#: What takes some of it inside a transaction.
TakeEvents = Callable[[Transaction, Sequence[Event]], tuple[list[Receipt], bool]]


def store_events(store: Store, events: Sequence[Event], take: TakeEvents) -> tuple[list[Receipt], bool]:
    """Receipts in the order of the events, and whether anything was planned or moved. What stands between two merges
    goes in group by group, each event in the name of whom its customer has become."""
    if not store.topology.apart:
        return store.write(lambda tx: take(tx, events), repeatable=True)
    receipts, planned = dict[int, Receipt](), False
    for part in parts(events):
        with store.reading() as tx:
            became = tx.aliases.into({events[i].customer for i in part})
            named = {i: _named(tx, events[i], became.get(events[i].customer)) for i in part}
        for some in store.by_group(part, lambda i, named=named: named[i].customer):  # type: ignore[misc]
            told, more = store.write(partial(take, events=[named[i] for i in some]), repeatable=True)  # type: ignore[call-arg]
            receipts.update(zip(some, told, strict=True))
            planned = planned or more
    return [receipts[i] for i in range(len(events))], planned


def _named(tx: Transaction, event: Event, into: str | None) -> Event:
    return event if into is None or event.type == MERGED else in_the_name_of(tx, event, into)


def store_people(store: Store, people: Sequence[Line], take: Callable[[Transaction, Sequence[Line]], bool]) -> bool:
    """Lines about customers; whether anything was planned anew."""
    if not store.topology.apart:
        return store.write(lambda tx: take(tx, people), repeatable=True)
    with store.reading() as tx:
        became = tx.aliases.into({c.id for c, _ in people})
    named = [(replace(c, id=became.get(c.id, c.id)), consents) for c, consents in people]
    groups = store.by_group(named, lambda line: line[0].id)
    return any([store.write(lambda tx, some=some: take(tx, some), repeatable=True) for some in groups])  # type: ignore[misc]


def store_answers(
    store: Store, answers: Sequence[Answered], record: Callable[[Transaction, Sequence[Answered]], None]
) -> None:  # fmt: skip
    """What the senders answered."""
    for some in store.by_group(answers, lambda one: one[0].customer):
        store.write(lambda tx, some=some: record(tx, some), repeatable=True, waits=PATIENCE)  # type: ignore[misc]


def store_claim(store: Store, turn: Turn, now: datetime, size: int, claim: Callable[[Transaction, int], T]) -> T:
    """A claim of so many; before it, `turn` goes to a group of buckets that has something due."""
    if turn.apart:
        with store.reading() as tx:
            due = tx.follow_ups.due(now, 8 * size, tx.house.paused())
        turn.move([bucket_in(id_) for _, id_ in due])
    return store.write(lambda tx: claim(tx, size))

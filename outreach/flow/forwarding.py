"""Forwarding: whatever comes for a customer who has become another one is meant for that one.

Who was merged has no row among the customers any more, so only names that aren't known there are looked for among the
aliases: the daily way of events asks nothing more than before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from outreach.core.customer import Customer
from outreach.core.event import Event
from outreach.store.people import People
from outreach.store.store import Transaction

MERGED = "customer.merged"


def forward(tx: Transaction, events: Sequence[Event], known: People) -> Sequence[Event]:
    """These events in the names of those who are meant; `known` learns who they are."""
    became = tx.aliases.into(known.strangers({e.customer for e in events}))
    if not became:
        return events
    known.update(tx.customers.hold(set(became.values())))
    return [e if e.customer not in became else in_the_name_of(tx, e, became[e.customer]) for e in events]


def in_the_name_of(tx: Transaction, event: Event, into: str) -> Event:
    """This event, told of whom its customer has become. An outcome may still speak of a card by the name it had when it
    was handed out."""
    card = str(event.data.get("follow_up", "")) if event.type == "outcome" else ""
    there = tx.follow_ups.named(card) if card else None
    data = event.data | {"follow_up": there.id} if there is not None else event.data
    return replace(event, customer=into, data=data)


def known_as(tx: Transaction, customer: str) -> Customer | None:
    """The customer who is meant by this id; None when nobody is."""
    found = tx.customers.get([customer]).get(customer)
    if found is not None:
        return found
    into = tx.aliases.into([customer]).get(customer)
    return tx.customers.get([into]).get(into) if into is not None else None


def wrong_merge(tx: Transaction, sent: str, event: Event) -> str:
    """Why a merge can't be done; "" when it can, or has been. `sent` is the customer as the sender named her, `event`
    tells of who she is now."""
    said = event.data.get("into")
    if not isinstance(said, str) or not said:
        return "customer.merged needs `into`, the id of the customer who stays"
    if said == sent:
        return f"{sent!r} can't be merged into itself"
    into = tx.aliases.into([said]).get(said, said)
    if into == event.customer:
        return "" if sent != event.customer else _backwards(sent, said)
    if into not in tx.customers.get([into]):
        return f"`into` is the unknown customer {said!r}: import that customer first, then send this event again"
    return ""


def _backwards(sent: str, said: str) -> str:
    return f"{said!r} was merged into {sent!r} already: a merge can't be turned round or undone"

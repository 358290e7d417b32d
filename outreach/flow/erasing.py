"""Erasing: a customer is forgotten. What must outlive her says nothing of her: keyed hashes of addresses that must not
be contacted, and entries at those addresses in the ledger, so that their caps hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from outreach.core.cadence import PURPOSES
from outreach.core.consenting import word
from outreach.core.customer import Customer
from outreach.core.follow_up import AHEAD, TOUCHING
from outreach.flow.forwarding import known_as
from outreach.store.store import Transaction
from outreach.store.whole import HERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """Who it was, under which other ids she was known, how much lay ahead of her, and how many entries of the ledger
    name nobody now."""

    customer: str
    merged: tuple[str, ...]
    ahead: int
    touches: int


def erase(tx: Transaction, customer: str, now: datetime) -> Erased | None:
    """Forget her, with everybody who has become her; None when nobody is meant by this id.

    What is being sent at this moment can't be called back; it keeps its place at the address."""
    found = known_as(tx, customer)
    if found is None:
        return None
    tx.cross("a customer is erased")
    tx.customers.hold([found.id])
    merged = tuple(sorted(tx.aliases.of(found.id)))
    ahead = sum(f.state in AHEAD for f in tx.follow_ups.all_of(found.id))
    _keep_refusals(tx, found, now)
    touches = sum(tx.whole.forget_touches(id_) for id_ in (*merged, found.id))
    for id_ in (*merged, found.id):
        tx.whole.forget_addresses(id_)
        tx.whole.forget(id_, HERS)
    return Erased(customer=found.id, merged=merged, ahead=ahead, touches=touches)


def _keep_refusals(tx: Transaction, customer: Customer, now: datetime) -> None:
    """What she had withdrawn holds for her addresses, should they come in again with an old file."""
    said, keys = tx.customers.consents([customer.id]).get(customer.id, []), tx.customers.keys(customer)
    for channel in sorted(TOUCHING & keys.keys()):
        for purpose in PURPOSES:
            found = word(said, channel, purpose, now)
            if found.status == "withdrawn" and found.said is not None:
                scope = f"{channel}:{found.said.purpose}"
                tx.customers.suppress([keys[channel]], scope, "consent.withdrawn", found.said.at)

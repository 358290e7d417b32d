"""Loading how customers stand: one query for each kind of fact, for all customers of a claim at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from outreach.core.cadence import Cadence
from outreach.core.customer import Customer
from outreach.core.guard import Policy
from outreach.core.standing import Standing
from outreach.store.store import Transaction


def load_standings(
    tx: Transaction, customers: Mapping[str, Customer], now: datetime, policy: Policy
) -> dict[str, Standing]:
    """The standing of each of these customers at `now`."""
    since = now - longest_window(policy.cadence)
    ids = list(customers)
    keys = {c.id: tx.customers.keys(c) for c in customers.values()}
    every_key = {k for of_one in keys.values() for k in of_one.values()}
    touches = tx.ledger.touches(ids, since)
    at_address = tx.ledger.at_addresses(every_key, since)
    consents, holds = tx.customers.consents(ids), tx.holds.of(ids)
    suppressed = tx.customers.suppressed(every_key)
    return {
        c.id: Standing(
            customer=c,
            zones=policy.zones(c),
            places=policy.places(c),
            touches=tuple(touches.get(c.id, ())),
            address_keys=keys[c.id],
            at_address={k: tuple(at_address.get(k, ())) for k in set(keys[c.id].values())},
            consents=tuple(consents.get(c.id, ())),
            suppressed=frozenset(s for s in suppressed if s[0] in keys[c.id].values()),
            holds=holds.get(c.id, {}),
        )
        for c in customers.values()
    }


def longest_window(cadence: Cadence) -> timedelta:
    """How far back touches matter."""
    windows = [cadence.min_gap, *(cap.per for cap in cadence.caps)]
    lawful = [limit.per for law in cadence.laws for limit in law.limits]
    return max(windows + lawful) + timedelta(days=1)

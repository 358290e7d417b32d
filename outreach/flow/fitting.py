"""Fitting the ledger to the rulebook: what the house has made shorter must not be held longer by the database."""

from __future__ import annotations

from datetime import datetime, timedelta

from outreach.core.guard import Policy
from outreach.store.codec import MICROSECOND
from outreach.store.store import Store
from outreach.store.topology import BY_RANGE

#: Workers' clocks may differ by so much.
SKEW = timedelta(hours=1)


def fit_gap(store: Store, policy: Policy, now: datetime) -> int:
    """When the minimum gap is shorter than the one that was in force before, touches that still hold the longer one
    are shortened, range by range; how many were. To be called when a rulebook is put in force."""
    gap, name = policy.cadence.min_gap, f"min_gap:{store.tenant}"
    with store.reading() as tx:
        known = tx.house.settings().get(name)
    before = None if known is None else timedelta(microseconds=int(known))
    if before == gap:
        return 0
    shortened = 0
    if before is not None and gap < before:
        for some in store.groups if store.topology.apart else BY_RANGE:
            shortened += store.write(lambda tx, some=some: tx.ledger.shorten(gap, now - SKEW, some))  # type: ignore[misc]
    store.write(lambda tx: tx.house.set(name, str(gap // MICROSECOND)), repeatable=True)
    return shortened

"""Taking a place at an address that lies in another group of buckets than its customer: first there, with everybody who
is reached there held, then (by whoever asked) at the customer."""

from __future__ import annotations

from datetime import datetime

from outreach.core.follow_up import FollowUp
from outreach.core.guard import Opening, Policy, opening
from outreach.core.ledger import Touch
from outreach.core.standing import Standing
from outreach.flow.standings import longest_window, others_touches
from outreach.store.store import Transaction


def no_place_there(
    tx: Transaction, f: FollowUp, standing: Standing, touch: Touch, policy: Policy, now: datetime
) -> Opening | None:
    """What stands in the way of this touch at its address, as that is at this moment; None: the place is taken, or
    there is nobody to ask, because the address may share this transaction. `standing` learns what was seen."""
    elsewhere, key = tx.elsewhere, touch.address_key
    if elsewhere is None or not key:
        return None
    tx.customers.reach([(key, f.customer)])  # so that whoever else comes meets us
    since = now - longest_window(policy.cadence)

    def there(other: Transaction) -> Opening | None:
        other.customers.hold_addresses([key])
        touches = other.ledger.at_addresses([key], since).get(key, ())
        standing.at_address[key] = others_touches(touches, f.customer)
        found = opening(f, touch.at, standing, policy)
        if found.at != touch.at:
            return found
        other.ledger.enter_there(touch, policy.cadence.gap_of(touch.purpose))
        return None

    return elsewhere.take([touch], there)

"""Evening out: what a process that died, or a line that broke, left at addresses is brought in line with the books of
their customers. Only where addresses lie in other groups of buckets than their customers (see `store.elsewhere`)."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from outreach.errors import DatabaseError
from outreach.store.elsewhere import even_out
from outreach.store.store import Store
from outreach.store.topology import Buckets

log = logging.getLogger("outreach.evening")
#: A place at an address that its customer doesn't know of counts for so long at least; longer than any transaction.
EXPIRES = timedelta(minutes=10)
#: How long the sweeps look at one group before they go on to the next.
EACH = timedelta(minutes=1)


def even_some(store: Store, now: datetime) -> int:
    """Look at the addresses of the group whose turn it is; how many entries were not as their customers have them.
    Never raises: its turn comes again."""
    groups = store.topology.groups
    try:
        return even_group(store, groups[int(now.timestamp() // EACH.total_seconds()) % len(groups)], now)
    except DatabaseError as error:
        log.warning("what was left at addresses can't be looked at now: %s", error)
        return 0


def even_group(store: Store, some: Buckets, now: datetime) -> int:
    """The same for these buckets. Raises DatabaseError."""
    if not store.apart:
        return 0
    with store.reading() as tx:
        there = tx.ledger.doubtful(now - EXPIRES, some)
        hers = tx.ledger.entries((e.customer, e.id) for e in there)
    wrong = []
    for e, state in there.items():
        mine = hers.get((e.customer, e.id))
        if state != (mine.state if mine is not None else "released"):
            wrong.append(e)
    return even_out(store, wrong) if wrong else 0

"""A customer leaves by a link: what it names is withdrawn, for good and at once, whoever she is by now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from outreach.core.consenting import word
from outreach.core.event import Event
from outreach.core.unsubscribing import WayOut
from outreach.engine import Engine
from outreach.flow.forwarding import known_as
from outreach.store.store import Store, Transaction

#: The source of events that come by a link.
SOURCE = "unsubscribe"


def leave(engine: Engine, way: WayOut, purposes: Sequence[str], how: str) -> None:
    """Withdraw these purposes (`all` is one) from the channel of the link. Twice changes nothing; nobody by that name
    any more, and her address keeps the wish. `how` is told in her history. Raises DatabaseError."""
    now = engine.clock.now()
    with engine.store.reading() as tx:
        new = [p for p in purposes if not _withdrawn(tx, way, p)]
    if not new:
        return
    _keep(engine.store, way, new, now)
    stamp = f"{now:%Y%m%dT%H%M%S.%fZ}"
    engine.ingest(
        [
            Event(
                id=f"{stamp}:{way.channel}:{purpose}", type="consent.withdrawn", customer=way.customer, time=now,
                source=SOURCE, data={"channel": way.channel, "purpose": purpose, "source": how},
            )
            for purpose in new
        ]
    )  # fmt: skip


def language_of(store: Store, way: WayOut) -> str:
    """The language that the customer of a link speaks; "" when that isn't known. Raises DatabaseError."""
    with store.reading() as tx:
        customer = known_as(tx, way.customer)
    return customer.language if customer is not None else ""


def _keep(store: Store, way: WayOut, purposes: Sequence[str], now: datetime) -> None:
    """The address that the mail went to comes first: it holds even if all the rest fails."""

    def enter(tx: Transaction) -> None:
        for purpose in purposes:
            tx.customers.suppress([way.address_key], f"{way.channel}:{purpose}", "consent.withdrawn", now)

    store.write(enter, repeatable=True)


def _withdrawn(tx: Transaction, way: WayOut, purpose: str) -> bool:
    """Whether this was said before, and nothing since then has lifted it."""
    scope = f"{way.channel}:{purpose}"
    if not any(s.scope == scope for s in tx.customers.suppressed([way.address_key])):
        return False
    customer = known_as(tx, way.customer)
    if customer is None:
        return True
    said = tx.customers.consents([customer.id]).get(customer.id, [])
    return word(said, way.channel, purpose, None).status == "withdrawn"

"""A message from a phone that is on nobody's file: there is no history to write it into, but a no holds all the same,
for whoever comes to have that phone."""

from __future__ import annotations

from datetime import datetime

from outreach.flow.replying import ENDED, WITHDRAWN, reading
from outreach.store.store import Transaction


def heed(tx: Transaction, address_key: str, data: dict[str, object], now: datetime) -> str:
    """Suppress what the message says; how it was read (see `Reply`)."""
    reply = reading(data)
    if reply.kind == "wrong_number":
        tx.customers.suppress([address_key], "all", "wrong_number", now)
    if reply.refuses:
        about = {"sms", *reply.about}
        for channel in sorted(about & ENDED.keys()):
            tx.customers.suppress([address_key], channel, ENDED[channel], now)
        for channel, purpose in (pair for what in sorted(about) for pair in WITHDRAWN[what]):
            tx.customers.suppress([address_key], f"{channel}:{purpose}", "message.received", now)
    return reply.kind

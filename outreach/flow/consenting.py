"""Consent as it changes: given, withdrawn, and the replies that withdraw it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from outreach.core.customer import Consent
from outreach.core.event import Event
from outreach.core.trace import Reason
from outreach.flow.intake import Batch

#: Replies that are exactly one of these words stop everything to that phone (Twilio's list of opt-out keywords).
STOP_WORDS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"})


def consent(batch: Batch, event: Event) -> None:
    """`consent.given` and `consent.withdrawn`."""
    given = event.type == "consent.given"
    data = event.data
    said = Consent(
        channel=str(data.get("channel", "all")), purpose=str(data.get("purpose", "all")), given=given, at=event.time,
        source=str(data.get("source", "")), evidence=str(data.get("evidence", "")),
    )  # fmt: skip
    if given:
        batch.tx.customers.agree(event.customer, [said])
    else:
        _withdraw(batch, event, said)


def _withdraw(batch: Batch, event: Event, said: Consent) -> None:
    """A withdrawal holds for the address, and so for everybody who shares it, at once."""
    keys = batch.tx.customers.keys(batch.customers[event.customer])
    mine = {k for ch, k in keys.items() if said.channel in (ch, "all")}
    for customer in {event.customer, *batch.tx.customers.sharing(mine)}:
        batch.tx.customers.agree(customer, [said])
    if said.purpose == "all":
        batch.tx.customers.suppress(mine, said.channel, event.type, batch.now)
    channels = {ch for ch in keys if said.channel in (ch, "all")}
    withdraw_planned(batch, event, mine, channels, said.purpose)


def withdraw_planned(batch: Batch, event: Event, keys: Iterable[str], channels: set[str], purpose: str) -> None:
    """End what is planned for these addresses by these channels, for everybody who is reached by them."""
    sharing = batch.tx.customers.sharing(keys) | {event.customer}
    for customer, known in batch.tx.follow_ups.open_of(sharing).items():
        mine = batch.open.setdefault(customer, [])
        ids = {f.id for f in mine}
        mine.extend(f for f in known if f.id not in ids)
    for customer in sorted(sharing):
        for f in batch.ahead(customer):
            policy = batch.policy.cadence.policy(f.purpose)
            if f.channel in channels and purpose in (f.purpose, "all") and policy.consent != "not needed":
                batch.end(f, "suppressed", Reason(code=f"opted_out:{f.channel}", numbers={"event": event.id}))


def message_received(batch: Batch, event: Event) -> None:
    """STOP and its like, as the whole reply, end everything by SMS to that phone and all marketing calls to it."""
    if event.data.get("channel", "sms") != "sms" or not is_stop(str(event.data.get("text", ""))):
        return
    source = f"reply: {str(event.data.get('text', ''))[:40]}"
    _withdraw(batch, event, Consent(channel="sms", purpose="all", given=False, at=event.time, source=source))
    _withdraw(batch, event, Consent(channel="call", purpose="marketing", given=False, at=event.time, source=source))


def is_stop(text: str) -> bool:
    """Whether a reply is one of the opt-out keywords, whatever its case and punctuation."""
    return re.sub(r"[^a-z]", "", text.lower()) in STOP_WORDS and len(text) <= 40

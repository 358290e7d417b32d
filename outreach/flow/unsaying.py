"""Taking back what an outcome said of a customer's addresses: "do not call" and "wrong number", unless somebody else
has said so too."""

from __future__ import annotations

from datetime import datetime

from outreach.core.event import Event
from outreach.core.follow_up import FollowUp
from outreach.core.handling import Handling
from outreach.core.quiet import REFUSAL
from outreach.core.refusals import read
from outreach.core.trace import Reason
from outreach.flow.batch import Batch
from outreach.flow.waking import look_again

#: Outcomes that end what goes to an address, with the channel they end ("all": every one).
ENDING = {"do_not_call": "call", "wrong_number": "all"}


def unsay(batch: Batch, event: Event, done: FollowUp, handling: Handling, why: Reason) -> None:
    """The address may be used again, if it was this outcome that closed it and nobody has refused since."""
    channel, at = ENDING.get(done.outcome), handling.at
    if channel is None or at is None:
        return
    tx = batch.tx
    key = tx.customers.keys(batch.customers[event.customer]).get("call", "")
    tx.holds.close(event.customer, REFUSAL, f"{handling.source}/{handling.event}", batch.now)
    if _said_again(batch, key, handling, at):
        kept = Reason(code="opted_out:call", text="it stays closed, for it was refused by other news as well")
        batch.changes.note(done, "noted", (why, kept), batch.now)
        return
    tx.customers.unsuppress(key, channel, done.outcome, at)
    for code in ("opted_out:", "suppressed:"):
        look_again(batch, event, code)


def _said_again(batch: Batch, key: str, handling: Handling, at: datetime) -> bool:
    """Whether other news since then refuses contacts at this address, whoever of those that share it sent them."""
    sharing = batch.tx.customers.sharing([key]) | {handling.customer}
    told = batch.tx.ask(lambda tx: tx.events.history(sharing, ("outcome", "consent.withdrawn", "message.received")))
    later = (e for of_one in told.values() for e in of_one if e.time >= at)
    return any(_refuses(e) for e in later if (e.source, e.id) != (handling.source, handling.event))


def _refuses(event: Event) -> bool:
    if event.type == "message.received":
        reply = read(str(event.data.get("text", "")))
        return reply.refuses or reply.kind == "wrong_number"
    return event.type == "consent.withdrawn" or event.data.get("outcome") in ENDING

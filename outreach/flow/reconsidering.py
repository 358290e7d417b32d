"""What came in between: a card that is back on the list was off it for a while, and missed the news of that time."""

from __future__ import annotations

from outreach.core.by_hand import without
from outreach.core.event import Event
from outreach.core.follow_up import FollowUp
from outreach.core.guard import objections
from outreach.core.handling import Handling
from outreach.core.rule import OnMissing
from outreach.core.stopping import stop_reason
from outreach.core.trace import Reason
from outreach.flow.batch import Batch
from outreach.flow.consenting import end_refused
from outreach.flow.standings import load_standings
from outreach.flow.waking import off_the_list


def reconsider(batch: Batch, event: Event, handling: Handling) -> None:
    """End the card if her run was stopped, or she has refused, since the deed that is taken back; take it off the list
    while a hold keeps it."""
    f = next((o for o in batch.ahead(event.customer) if o.id == handling.id), None)
    if f is None:
        return
    if (why := _overtaken(batch, f, handling)) is not None:
        batch.end(f, "cancelled", why)
        return
    end_refused(batch, event, batch.tx.customers.keys(batch.customers[f.customer]).values())
    f = batch.latest(f)
    if f.state == "listed" and f.channel == "call" and _held(batch, f):
        off_the_list(batch, event, f)


def _overtaken(batch: Batch, f: FollowUp, handling: Handling) -> Reason | None:
    rule, told = batch.rules.get(f.rule), {(handling.source, handling.event)}
    if rule is None or handling.at is None:
        return None
    missing = rule.trigger.missing if isinstance(rule.trigger, OnMissing) else ()
    came = batch.tx.events.received(f.customer)
    for e in batch.tx.events.history([f.customer], (*rule.stop_on, *missing)).get(f.customer, ()):
        if came[e.source, e.id] >= handling.at and (e.source, e.id) not in told and (code := stop_reason(rule, f, e)):
            return Reason(code=code, numbers={"event": e.id})
    return None


def _held(batch: Batch, f: FollowUp) -> bool:
    standing = load_standings(batch.tx, {f.customer: batch.customers[f.customer]}, batch.now, batch.policy)[f.customer]
    alone = without(standing, {f.id})
    return any(r.code.startswith("hold:") for r in objections(f, batch.now, alone, batch.policy))

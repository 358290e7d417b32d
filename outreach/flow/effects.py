"""Events that mean something to the engine itself: complaints, consent, replies, staff outcomes, contacts by hand.

What comes back is an event like any other and enters by the same door; here is what it does besides meeting rules.
"""

from __future__ import annotations

from collections.abc import Callable

from outreach.core.event import Event
from outreach.core.follow_up import OUTCOMES
from outreach.core.keys import bucket_of, make_id
from outreach.core.ledger import Touch
from outreach.flow.consenting import consent, message_received
from outreach.flow.intake import Batch
from outreach.flow.news import changed, look_again, take_news
from outreach.flow.outcomes import take_outcome
from outreach.flow.watching import arm


def apply(batch: Batch, event: Event) -> None:
    """Do what this event means to the engine; nothing for types that mean nothing to it."""
    effect = EFFECTS.get(event.type)
    if effect is not None:
        effect(batch, event)


def refuse(event: Event) -> str:
    """Why an event of a type that the engine knows can't be taken as it is; "" when it can."""
    if event.type == "customer.merged":
        return "customer.merged is not yet supported"
    if event.type == "outcome" and event.data.get("outcome") not in OUTCOMES:
        return f"outcome {event.data.get('outcome')!r} is unknown: use one of {', '.join(sorted(OUTCOMES))}"
    if event.type == "outcome" and not (event.data.get("rule") or event.data.get("follow_up")):
        return "an outcome needs `rule` (and `step`) or `follow_up`, to say which call or task it ends"
    if event.type in ("consent.given", "consent.withdrawn") and not isinstance(event.data.get("channel", "all"), str):
        return "`channel` must be sms, email, call or all"
    return ""


def _complaint_opened(batch: Batch, event: Event) -> None:
    batch.tx.holds.open(event.customer, "complaint", _key(event), event.time)
    batch.holds.setdefault(event.customer, {}).setdefault("complaint", event.time)


def _complaint_resolved(batch: Batch, event: Event) -> None:
    batch.tx.holds.close(event.customer, "complaint", _key(event), event.time)
    still = batch.tx.holds.of([event.customer]).get(event.customer, {})
    batch.holds[event.customer] = dict(still)
    if "complaint" not in still:
        look_again(batch, event, "hold:complaint")


def _contact_made(batch: Batch, event: Event) -> None:
    """A contact outside the engine; outbound ones count against the cadence."""
    if event.data.get("direction", "outbound") != "outbound":
        return
    channel, purpose = str(event.data.get("channel", "call")), str(event.data.get("purpose", "care"))
    policy = batch.policy.cadence.purposes.get(purpose)
    touch = Touch(
        id=make_id(bucket_of(batch.tx.tenant, event.customer), "contact", event.source, event.id),
        customer=event.customer, at=event.time, channel=channel, purpose=purpose, state="attempted",
        counts=policy.counts if policy else "yes",
        address_key=batch.tx.customers.keys(batch.customers[event.customer]).get(channel, ""),
        by=str(event.data.get("by", "")),
    )  # fmt: skip
    batch.tx.ledger.reserve([touch], {})


def _customer_changed(batch: Batch, event: Event) -> None:
    """New values; follow-ups whose moments hang on them move."""
    old = batch.customers[event.customer]
    new = changed(old, event.data)
    batch.customers[event.customer] = new
    batch.tx.customers.save([new], batch.now)
    arm(batch.tx, {new.id: new}, batch.now, batch.policy, batch.rules.by_clock)
    take_news(batch, old, event)


def _key(event: Event) -> str:
    return str(event.data.get("key") or event.data.get("complaint_id") or "")


Effect = Callable[[Batch, Event], None]
EFFECTS: dict[str, Effect] = {
    "complaint.opened": _complaint_opened,
    "complaint.resolved": _complaint_resolved,
    "consent.given": consent,
    "consent.withdrawn": consent,
    "message.received": message_received,
    "outcome": take_outcome,
    "contact.made": _contact_made,
    "customer.changed": _customer_changed,
}

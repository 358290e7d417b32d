"""Events that mean something to the engine itself: complaints, consent, replies, staff outcomes, contacts by hand.

What comes back is an event like any other and enters by the same door; here is what it does besides meeting rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

from outreach.core.customer import KNOWN, Customer
from outreach.core.event import Event
from outreach.core.follow_up import evolve
from outreach.core.keys import bucket_of, make_id
from outreach.core.ledger import Touch
from outreach.core.trace import Reason
from outreach.flow.consenting import consent, message_received
from outreach.flow.intake import Batch, move
from outreach.flow.outcomes import OUTCOMES, take_outcome


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
        _look_again(batch, event, "hold:complaint")


def _look_again(batch: Batch, event: Event, reason: str) -> None:
    """What waited for this reason is looked at now."""
    for f in batch.ahead(event.customer):
        if f.reason == reason and f.state == "scheduled":
            woken = evolve(f, wake=max(batch.now, f.due), reason="")
            batch.changes.change(woken, "woken", (Reason(code=event.type),), batch.now)


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
    for unknown in ("unknown_timezone", "unknown_place", "no_common_hour"):
        _look_again(batch, event, unknown)
    for f in batch.ahead(event.customer):
        rule = batch.rules.get(f.rule)
        if rule is None or f.index >= len(rule.steps) or rule.steps[f.index].at.needs_previous:
            continue
        if batch.policy.wall_zone(new) != batch.policy.wall_zone(old) or rule.steps[f.index].at.anchor.startswith(
            "customer."
        ):
            move(batch, rule, f, Event(id=event.id, type=event.type, customer=event.customer, time=event.time))


def changed(customer: Customer, values: Mapping[str, object]) -> Customer:
    """The customer with these values; names that aren't known ones go to the free fields."""
    known = {f.name for f in fields(Customer)} - {"id", "fields", "memory", "tags"}
    plain: dict[str, Any] = {k: str(v) if v is not None else "" for k, v in values.items() if k in known and k in KNOWN}
    free = {
        k: v for k, v in values.items() if k not in known and k not in ("id", "fields", "memory", "tags", "consent")
    }
    tags = values.get("tags")
    return replace(
        customer, **plain, fields={**customer.fields, **free},
        tags=tuple(map(str, tags)) if isinstance(tags, list | tuple) else customer.tags,
    )  # fmt: skip


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

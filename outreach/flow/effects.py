"""Events that mean something to the engine itself: complaints, consent, replies, staff outcomes, contacts by hand.

What comes back is an event like any other and enters by the same door; here is what it does besides meeting rules.
"""

from __future__ import annotations

from collections.abc import Callable

from outreach.core.event import Event
from outreach.core.follow_up import OUTCOMES
from outreach.core.guard import Policy
from outreach.core.promise import wrong as no_promise
from outreach.core.quiet import MARKS
from outreach.flow.by_hand import contact_made
from outreach.flow.consenting import consent, wrong
from outreach.flow.forwarding import MERGED
from outreach.flow.handling import HANDLING, assign, cancel, no_deed, remember, snooze
from outreach.flow.holding import hold
from outreach.flow.intake import Batch
from outreach.flow.news import changed, take_news
from outreach.flow.outcomes import take_outcome
from outreach.flow.replying import message_received
from outreach.flow.undoing import take_back
from outreach.flow.uniting import merge
from outreach.flow.watching import arm


def means(policy: Policy, event_type: str) -> bool:
    """Whether events of this type mean something to the engine itself."""
    return event_type in EFFECTS or bool(policy.cadence.hold_of(event_type))


def apply(batch: Batch, event: Event) -> None:
    """Do what this event means to the engine; nothing for types that mean nothing to it."""
    effect = EFFECTS.get(event.type)
    if effect is not None:
        effect(batch, event)
    elif (name := batch.policy.cadence.hold_of(event.type)) and name not in MARKS:
        hold(batch, event, name)


def refuse(event: Event) -> str:
    """Why an event of a type that the engine knows can't be taken as it is; "" when it can."""
    if event.type == "outcome" and event.data.get("outcome") not in OUTCOMES:
        return f"outcome {event.data.get('outcome')!r} is unknown: use one of {', '.join(sorted(OUTCOMES))}"
    if event.type == "outcome" and not (event.data.get("rule") or event.data.get("follow_up")):
        return "an outcome needs `rule` (and `step`) or `follow_up`, to say which call or task it ends"
    if event.type == "outcome":
        return no_promise(event.data, event.time)
    if event.type in HANDLING:
        return no_deed(event)
    return wrong(event) if event.type in ("consent.given", "consent.withdrawn") else ""


def _customer_changed(batch: Batch, event: Event) -> None:
    """New values; follow-ups whose moments hang on them move."""
    old = batch.customers[event.customer]
    new = changed(old, event.data)
    batch.customers[event.customer] = new
    batch.tx.customers.save([new], batch.now)
    arm(batch.tx, {new.id: new}, batch.now, batch.policy, batch.rules.by_clock)
    take_news(batch, old, event)


Effect = Callable[[Batch, Event], None]
EFFECTS: dict[str, Effect] = {
    "consent.given": consent,
    "consent.withdrawn": consent,
    "message.received": message_received,
    "outcome": take_outcome,
    "contact.made": contact_made,
    "customer.changed": _customer_changed,
    "outcome.undone": take_back,
    "card.undone": take_back,
    "card.snoozed": snooze,
    "card.cancelled": cancel,
    "card.assigned": assign,
    "memory.added": remember,
    MERGED: merge,
}

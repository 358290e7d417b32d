"""Events that mean something to the engine itself: complaints, consent, replies, staff outcomes, contacts by hand.

What comes back is an event like any other and enters by the same door; here is what it does besides meeting rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace

from outreach.core.customer import KNOWN, Consent, Customer
from outreach.core.event import Event
from outreach.core.follow_up import BY_STAFF, FollowUp
from outreach.core.history import History
from outreach.core.keys import bucket_of, make_id
from outreach.core.ledger import Touch
from outreach.core.starting import next_step, planned
from outreach.core.stopping import ended
from outreach.core.trace import Reason
from outreach.intake import Batch, move

#: Replies that are exactly one of these words stop everything to that phone (Twilio's list of opt-out keywords).
STOP_WORDS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"})
OUTCOMES = frozenset(
    {"reached", "no_answer", "left_message", "call_back", "wrong_number", "do_not_call", "done", "not_done", "other"}
)


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
            woken = replace(f, wake=max(batch.now, f.due), reason="")
            batch.changes.change(woken, "woken", (Reason(code=event.type),), batch.now)


def _consent(batch: Batch, event: Event) -> None:
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
    _withdraw_planned(batch, event, mine, channels, said.purpose)


def _withdraw_planned(batch: Batch, event: Event, keys: Iterable[str], channels: set[str], purpose: str) -> None:
    sharing = batch.tx.customers.sharing(keys) | {event.customer}
    unseen = sharing - batch.open.keys()
    batch.open.update(batch.tx.follow_ups.open_of(unseen))
    for customer in sorted(sharing):
        for f in batch.ahead(customer):
            policy = batch.policy.cadence.policy(f.purpose)
            if f.channel in channels and purpose in (f.purpose, "all") and policy.consent != "not needed":
                batch.end(f, "suppressed", Reason(code=f"opted_out:{f.channel}", numbers={"event": event.id}))


def _message_received(batch: Batch, event: Event) -> None:
    """STOP and its like, as the whole reply, end everything by SMS to that phone and all marketing calls to it."""
    if event.data.get("channel", "sms") != "sms" or not is_stop(str(event.data.get("text", ""))):
        return
    source = f"reply: {str(event.data.get('text', ''))[:40]}"
    _withdraw(batch, event, Consent(channel="sms", purpose="all", given=False, at=event.time, source=source))
    _withdraw(batch, event, Consent(channel="call", purpose="marketing", given=False, at=event.time, source=source))


def is_stop(text: str) -> bool:
    """Whether a reply is one of the opt-out keywords, whatever its case and punctuation."""
    return re.sub(r"[^a-z]", "", text.lower()) in STOP_WORDS and len(text) <= 40


def _outcome(batch: Batch, event: Event) -> None:
    """A person ended a call or task; what waited for it comes next."""
    f = _which(batch.ahead(event.customer), event.data)
    if f is None:
        return
    data = event.data
    outcome, by = str(data["outcome"]), str(data.get("by", ""))
    done = replace(ended(f, "done", outcome, batch.now), outcome=outcome, outcome_by=by, note=str(data.get("note", "")))
    batch.changes.change(
        done, "done", (Reason(code=f"outcome:{outcome}", numbers={"by": by, "event": event.id}),), batch.now
    )
    if f.channel == "call":
        _count_call(batch, event, f, by)
    if outcome in ("do_not_call", "wrong_number"):
        _no_more_calls(batch, event, outcome)
    follow_on(batch, done)


def _which(ahead: Iterable[FollowUp], data: Mapping[str, object]) -> FollowUp | None:
    """The call or task that an outcome speaks of: by id, or by rule and step; one on the list before one planned."""
    step = str(data.get("step", ""))
    found = [
        f for f in ahead
        if f.channel in BY_STAFF
        and (f.id == data["follow_up"] if data.get("follow_up") else f.rule == data.get("rule") and step in ("", f.step, f.channel))
    ]  # fmt: skip
    return min(found, key=lambda f: (f.state != "listed", f.due), default=None)


def _count_call(batch: Batch, event: Event, f: FollowUp, by: str) -> None:
    reserved = batch.tx.ledger.of_follow_ups([(f.customer, f.id)]).get(f.id)
    if reserved is not None:
        batch.changes.settled.append(replace(reserved, state="attempted", by=by))
        return
    customer = batch.customers[f.customer]
    counts = batch.policy.cadence.policy(f.purpose).counts
    touch = Touch(
        id=make_id(bucket_of(batch.tx.tenant, f.customer), "touch", f.id), customer=f.customer, at=event.time,
        channel="call", purpose=f.purpose, state="attempted", counts=counts, follow_up=f.id,
        address_key=batch.tx.customers.keys(customer).get("call", ""), by=by,
    )  # fmt: skip
    batch.tx.ledger.reserve([touch], {})


def _no_more_calls(batch: Batch, event: Event, outcome: str) -> None:
    channel = "call" if outcome == "do_not_call" else "all"
    keys = batch.tx.customers.keys(batch.customers[event.customer])
    mine = {keys["call"]} if "call" in keys else set()
    batch.tx.customers.suppress(mine, channel, outcome, batch.now)
    _withdraw_planned(batch, event, mine, {"call"} if channel == "call" else {"call", "sms"}, "all")


def follow_on(batch: Batch, done: FollowUp) -> None:
    """Plan the step that waited for this one."""
    rule = batch.rules.get(done.rule)
    if rule is None or done.index + 1 >= len(rule.steps):
        return
    key = (done.customer, done.event_source, done.event)
    event = batch.tx.events.get([key]).get(key)
    if event is None:
        return
    here = batch.situation(event, done.overlay)
    types = {t for step in rule.steps[done.index + 1 :] if step.when is not None for t in step.when.needs_facts}
    if types:
        past = batch.tx.events.history([done.customer], types).get(done.customer, ())
        here.past = History(past, batch.now, event, batch.holds.get(done.customer, ()))
    here.previous = {"outcome": done.outcome, "by": done.outcome_by, "note": done.note}
    here.previous_end = done.ended
    f = next_step(rule, done, here)
    if f is not None:
        why = (Reason(code=f"after:{done.step}", numbers={"outcome": done.outcome}),)
        batch.changes.add([f], [planned(f, batch.now, why)])


def _contact_made(batch: Batch, event: Event) -> None:
    """A contact outside the engine; outbound ones count against the cadence."""
    if event.data.get("direction", "outbound") != "outbound":
        return
    channel, purpose = str(event.data.get("channel", "call")), str(event.data.get("purpose", "care"))
    policy = batch.policy.cadence.purposes.get(purpose)
    touch = Touch(
        id=make_id(bucket_of(batch.tx.tenant, event.customer), "contact", event.source, event.id), customer=event.customer,
        at=event.time, channel=channel, purpose=purpose, state="attempted", counts=policy.counts if policy else "yes",
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
    _look_again(batch, event, "unknown_timezone")
    for f in batch.ahead(event.customer):
        rule = batch.rules.get(f.rule)
        if rule is None or f.index >= len(rule.steps) or rule.steps[f.index].at.needs_previous:
            continue
        if new.timezone != old.timezone or rule.steps[f.index].at.anchor.startswith("customer."):
            move(batch, rule, f, Event(id=event.id, type=event.type, customer=event.customer, time=event.time))


def changed(customer: Customer, values: Mapping[str, object]) -> Customer:
    """The customer with these values; names that aren't known ones go to the free fields."""
    known = {f.name for f in fields(Customer)} - {"id", "fields", "memory", "tags"}
    plain = {k: str(v) if v is not None else "" for k, v in values.items() if k in known and k in KNOWN}
    free = {
        k: v for k, v in values.items() if k not in known and k not in ("id", "fields", "memory", "tags", "consent")
    }
    tags = values.get("tags")
    return replace(
        customer, **plain, fields={**customer.fields, **free},
        tags=tuple(map(str, tags)) if isinstance(tags, list | tuple) else customer.tags,
    )  # type: ignore[arg-type]  # fmt: skip


def _key(event: Event) -> str:
    return str(event.data.get("key") or event.data.get("complaint_id") or "")


Effect = Callable[[Batch, Event], None]
EFFECTS: dict[str, Effect] = {
    "complaint.opened": _complaint_opened,
    "complaint.resolved": _complaint_resolved,
    "consent.given": _consent,
    "consent.withdrawn": _consent,
    "message.received": _message_received,
    "outcome": _outcome,
    "contact.made": _contact_made,
    "customer.changed": _customer_changed,
}

__all__ = ["OUTCOMES", "apply", "changed", "follow_on", "is_stop", "refuse"]

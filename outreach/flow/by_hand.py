"""Contacts made by hand: each is a fact, so it counts; what it broke is written down, and what is planned and has no
room any more is put off at once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from outreach.core.by_hand import Shift, a_contact, learned, shifts, touch_of, without
from outreach.core.event import Event
from outreach.core.follow_up import FollowUp, evolve
from outreach.core.guard import objections, refusal
from outreach.core.keys import bucket_of, make_id
from outreach.core.ledger import Touch
from outreach.core.merging import carrier, on_cap, riders
from outreach.core.standing import Standing
from outreach.core.trace import Reason, Trace, awaited
from outreach.flow.batch import Batch
from outreach.flow.standings import load_standings, longest_window

#: What they are for when nobody says so, or says what is no purpose here.
PURPOSE = "care"


def is_outbound(event: Event) -> bool:
    """Whether we contacted her. What she did herself counts against nothing."""
    return str(event.data.get("direction") or "outbound").strip().lower() != "inbound"


def contact_of(event: Event, purposes: Collection[str], at: datetime, id: str) -> FollowUp:
    """The contact that the event tells of."""
    channel, purpose = (str(event.data.get(name) or "").strip().lower() for name in ("channel", "purpose"))
    return a_contact(event.customer, channel or "call", purpose if purpose in purposes else PURPOSE, at, id)


def contact_made(batch: Batch, event: Event) -> None:
    """A contact outside the engine. One that is told of by a clock that is fast was made now, at the latest."""
    if not is_outbound(event):
        return
    id = make_id(bucket_of(batch.tx.tenant, event.customer), "contact", event.source, event.id)
    f = contact_of(event, batch.policy.cadence.purposes, min(event.time, batch.now), id)
    if f.channel == "task":
        return
    standing = _standing(batch, f)
    touch = touch_of(f, standing, batch.policy, by=str(event.data.get("by") or ""))
    batch.tx.ledger.reserve([touch], {})
    if batch.now - f.due > longest_window(batch.policy.cadence):
        _note(batch, f, (_told(f, event), Reason(code="long_ago", text="too long ago to hold anything back")))
    elif batch.starts:
        _note(batch, f, (_told(f, event), *_broken(batch, f, standing), *_override(event)))
        _look_anew(batch, event, standing, touch)


def _standing(batch: Batch, f: FollowUp) -> Standing:
    known = {f.customer: batch.customers[f.customer]}
    standing = load_standings(batch.tx, known, f.due, batch.policy)[f.customer]
    return without(standing, batch.changes.released.keys())


def _broken(batch: Batch, f: FollowUp, standing: Standing) -> tuple[Reason, ...]:
    refused = refusal(f, standing, batch.policy)
    return (*filter(None, [refused]), *objections(f, f.due, standing, batch.policy))


def _told(f: FollowUp, event: Event) -> Reason:
    numbers = {"channel": f.channel, "purpose": f.purpose, "by": event.data.get("by") or None, "event": event.id}
    if event.time > f.due:
        numbers["said"] = event.time.isoformat()
    return Reason(code="contact.made", text="a contact by hand", numbers=numbers)


def _override(event: Event) -> tuple[Reason, ...]:
    said = event.data.get("override")
    return (Reason(code="override", text=str(said)),) if said else ()


def _note(batch: Batch, f: FollowUp, reasons: tuple[Reason, ...]) -> None:
    batch.changes.traces.append(
        Trace(at=batch.now, customer=f.customer, follow_up=f.id, rule="", step="", decision="by_hand", reasons=reasons)
    )


def _look_anew(batch: Batch, event: Event, standing: Standing, touch: Touch) -> None:
    """Put off what has no room any more: cards that are on the list, and what is planned."""
    off = _take_off(batch, standing, touch)
    before, now, paused = without(standing, off), batch.now, batch.tx.house.paused()
    mine = batch.ahead(event.customer)
    planned = [
        f for f in mine
        if f.state == "scheduled" and f.rule not in paused and f.valid_until >= now and not carrier(f, mine, now)
    ]  # fmt: skip
    drops = on_cap("drop", planned, batch.rules)
    joining = on_cap("merge", planned, batch.rules)
    for s in shifts(planned, now, before, batch.policy, touch, drops):
        if s.follow_up.id not in drops | joining:  # those are told at their moment
            _put_off(batch, s)


def _put_off(batch: Batch, s: Shift) -> None:
    f = s.follow_up
    if s.after is not None and s.after < s.before:
        batch.wake([f], "contact.made")
        return
    reasons = s.reasons or (Reason(code="contact.made", text="a contact by hand took its room"),)
    later = evolve(f, wake=s.after or f.valid_until, reason=awaited(reasons))
    batch.changes.change(later, "deferred", reasons, batch.now)


def _take_off(batch: Batch, standing: Standing, touch: Touch) -> set[str]:
    """Take calls off the list that this contact leaves no room for: nobody is to ring her twice. Their ids."""
    off: set[str] = set()
    for f in batch.ahead(touch.customer):
        if f.state != "listed" or f.channel != "call":
            continue
        alone = without(standing, {f.id})
        stood = {r.code for r in objections(f, batch.now, alone, batch.policy)}
        new = [r for r in objections(f, batch.now, learned(alone, touch), batch.policy) if r.code not in stood]
        if new:
            off.add(f.id)
            batch.changes.release(f)
            batch.wake(riders(f, batch.ahead(f.customer)), "contact.made")
            back = evolve(f, state="scheduled", wake=max(batch.now, f.due), listed=None, reason=awaited(new))
            batch.changes.change(back, "taken_off", tuple(new), batch.now)
    return off

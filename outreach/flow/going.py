"""Letting a follow-up go: a place in the ledger, and then the intent to send it, or a card on the staff's list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from outreach.core.dying import dies
from outreach.core.follow_up import BY_STAFF, FollowUp, evolve
from outreach.core.guard import Policy
from outreach.core.keys import bucket_of, make_id
from outreach.core.law import Place
from outreach.core.ledger import Touch
from outreach.core.merging import also, riding
from outreach.core.situation import Situation
from outreach.core.standing import Standing
from outreach.core.trace import Reason, awaited
from outreach.flow.batch import wake_behind
from outreach.flow.claim import Claim
from outreach.flow.phases import contact_at
from outreach.flow.post import DEADLINE
from outreach.flow.reserving import no_place_there
from outreach.flow.spending import objection
from outreach.ports import Rendered
from outreach.rendering import sms_segments
from outreach.store.attempts import Attempt
from outreach.store.codec import dump


def expire(claim: Claim, f: FollowUp, reasons: tuple[Reason, ...] = ()) -> None:
    """Its worth is over. What stood in the way is the reason; where nothing did, it simply wasn't done in time."""
    numbers = {"until": f.valid_until.isoformat()}
    known = _stood(claim, f) or (Reason(code="valid_for", text="not done in time", numbers=numbers),)
    if f.state == "listed":
        claim.changes.release(f)
        wake_behind(claim.changes, f, claim.ahead.get(f.customer, ()), claim.now)
    kept_off = awaited(reasons) if reasons else ""
    claim.end(f, "expired", *([r for r in reasons if r.code == kept_off][:1] or known))


def _stood(claim: Claim, f: FollowUp) -> tuple[Reason, ...]:
    """What it was last put off for, with the numbers seen then."""
    if not f.reason or f.reason.startswith("merge"):
        return ()
    mine = reversed(claim.tx.traces.of_one(f.customer, f.id))
    told = next((r for t in mine for r in t.reasons if r.code == f.reason), None)
    return (told or Reason(code=f.reason),)


def go(claim: Claim, f: FollowUp, here: Situation, joining: Sequence[FollowUp]) -> None:
    """It goes now, and takes along those that join it."""
    standing, rule = claim.standings[f.customer], claim.rules[f.rule]
    if f.channel in BY_STAFF:
        touch = touch_of(claim, f, standing, claim.now) if f.channel == "call" else None
        if not _has_room(claim, f) or (touch is not None and not _takes_place(claim, f, standing, touch)):
            return
        # Each listing is a try of its own: one that was moved and comes back takes a new place in the ledger.
        gone = evolve(f, state="listed", wake=f.valid_until, listed=claim.now, reason="", attempt=f.attempt + 1,
                      address=standing.customer.address(f.channel))  # fmt: skip
        claim.changes.change(gone, "listed", (), claim.now)
        if touch is not None:
            _reserve(claim, standing, touch)
    else:
        text = claim.render(f, rule, here, standing, also(joining, claim.rules))
        if text.problem:
            claim.end(f, "held", Reason(code="template", text=text.problem))
            return
        segments = sms_segments(text.body)[0] if f.channel == "sms" else 0
        if f.channel == "sms" and _costs_too_much(claim, f, standing, segments):
            return
        later = contact_at(claim, f)
        touch = touch_of(claim, f, standing, later or claim.now)
        if not _takes_place(claim, f, standing, touch):
            return
        gone = _intend(claim, f, standing, text, segments, later)
        _reserve(claim, standing, touch)
    for o in joining:
        why = Reason(code="merge", text=f"joins the {f.channel} of {f.rule}", numbers={"into": f.id})
        claim.changes.change(riding(o, gone), "joined", (why,), claim.now)


def _has_room(claim: Claim, f: FollowUp) -> bool:
    """Whether people have a hand free for it today; if not, it is put off. What obeys no caps is news that can't wait:
    it goes on the list, and counts."""
    capacity = claim.policy.cadence.capacity
    if not capacity:
        return True
    full = claim.day.no_room(f, capacity, claim.now) if claim.policy.cadence.policy(f.purpose).obeys_caps else None
    if full is None:
        claim.day.take(f)
        return True
    _wait(claim, f, *full)
    return False


def _wait(claim: Claim, f: FollowUp, again: datetime, reason: Reason) -> None:
    """Put it off; what has no time left is over."""
    if claim.now >= f.valid_until:
        expire(claim, f, (reason,))
    else:
        later = evolve(f, wake=min(again, f.valid_until), reason=reason.code)
        claim.changes.change(later, "deferred", (reason,), claim.now)


def _costs_too_much(claim: Claim, f: FollowUp, standing: Standing, segments: int) -> bool:
    """Whether this SMS is not paid for now; then it waits, or is held for a person to see."""
    phone, key = standing.customer.phone, standing.address_keys.get("sms", "")
    no = objection(claim, f, phone, key, segments)
    if no is None:
        return False
    if no.again is None:
        claim.end(f, "held", no.reason)
    else:
        _wait(claim, f, no.again, no.reason)
    return True


def _intend(
    claim: Claim, f: FollowUp, standing: Standing, text: Rendered, segments: int, later: datetime | None
) -> FollowUp:
    number, address = f.attempt + 1, standing.customer.address(f.channel)
    taken = evolve(
        f, state="claimed", wake=claim.now + claim.lease, attempt=number, worker=claim.worker, address=address,
        reason="",
    )  # fmt: skip
    claim.changes.go_on(taken, "claimed", (), claim.now)
    claim.attempts.append(
        Attempt(
            id=make_id(bucket_of(claim.tx.tenant, f.customer), "attempt", f.id, str(number)), customer=f.customer,
            follow_up=f.id, number=number, worker=claim.worker, sender=claim.post.name(f.channel), channel=f.channel,
            purpose=f.purpose,
            address=address, address_key=standing.address_keys.get(f.channel, ""), made=claim.now,
            deadline=claim.now + DEADLINE, subject=text.subject, body=text.body, html=text.html,
            send_at=later, segments=segments,
            dies=dies(f, later or claim.now, standing, claim.policy) if f.channel == "sms" else None,
        )
    )  # fmt: skip
    claim.post.gates.take(claim.post.senders[f.channel], text.body, claim.now)
    return taken


def touch_of(claim: Claim, f: FollowUp, standing: Standing, at: datetime) -> Touch:
    """The entry in the ledger of a contact at that moment."""
    policy = claim.policy.cadence.policy(f.purpose)
    return Touch(
        id=make_id(bucket_of(claim.tx.tenant, f.customer), "touch", f.id, str(f.attempt + 1)), customer=f.customer,
        at=at, channel=f.channel, purpose=f.purpose, counts=policy.counts, follow_up=f.id,
        address_key=standing.address_keys.get(f.channel, ""), known=decided_by(claim.policy, standing),
    )  # fmt: skip


def _takes_place(claim: Claim, f: FollowUp, standing: Standing, touch: Touch) -> bool:
    """Whether there is room for it at its address; if not, it is put off. Where the address may share this transaction,
    that was told before."""
    no = no_place_there(claim.tx, f, standing, touch, claim.policy, claim.now)
    if no is not None:
        code = awaited(no.reasons)
        _wait(claim, f, no.at or f.valid_until, next(r for r in no.reasons if r.code == code))
    return no is None


def _reserve(claim: Claim, standing: Standing, touch: Touch) -> None:
    """A place in the windows at the moment of the contact, in the very transaction that claims: it counts from now
    on."""
    claim.touches.append(touch)
    for customer in claim.sharing.get(touch.address_key, ()) or (touch.customer,):
        claim.standings[customer].learn(touch)
    if (gap := claim.policy.cadence.gap_of(touch.purpose)) is not None:
        claim.gaps[touch.id] = gap


def decided_by(policy: Policy, standing: Standing) -> str:
    """What this was decided by, for whoever judges it later: a customer moves, and a cadence is edited."""
    c = standing.customer
    return _decided_by(policy.version, standing.zones, standing.places, (c.country, c.region))


@lru_cache(maxsize=1000)
def _decided_by(version: str, zones: tuple[str, ...], places: frozenset[Place], home: tuple[str, str]) -> str:
    """Most customers of a house live in the same few places."""
    return dump({"policy": version, "zones": zones, "places": sorted(places), "home": home})

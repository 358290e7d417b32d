"""Deciding about one due follow-up: expire, cancel, suppress, put off, hand to a person, or intend to send it."""

from __future__ import annotations

from outreach.core.follow_up import BY_STAFF, FollowUp, evolve
from outreach.core.keys import bucket_of, make_id
from outreach.core.ledger import Touch
from outreach.core.planner import Place, arrange
from outreach.core.rule import Rule
from outreach.core.situation import Situation
from outreach.core.standing import Standing
from outreach.core.trace import Reason
from outreach.flow.claim import DEADLINE, Claim
from outreach.ports import Rendered
from outreach.store.attempts import Attempt


def decide(claim: Claim, f: FollowUp) -> None:
    """One due follow-up: expire, cancel, suppress, put off, hand to a person, or write the intent to send it."""
    rule = claim.rules.get(f.rule)
    if claim.now > f.valid_until or f.state == "listed":
        _expire(claim, f)
    elif rule is None or f.index >= len(rule.steps):
        claim.end(f, "cancelled", Reason(code="rule_removed", text="the rule is no longer in the rules folder"))
    elif not rule.active:
        claim.end(f, "cancelled", Reason(code="rule_inactive", text="the rule was switched off"))
    else:
        _judge(claim, f, rule)


def _expire(claim: Claim, f: FollowUp, reasons: tuple[Reason, ...] = ()) -> None:
    """What stood in the way is the reason; where nothing did, it simply wasn't done in time."""
    known = (Reason(code=f.reason),) if f.reason else (Reason(code="valid_for", text="not done in time"),)
    if f.state == "listed":
        claim.changes.release(f)
    claim.end(f, "expired", *(reasons[-1:] or known))


def _judge(claim: Claim, f: FollowUp, rule: Rule) -> None:
    here = claim.situation(f)
    if here is None:
        claim.end(f, "cancelled", Reason(code="event_gone", text="the event it follows is no longer known"))
        return
    step = rule.steps[f.index]
    if step.when is not None and not step.at.needs_previous and not step.when.holds(here.scope()):
        claim.end(f, "cancelled", Reason(code="when", text=step.when.source))
        return
    others = [o for o in claim.ahead.get(f.customer, ()) if o.state == "scheduled" and claim.now <= o.valid_until]
    place = arrange(claim.now, others, claim.standings[f.customer], claim.policy)[f.id]
    _follow_plan(claim, f, rule, here, place)


def _follow_plan(claim: Claim, f: FollowUp, rule: Rule, here: Situation, place: Place) -> None:
    if place.refused is not None:
        claim.end(f, "suppressed", place.refused)
    elif place.at is not None and place.at <= claim.now:
        _go(claim, f, rule, here)
    elif rule.on_cap == "drop" and _capped(place):
        claim.end(f, "cancelled", *sorted(place.reasons, key=lambda r: not _takes_room(r)))
    elif claim.now >= f.valid_until:
        _expire(claim, f, place.reasons)
    else:
        _put_off(claim, f, place)


def _capped(place: Place) -> bool:
    return any(map(_takes_room, place.reasons))


def _takes_room(reason: Reason) -> bool:
    """A cap or the gap, the house's or a law's (`law:fr:4/30d`)."""
    return reason.code.startswith(("cap:", "gap:")) or (reason.code.startswith("law:") and "/" in reason.code)


def _put_off(claim: Claim, f: FollowUp, place: Place) -> None:
    """Look again when there is room; when there is none in sight, at the end of its worth (or when facts change)."""
    reasons = place.reasons or (Reason(code="room", text="a more important contact comes first"),)
    later = evolve(f, wake=place.at or f.valid_until, reason=reasons[-1].code)
    claim.changes.change(later, "deferred", reasons, claim.now)


def _go(claim: Claim, f: FollowUp, rule: Rule, here: Situation) -> None:
    standing = claim.standings[f.customer]
    if f.channel in BY_STAFF:
        # Each listing is a try of its own: one that was moved and comes back takes a new place in the ledger.
        listed = evolve(f, state="listed", wake=f.valid_until, listed=claim.now, reason="", attempt=f.attempt + 1,
                        address=standing.customer.address(f.channel))  # fmt: skip
        claim.changes.change(listed, "listed", (), claim.now)
        if f.channel == "call":
            _reserve(claim, f, standing)
        return
    text = claim.render(f, rule, here, standing)
    if text.problem:
        claim.end(f, "held", Reason(code="template", text=text.problem))
        return
    _intend(claim, f, standing, text)


def _intend(claim: Claim, f: FollowUp, standing: Standing, text: Rendered) -> None:
    number, address = f.attempt + 1, standing.customer.address(f.channel)
    taken = evolve(
        f, state="claimed", wake=claim.now + claim.lease, attempt=number, worker=claim.worker, address=address,
        reason="",
    )  # fmt: skip
    claim.changes.change(taken, "claimed", (), claim.now)
    claim.attempts.append(
        Attempt(
            id=make_id(bucket_of(claim.tx.tenant, f.customer), "attempt", f.id, str(number)), customer=f.customer,
            follow_up=f.id, number=number, worker=claim.worker, sender=claim.sender_of(f.channel), channel=f.channel,
            purpose=f.purpose,
            address=address, address_key=standing.address_keys.get(f.channel, ""), made=claim.now,
            deadline=claim.now + DEADLINE, subject=text.subject, body=text.body, html=text.html,
        )
    )  # fmt: skip
    _reserve(claim, f, standing)


def _reserve(claim: Claim, f: FollowUp, standing: Standing) -> None:
    """A place in the windows, in the very transaction that claims: from now on it counts."""
    policy = claim.policy.cadence.policy(f.purpose)
    touch = Touch(
        id=make_id(bucket_of(claim.tx.tenant, f.customer), "touch", f.id, str(f.attempt + 1)), customer=f.customer,
        at=claim.now, channel=f.channel, purpose=f.purpose, counts=policy.counts, follow_up=f.id,
        address_key=standing.address_keys.get(f.channel, ""),
    )  # fmt: skip
    claim.touches.append(touch)
    for customer in claim.sharing.get(touch.address_key, ()) or (f.customer,):
        claim.standings[customer].learn(touch)
    if policy.obeys_caps and policy.counts != "no":
        claim.gaps[touch.id] = claim.policy.cadence.min_gap

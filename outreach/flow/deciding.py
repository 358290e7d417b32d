"""Deciding about one due follow-up: expire, cancel, suppress, put off, or let it go."""

from __future__ import annotations

from outreach.core.follow_up import AHEAD, TOUCHING, FollowUp, evolve
from outreach.core.merging import AFTER, carrier, on_cap, riding
from outreach.core.moment import again
from outreach.core.planner import Place, arrange
from outreach.core.promise import promise_of
from outreach.core.rule import Rule
from outreach.core.situation import Situation
from outreach.core.stopping import no_longer
from outreach.core.trace import Reason, awaited
from outreach.flow.claim import Claim
from outreach.flow.going import expire, go
from outreach.flow.phases import later_than_handed_over
from outreach.flow.remembering import remember


def decide(claim: Claim, f: FollowUp) -> None:
    """One due follow-up: expire, cancel, suppress, put off, hand to a person, or write the intent to send it."""
    contact = carrier(f, claim.ahead.get(f.customer, ()), claim.now)
    if contact is not None:
        claim.changes.change(riding(f, contact), "deferred", (Reason(code=f.reason),), claim.now)
    elif claim.now > f.valid_until or f.state == "listed":
        expire(claim, f)
    else:
        here = _wanted(claim, f)
        if isinstance(here, Reason):
            _needless(claim, f, here)
        elif f.channel == "remember":
            _remember(claim, f, claim.rules[f.rule], here)
        elif not _moved_by_new_clocks(claim, f):
            _judge(claim, f, here)


def _wanted(claim: Claim, f: FollowUp) -> Situation | Reason:
    """The situation in which `f` is judged; why it is needless, if it is."""
    rule = claim.rules.get(f.rule)
    if rule is None or f.index >= len(rule.steps):
        return Reason(code="rule_removed", text="the rule is no longer in the rules folder")
    if not rule.active:
        return Reason(code="rule_inactive", text="the rule was switched off")
    here = claim.situation(f)
    if here is None:
        return Reason(code="event_gone", text="the event it follows is no longer known")
    if promise_of(f) is not None:
        return here  # she waits for it, whatever the rule was about
    if rule.must_still_match and rule.when is not None and not rule.when.holds(here.scope()):
        return no_longer(rule, here)
    step = rule.steps[f.index]
    if step.when is not None and not step.at.needs_previous and not step.when.holds(here.scope()):
        return Reason(code="when", text=step.when.source, numbers=dict(step.when.seen(here.scope())))
    return here


def _needless(claim: Claim, f: FollowUp, reason: Reason) -> None:
    """It ends; with a customer who no longer matches, all that lies ahead of its run."""
    claim.end(f, "cancelled", reason)
    if reason.code != "no_longer_matches":
        return
    for other in claim.ahead.get(f.customer, ()):
        if other.run == f.run and other.id != f.id and other.state in AHEAD:
            if other.state == "listed":
                claim.changes.release(other)
            claim.end(other, "cancelled", reason)


def _moved_by_new_clocks(claim: Claim, f: FollowUp) -> bool:
    """Whether its wall time is still to come: the zone's rules were changed since it was planned (tzdata)."""
    there = again(f.intent, f.intent.rpartition(" ")[2]) if f.due <= claim.now else None
    if there is None or there <= claim.now or there == f.due:
        return False
    numbers = {"from": f.due.isoformat(), "to": there.isoformat()}
    later = evolve(f, due=there, wake=there, valid_until=f.valid_until + (there - f.due), reason="")
    claim.changes.change(later, "moved", (Reason(code="moved:zone", text=f.intent, numbers=numbers),), claim.now)
    return True


def _remember(claim: Claim, f: FollowUp, rule: Rule, here: Situation) -> None:
    over, customer, reason = remember(f, rule, here, claim.say)
    claim.changes.change(over, over.state, (reason,), claim.now)
    claim.finished.append(over)
    if customer is not None:
        claim.customers[f.customer] = customer
        claim.tx.customers.save([customer], claim.now)


def _judge(claim: Claim, f: FollowUp, here: Situation) -> None:
    """Arrange all that lies ahead of the customer, and do what the plan says of `f`."""
    until = claim.standings[f.customer].touched_later(f.channel, claim.now) if _obeys(claim, f) else None
    if until is not None:
        text = "the latest contact lies ahead of this clock, which must have gone back"
        reason = Reason(code="clock", text=text, numbers={"touch": until.isoformat()})
        _wait_or_end(claim, f, Place(at=until, reasons=(reason,)))
        return
    mine = claim.ahead.get(f.customer, ())
    others = [
        o for o in mine if o.state == "scheduled" and claim.now <= o.valid_until and not carrier(o, mine, claim.now)
    ]
    may_join, drops = on_cap("merge", others, claim.rules), on_cap("drop", others, claim.rules)
    plan = arrange(claim.now, others, claim.standings[f.customer], claim.policy, may_join, drops)
    place, rule = plan[f.id], claim.rules[f.rule]
    if place.refused is not None:
        claim.end(f, "suppressed", place.refused)
    elif place.joins:
        _wait_for(claim, f, place, next(o for o in others if o.id == place.joins))
    elif place.at is not None and place.at <= claim.now and (shut := claim.post.shut(f.channel, claim.now)):
        _wait_or_end(claim, f, shut)
    elif place.at is not None and place.at <= claim.now and (later := later_than_handed_over(claim, f)):
        _wait_or_end(claim, f, later)
    elif place.at is not None and place.at <= claim.now:
        joining = [o for o in others if o.id in may_join and plan[o.id].joins == f.id]
        go(claim, f, here, [o for o in joining if not _ended(claim, o)])
    elif rule.on_cap == "drop" and _capped(place):
        claim.end(f, "cancelled", *sorted(place.reasons, key=lambda r: not _takes_room(r)))
    else:
        _wait_or_end(claim, f, place)


def _obeys(claim: Claim, f: FollowUp) -> bool:
    return f.channel in TOUCHING and claim.policy.cadence.policy(f.purpose).obeys_caps


def _wait_or_end(claim: Claim, f: FollowUp, place: Place) -> None:
    if claim.now >= f.valid_until:
        expire(claim, f, place.reasons)
    else:
        _put_off(claim, f, place)


def _ended(claim: Claim, f: FollowUp) -> bool:
    """Whether one that was about to join is needless; then it is over."""
    here = _wanted(claim, f)
    if isinstance(here, Reason):
        _needless(claim, f, here)
    return isinstance(here, Reason)


def _capped(place: Place) -> bool:
    return any(map(_takes_room, place.reasons))


def _takes_room(reason: Reason) -> bool:
    """A cap or the gap, the house's or a law's (`law:fr:4/30d`)."""
    code = reason.code
    return code.startswith(("cap:", "gap:", "back_off:", "room")) or (code.startswith("law:") and "/" in code)


def _put_off(claim: Claim, f: FollowUp, place: Place) -> None:
    """Look again when there is room; when there is none in sight, at the end of its worth (or when facts change)."""
    reasons = place.reasons or (Reason(code="room", text="a more important contact comes first"),)
    wake = min(place.at, f.valid_until) if place.at is not None else f.valid_until
    later = evolve(f, wake=wake, reason=awaited(reasons))
    claim.changes.change(later, "deferred", reasons, claim.now)


def _wait_for(claim: Claim, f: FollowUp, place: Place, winner: FollowUp) -> None:
    """It joins when the winner goes; which is looked at first."""
    at = max(filter(None, (place.at, winner.wake)))
    claim.changes.change(evolve(f, wake=at + AFTER, reason="merge"), "deferred", place.reasons, claim.now)

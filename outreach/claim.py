"""Claim: what is due is decided here and now, reserved in the ledger, and written down as an intent; one transaction.

Nothing is sent from in here. What comes out are attempts that are durable before any provider hears of them.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from outreach.changes import Changes
from outreach.core.customer import Customer
from outreach.core.event import Event
from outreach.core.follow_up import BY_STAFF, FollowUp
from outreach.core.guard import Policy
from outreach.core.history import History, as_scope
from outreach.core.keys import bucket_of, make_id
from outreach.core.ledger import Touch
from outreach.core.planner import Place, arrange
from outreach.core.rule import Rule
from outreach.core.rule_index import RuleIndex
from outreach.core.situation import Situation
from outreach.core.standing import Standing
from outreach.core.stopping import ended
from outreach.core.trace import Reason
from outreach.ports import Rendered
from outreach.standings import load_standings
from outreach.store.attempts import Attempt
from outreach.store.store import Transaction

#: After the intent is committed the provider must be called within this time, or not at all.
DEADLINE = timedelta(seconds=5)
#: A claim that wasn't settled by then is taken back by whoever looks next; longer than deadline plus call.
LEASE = timedelta(seconds=60)

Render = Callable[[FollowUp, Rule, Situation, Standing], Rendered]


@dataclass(slots=True)
class Claim:
    """One claim transaction: its facts, what it writes, and the attempts it hands to the senders."""

    tx: Transaction
    now: datetime
    policy: Policy
    rules: RuleIndex
    worker: str
    render: Render
    sender_of: Callable[[str], str]
    customers: MutableMapping[str, Customer]
    standings: dict[str, Standing]
    events: dict[tuple[str, str, str], Event]
    ahead: dict[str, list[FollowUp]]
    changes: Changes = field(default_factory=Changes)
    touches: list[Touch] = field(default_factory=list)
    gaps: dict[str, timedelta] = field(default_factory=dict)
    attempts: list[Attempt] = field(default_factory=list)
    finished: list[FollowUp] = field(default_factory=list)

    def end(self, f: FollowUp, state: str, *reasons: Reason) -> None:
        """`f` is over."""
        over = ended(f, state, reasons[0].code, self.now)
        self.changes.change(over, state, reasons, self.now)
        self.finished.append(over)

    def situation(self, f: FollowUp) -> Situation | None:
        """The situation in which `f` is judged; None when its event is gone."""
        event = self.events.get((f.customer, f.event_source, f.event))
        if event is None:
            return None
        rule = self.rules[f.rule]
        types = {t for c in (rule.when, *(s.when for s in rule.steps)) if c is not None for t in c.needs_facts}
        past = self.tx.events.history([f.customer], types).get(f.customer, []) if types else []
        return Situation(
            tenant=self.tx.tenant, bucket=bucket_of(self.tx.tenant, f.customer), customer=self.customers[f.customer],
            event=event, now=self.now, policy=self.policy,
            past=History(past, self.now, event, self.standings[f.customer].holds), overlay=f.overlay,
        )  # fmt: skip


def load(
    tx: Transaction, due: list[FollowUp], now: datetime, policy: Policy, rules: RuleIndex, worker: str,
    render: Render, sender_of: Callable[[str], str],
) -> Claim:  # fmt: skip
    """Load what deciding about these follow-ups needs."""
    ids = sorted({f.customer for f in due})
    customers = tx.customers.get(ids)
    wanted = [(f.customer, f.event_source, f.event) for f in due]
    return Claim(
        tx=tx, now=now, policy=policy, rules=rules, worker=worker, render=render, sender_of=sender_of,
        customers=customers, standings=load_standings(tx, customers, now, policy), events=tx.events.get(wanted),
        ahead=tx.follow_ups.open_of(ids),
    )  # fmt: skip


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
        claim.end(f, "cancelled", *place.reasons)
    elif claim.now >= f.valid_until:
        _expire(claim, f, place.reasons)
    else:
        _put_off(claim, f, place)


def _capped(place: Place) -> bool:
    return any(r.code.startswith(("cap:", "gap:")) for r in place.reasons)


def _put_off(claim: Claim, f: FollowUp, place: Place) -> None:
    """Look again when there is room; when there is none in sight, at the end of its worth (or when facts change)."""
    reasons = place.reasons or (Reason(code="room", text="a more important contact comes first"),)
    later = replace(f, wake=place.at or f.valid_until, reason=reasons[-1].code)
    claim.changes.change(later, "deferred", reasons, claim.now)


def _go(claim: Claim, f: FollowUp, rule: Rule, here: Situation) -> None:
    standing = claim.standings[f.customer]
    if f.channel in BY_STAFF:
        listed = replace(f, state="listed", wake=f.valid_until, listed=claim.now, reason="",
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
    taken = replace(
        f, state="claimed", wake=claim.now + LEASE, attempt=number, worker=claim.worker, address=address, reason=""
    )
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
    for other in claim.standings.values():
        other.learn(touch)
    if policy.obeys_caps and policy.counts != "no":
        claim.gaps[touch.id] = claim.policy.cadence.min_gap


def write(claim: Claim) -> None:
    """Store all of it."""
    claim.changes.store(claim.tx)
    claim.tx.ledger.reserve(claim.touches, claim.gaps)
    claim.tx.attempts.add(claim.attempts)


def template_scope(f: FollowUp, rule: Rule, here: Situation) -> dict[str, object]:
    """What a template may speak of: plain data only."""
    event = as_scope(here.event) | (dict(here.overlay) if here.overlay else {})
    return {
        "customer": here.customer.as_dict(), "event": event, "previous": here.previous or {},
        "memory": dict(here.customer.memory), "now": here.now, "rule": {"name": rule.name, "about": rule.about},
        "history": here.past.latest_by_type(),
    }  # fmt: skip

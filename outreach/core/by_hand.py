"""Contacts made by hand, outside any rule: may this one be made, and what does it do to what is planned?

It is held to the very guard that a rule's contacts pass. A rule's priority tells what it may push out; a contact by
hand has that of a rule which names none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime

from outreach.core.follow_up import TOUCHING, FollowUp
from outreach.core.guard import objections, opening, refusal
from outreach.core.ledger import Touch
from outreach.core.planner import Place, arrange, planned_touch
from outreach.core.policy import Policy
from outreach.core.standing import Standing
from outreach.core.trace import Reason

#: As important as a rule's contact that names no priority.
PRIORITY = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A planned contact that another one moves: its moment without it and with it (None: there is none while it is
    worth something), and what then stands in its way."""

    follow_up: FollowUp
    before: datetime
    after: datetime | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the guard says to one contact: all that stands in its way, the first instant at which nothing does (None:
    not in sight), and what it would move of what is planned."""

    reasons: tuple[Reason, ...]
    next: datetime | None
    shifts: tuple[Shift, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.reasons


def a_contact(customer: str, channel: str, purpose: str, at: datetime, id: str = "by hand") -> FollowUp:
    """A contact by hand, as guard and plan see it: at its moment or not at all."""
    return FollowUp(
        id=id, customer=customer, run="", rule="", step="", index=0, channel=channel, purpose=purpose,
        priority=PRIORITY, due=at, wake=None, valid_until=at, trigger="", started=at,
    )  # fmt: skip


def touch_of(contact: FollowUp, standing: Standing, policy: Policy, by: str = "") -> Touch:
    """The entry that it makes in the ledger."""
    key = standing.address_keys.get(contact.channel, "")
    return replace(planned_touch(contact, contact.due, policy), state="attempted", address_key=key, by=by)


def may(
    contact: FollowUp, now: datetime, ahead: Iterable[FollowUp], standing: Standing, policy: Policy,
    drops: AbstractSet[str] = frozenset(),
) -> Verdict:  # fmt: skip
    """Whether this contact may be made at its moment. `ahead` is what is planned for the customer and not yet handed
    out, `drops` the ids of those that are dropped rather than put off."""
    refused = refusal(contact, standing, policy)
    if refused is not None:
        return Verdict(reasons=(refused,), next=None)
    plan = list(ahead)
    moved = shifts(plan, now, standing, policy, touch_of(contact, standing, policy), drops)
    stands = objections(contact, contact.due, standing, policy)
    obeys = policy.cadence.policy(contact.purpose).obeys_caps
    pushed = [_pushed(s) for s in moved if obeys and s.after is None and s.follow_up.priority > contact.priority]
    reasons = (*stands, *pushed)
    return Verdict(reasons=reasons, shifts=moved, next=_next(contact, now, plan, standing, policy, bool(reasons)))


def shifts(
    ahead: Iterable[FollowUp], now: datetime, standing: Standing, policy: Policy, touch: Touch,
    drops: AbstractSet[str] = frozenset(),
) -> tuple[Shift, ...]:  # fmt: skip
    """What this touch moves of what is planned, the most important first."""
    plan = list(ahead)
    before = arrange(now, plan, standing, policy, drops=drops)
    after = arrange(now, plan, learned(standing, touch), policy, drops=drops)
    found = (_shift(f, before[f.id], after[f.id]) for f in plan)
    return tuple(sorted((s for s in found if s is not None), key=lambda s: (-s.follow_up.priority, s.before)))


def learned(standing: Standing, touch: Touch) -> Standing:
    """The standing with one touch more."""
    more = replace(standing, at_address=dict(standing.at_address))
    more.learn(touch)
    return more


def without(standing: Standing, follow_ups: AbstractSet[str]) -> Standing:
    """The standing without what these follow-ups had reserved."""

    def left(touches: Iterable[Touch]) -> tuple[Touch, ...]:
        return tuple(t for t in touches if t.follow_up not in follow_ups)

    shared: Mapping[str, tuple[Touch, ...]] = {k: left(touches) for k, touches in standing.at_address.items()}
    return replace(standing, touches=left(standing.touches), at_address=dict(shared))


def _shift(f: FollowUp, before: Place, after: Place) -> Shift | None:
    if before.at is None or before.at == after.at or f.channel not in TOUCHING:
        return None
    return Shift(follow_up=f, before=before.at, after=after.at, reasons=after.reasons)


def _pushed(s: Shift) -> Reason:
    f = s.follow_up
    numbers = {
        "rule": f.rule,
        "channel": f.channel,
        "planned": s.before.isoformat(),
        "until": f.valid_until.isoformat(),
    }
    return Reason(code=f"pushes_out:{f.rule}", text="a more important contact is planned and would be lost",
                  numbers=numbers)  # fmt: skip


def _next(
    contact: FollowUp, now: datetime, ahead: list[FollowUp], standing: Standing, policy: Policy, barred: bool
) -> datetime | None:
    """The first instant at which nothing stands in the way, and nothing more important that is planned has to move."""
    if not barred:
        return contact.due
    bigger = [f for f in ahead if f.priority > contact.priority and f.channel in TOUCHING]
    plan = arrange(now, ahead, standing, policy)
    places = [planned_touch(f, at, policy) for f in bigger if (at := plan[f.id].at) is not None]
    return opening(contact, contact.due, standing, policy, places).at

"""The plan: all follow-ups of one customer that lie ahead, arranged so that caps hold and the important ones come
through.

Highest priority first (ties: earlier due, rule, id), each takes the earliest moment from its wish on that the guard
allows beside what is already placed. So the arrangement doesn't depend on the order of arrival, and a small touch
never takes the room of a bigger one that is already planned.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from outreach.core.follow_up import TOUCHING, FollowUp
from outreach.core.guard import Policy, opening, refusal
from outreach.core.ledger import Touch
from outreach.core.standing import Standing
from outreach.core.trace import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a follow-up stands in the plan: `at` is its moment, None when it finds none while it is worth something.

    `refused` is set when it must not happen at all; `reasons` say what moved or stopped it.
    """

    at: datetime | None
    reasons: tuple[Reason, ...] = ()
    refused: Reason | None = None


def by_importance(f: FollowUp) -> tuple[int, datetime, str, str]:
    """The order in which follow-ups are given room."""
    return (-f.priority, f.due, f.rule, f.id)


def arrange(now: datetime, ahead: Iterable[FollowUp], standing: Standing, policy: Policy) -> Mapping[str, Place]:
    """Place every follow-up of one customer that lies ahead, by id. Pure: the same facts give the same plan."""
    placed: list[Touch] = []
    plan: dict[str, Place] = {}
    for f in sorted(ahead, key=by_importance):
        place = plan[f.id] = _place(f, now, standing, policy, placed)
        if place.at is not None and f.channel in TOUCHING:
            placed.append(_planned(f, place.at, policy))
    return plan


def _place(f: FollowUp, now: datetime, standing: Standing, policy: Policy, placed: list[Touch]) -> Place:
    refused = refusal(f, standing, policy)
    if refused is not None:
        return Place(at=None, refused=refused, reasons=(refused,))
    found = opening(f, max(now, f.due), standing, policy, placed)
    if found.at is None or found.at > f.valid_until:
        return Place(at=None, reasons=found.reasons)
    return Place(at=found.at, reasons=found.reasons)


def _planned(f: FollowUp, at: datetime, policy: Policy) -> Touch:
    counts = policy.cadence.policy(f.purpose).counts
    return Touch(id=f.id, customer=f.customer, at=at, channel=f.channel, purpose=f.purpose, counts=counts)

"""Taking turns, for comparison: the most important first, each at the first moment that the guard allows beside the
others. It is how the plan was made before there was a search.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from outreach.core.follow_up import TOUCHING, FollowUp
from outreach.core.guard import Policy, opening, refusal
from outreach.core.ledger import Touch
from outreach.core.planner import by_importance
from outreach.core.standing import Standing


def take_turns(
    now: datetime, ahead: Iterable[FollowUp], standing: Standing, policy: Policy
) -> Mapping[str, datetime | None]:
    """The moment of each, by id."""
    placed: list[Touch] = []
    moments: dict[str, datetime | None] = {}
    for f in sorted(ahead, key=by_importance):
        at = None
        if refusal(f, standing, policy) is None:
            at = opening(f, max(now, f.due), standing, policy, placed).at
        moments[f.id] = at = at if at is not None and at <= f.valid_until else None
        if at is not None and f.channel in TOUCHING:
            counts = policy.cadence.policy(f.purpose).counts
            placed.append(
                Touch(id=f.id, customer=f.customer, at=at, channel=f.channel, purpose=f.purpose, counts=counts)
            )
    return moments

"""Taking turns: by importance, each at the earliest moment that the guard allows beside those before it.

Never more than the cadence allows, whatever it has in it; but it may keep less than the best arrangement would.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from outreach.core.follow_up import FollowUp
from outreach.core.guard import Policy, opening, own_guards
from outreach.core.ledger import Touch
from outreach.core.standing import Standing
from outreach.core.trace import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Where one found its moment (None: nowhere), what stood in the way, and the id of whom it joins, if it does."""

    follow_up: FollowUp
    at: datetime | None
    reasons: tuple[Reason, ...]
    joins: str = ""


def take_turns(
    now: datetime, ahead: Sequence[FollowUp], standing: Standing, policy: Policy, may_join: AbstractSet[str],
    drops: AbstractSet[str],
) -> Iterator[Turn]:  # fmt: skip
    """`ahead` by importance."""
    placed: list[tuple[FollowUp, datetime]] = []
    for f in ahead:
        wish = max(now, f.due)
        found = opening(f, wish, standing, policy, [planned_touch(o, at, policy) for o, at in placed])
        at = found.at if found.at is not None and found.at <= f.valid_until else None
        winner = next((o for o, t in placed if _carries(f, o, t, standing, policy)), None) if f.id in may_join else None
        if at != wish and winner is not None:
            yield Turn(follow_up=f, at=None, reasons=found.reasons, joins=winner.id)
            continue
        at = None if at != wish and f.id in drops else at
        yield Turn(follow_up=f, at=at, reasons=found.reasons)
        if at is not None:
            placed.append((f, at))


def _carries(f: FollowUp, winner: FollowUp, at: datetime, standing: Standing, policy: Policy) -> bool:
    """Whether `f` may be told in the contact of another one, that takes place then."""
    own = all(guard(at) is None for guard in own_guards(f, standing, policy))
    return own and winner.channel == f.channel and f.due <= at <= f.valid_until


def planned_touch(f: FollowUp, at: datetime, policy: Policy) -> Touch:
    """The place that `f` will take in the ledger."""
    counts = policy.cadence.policy(f.purpose).counts
    return Touch(id=f.id, customer=f.customer, at=at, channel=f.channel, purpose=f.purpose, counts=counts)

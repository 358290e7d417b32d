"""What was known then: a follow-up as it stood at an earlier moment, read back from its decisions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from outreach.core.follow_up import ENDED, FollowUp, evolve
from outreach.core.trace import Trace, awaited

#: Decisions after which a follow-up is on its way by another name than their own.
_STATES = {"listed": "listed", "claimed": "claimed", "unknown": "unknown"}


def as_of(f: FollowUp, at: datetime, traces: Sequence[Trace]) -> FollowUp:
    """`f` as it stood at that moment. `traces` are all of its decisions, in order of time, later ones too."""
    past = [t for t in traces if t.at <= at]
    if not past or len(past) == len(traces):
        return f
    state = _state(past)
    over = state in ENDED
    return evolve(
        f, state=state, reason=_reason(past[-1]), due=_due(f, at, traces), ended=past[-1].at if over else None,
        wake=None if over else f.wake or f.due, listed=f.listed if f.listed and f.listed <= at else None,
        outcome=f.outcome if over else "", outcome_by=f.outcome_by if over else "", note=f.note if over else "",
    )  # fmt: skip


def _state(past: Sequence[Trace]) -> str:
    last = past[-1].decision
    if last == "noted" and len(past) > 1:
        return _state(past[:-1])
    return last if last in ENDED else _STATES.get(last, "scheduled")


def _reason(last: Trace) -> str:
    if last.decision == "deferred" and last.reasons:
        return awaited(last.reasons)
    return last.reasons[-1 if last.decision == "expired" else 0].code if last.decision in ENDED and last.reasons else ""


def _due(f: FollowUp, at: datetime, traces: Sequence[Trace]) -> datetime:
    """Its wished moment then: where it was moved from since."""
    moves = (r.numbers.get("from") for t in traces if t.at > at for r in t.reasons if r.code.startswith("moved:"))
    first = next((m for m in moves if m), None)
    return datetime.fromisoformat(first) if first else f.due

"""Setting aside what can't be decided: one follow-up that fails must not stand in everybody's way."""

from __future__ import annotations

from datetime import datetime, timedelta

from outreach.core.follow_up import FollowUp, evolve
from outreach.core.stopping import ended
from outreach.core.trace import Reason
from outreach.flow.changes import Changes
from outreach.store.store import Transaction

#: Until it is tried again: long enough not to be in the way, short enough to be in time once the fault is mended.
WAIT = timedelta(minutes=5)


def set_aside(tx: Transaction, f: FollowUp, error: Exception, now: datetime) -> None:
    """Look at it again later; once its worth is over, hold it for a person. The trace keeps the error."""
    reason = Reason(code=f"error:{type(error).__name__}", text=str(error)[:300])
    changes = Changes()
    if now >= f.valid_until:
        changes.change(ended(f, "held", reason.code, now), "held", (reason,), now)
    else:
        changes.change(evolve(f, wake=now + WAIT, reason=reason.code), "deferred", (reason,), now)
    changes.store(tx)

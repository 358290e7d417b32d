"""Letting go: a pause ends, and what a rule's daily limit held goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from outreach.core.follow_up import evolve
from outreach.core.stopping import ended
from outreach.core.trace import Reason
from outreach.core.zone import to_local
from outreach.flow.changes import Changes
from outreach.store.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """Whether it was paused; how many follow-ups were let go, and how many came too late for that."""

    paused: bool
    released: int = 0
    late: int = 0

    @property
    def nothing(self) -> bool:
        """Whether there was nothing to let go."""
        return not (self.paused or self.released or self.late)


def resume(tx: Transaction, scope: str, now: datetime, zone: str) -> Resumed:
    """Let a rule go on (`*`: everything). What its limit held is planned again where it is still worth it; for the rest
    of this day of the house's (`zone`) the limit holds nothing more."""
    paused = tx.house.resume(scope)
    held = [] if scope == "*" else tx.ask(lambda all_: all_.follow_ups.held(scope, "max_per_day:%"))
    if held:
        tx.cross("what a rule's daily limit held is let go")
    if tx.shared and held:
        tx.customers.hold({f.customer for f in held})
        held = tx.follow_ups.held(scope, "max_per_day:%")
    if not held:
        return Resumed(paused=paused)
    tx.house.count(scope, to_local(now, zone).date().isoformat(), 0, released=True)
    changes = Changes()
    in_time = [f for f in held if f.valid_until > now]
    for f in in_time:
        free = evolve(f, state="scheduled", reason="", wake=max(now, f.due), ended=None)
        changes.change(free, "released", (Reason(code="released"),), now)
    for f in held:
        if f.valid_until <= now:
            changes.change(ended(f, "expired", f.reason, now), "expired", (Reason(code=f.reason),), now)
    changes.store(tx)
    return Resumed(paused=paused, released=len(in_time), late=len(held) - len(in_time))

"""What is proven not to have been sent gives its place back, and goes through the guard again while it is worth it."""

from __future__ import annotations

from datetime import datetime

from outreach.core.follow_up import FollowUp, evolve
from outreach.core.stopping import ended
from outreach.core.trace import Reason
from outreach.flow.batch import waiting_for_room
from outreach.flow.changes import Changes
from outreach.flow.delivery import touches_of
from outreach.flow.record import MOST_TRIES
from outreach.store.attempts import Attempt
from outreach.store.store import Transaction


def unsent(
    tx: Transaction, attempt: Attempt, f: FollowUp | None, why: Reason, now: datetime, *,
    ends: tuple[str, str] | None = None, revoked: bool = False,
) -> None:  # fmt: skip
    """This attempt, whose customers are held, was not sent; `why` says who or what proves it. `ends` is the state, and
    the reason, in which its follow-up ends; without it, it is tried again. `revoked`: it was known to be at the
    provider, and was taken back."""
    tx.attempts.learn([evolve(attempt, state="unsent", look=None, code=why.code, detail=why.text[:500], ended=now)])
    changes = Changes()
    if f is not None and f.state in ("unknown", "sent" if revoked else "unknown") and f.attempt == attempt.number:
        changes.settled += [evolve(t, state="released") for t in touches_of(tx, attempt, f)]
        after = _after(f, now, ends)
        changes.change(after, after.state if after.ended else "retry", _reasons(after, why), now)
        _free_others(tx, changes, f, now)
    elif f is not None:
        changes.note(f, "heard", (why,), now)
    changes.store(tx)
    if changes.wake_soon(now):
        tx.tell_others()


def _after(f: FollowUp, now: datetime, ends: tuple[str, str] | None) -> FollowUp:
    if ends is not None:
        return ended(f, *ends, now)
    if now >= f.valid_until:
        return evolve(ended(f, "expired", "valid_for", now), outcome="expired")
    if f.attempt >= MOST_TRIES:
        return evolve(ended(f, "failed", "proven_unsent", now), outcome="failed")
    return evolve(f, state="scheduled", wake=now, ended=None, outcome="", reason="proven_unsent")


def _reasons(after: FollowUp, why: Reason) -> tuple[Reason, ...]:
    own = Reason(code="valid_for", text="not done in time", numbers={"until": after.valid_until.isoformat()})
    return (own, why) if after.reason == "valid_for" else (why,)


def _free_others(tx: Transaction, changes: Changes, f: FollowUp, now: datetime) -> None:
    """What had joined it looks for a place again; and what was put off may have room now."""
    for o in tx.follow_ups.all_of(f.customer):
        if o.state == "merged" and o.reason == f"merged:{f.rule}" and o.ended == f.ended:
            free = evolve(o, state="scheduled", wake=max(now, o.due), reason="", ended=None, outcome="")
            changes.change(free, "woken", (Reason(code="proven_unsent", text=f"{f.rule} was not sent"),), now)
    for o in waiting_for_room(f, tx.follow_ups.open_of([f.customer]).get(f.customer, ())):
        woken = evolve(o, wake=max(now, o.due))
        changes.change(woken, "woken", (Reason(code="room", text=f"{f.rule} gives its place back"),), now)

"""What is proven not to have been sent gives its place back, and goes through the guard again while it is worth it."""

from __future__ import annotations

from datetime import datetime

from outreach.core.follow_up import AHEAD, FollowUp, evolve
from outreach.core.stepping import UNSENT
from outreach.core.stopping import ended
from outreach.core.trace import Reason
from outreach.flow.batch import wake_behind
from outreach.flow.changes import Changes, Follow, nothing
from outreach.flow.delivery import told_with, touches_of
from outreach.flow.record import MOST_TRIES
from outreach.store.attempts import Attempt
from outreach.store.store import Transaction


def unsent(
    tx: Transaction, attempt: Attempt, f: FollowUp | None, why: Reason, now: datetime, *,
    ends: tuple[str, str] | None = None, revoked: bool = False, follow: Follow = nothing,
) -> None:  # fmt: skip
    """This attempt, whose customers are held, was not sent; `why` says who or what proves it. `ends` is the state, and
    the reason, in which its follow-up ends; without it, it is tried again. `revoked`: it was known to be at the
    provider, and was taken back. `follow` plans what waited for its end, where that is it."""
    after = None
    tx.attempts.learn([evolve(attempt, state="unsent", look=None, code=why.code, detail=why.text[:500], ended=now)])
    changes = Changes()
    if f is not None and f.state in ("unknown", "sent" if revoked else "unknown") and f.attempt == attempt.number:
        changes.settled += [evolve(t, state="released") for t in touches_of(tx, attempt, f)]
        after = _after(f, now, ends)
        changes.change(after, after.state if after.ended else "retry", _reasons(after, why), now)
        withdraw(tx, changes, f, now)
        _free_others(tx, changes, f, now)
    elif f is not None:
        changes.note(f, "heard", (why,), now)
    changes.store(tx)
    if after is not None and after.ended:
        follow(tx, [after], now)
    if changes.wake_soon(now):
        tx.tell_others()


def _after(f: FollowUp, now: datetime, ends: tuple[str, str] | None) -> FollowUp:
    if ends is not None:
        return evolve(ended(f, *ends, now), outcome=ends[0])
    if now >= f.valid_until:
        return evolve(ended(f, "expired", "valid_for", now), outcome="expired")
    if f.attempt >= MOST_TRIES:
        return evolve(ended(f, "failed", "proven_unsent", now), outcome="failed")
    return evolve(f, state="scheduled", wake=now, ended=None, outcome="", reason="proven_unsent")


def _reasons(after: FollowUp, why: Reason) -> tuple[Reason, ...]:
    own = Reason(code="valid_for", text="not done in time", numbers={"until": after.valid_until.isoformat()})
    return (own, why) if after.reason == "valid_for" else (why,)


def withdraw(tx: Transaction, changes: Changes, f: FollowUp, now: datetime) -> None:
    """Take back the steps that were planned because `f` had been sent; when it is, they are planned anew."""
    traces = [t for t in tx.traces.of(f.customer) if any(r.code == f"after:{f.step}" for r in t.reasons)]
    after = {t.follow_up for t in traces}
    for o in tx.follow_ups.all_of(f.customer):
        if o.id in after and o.run == f.run and o.index > f.index and o.state in AHEAD:
            if o.state == "listed":
                changes.release(o)
            over = evolve(ended(o, "cancelled", UNSENT, now), listed=None)
            changes.change(over, "cancelled", (Reason(code=UNSENT, text=f"{f.step} was not sent"),), now)


def _free_others(tx: Transaction, changes: Changes, f: FollowUp, now: datetime) -> None:
    """What had joined it looks for a place again; and what was put off may have room now."""
    for o in told_with(tx, f):
        free = evolve(o, state="scheduled", wake=max(now, o.due), reason="", ended=None, outcome="")
        changes.change(free, "woken", (Reason(code="proven_unsent", text=f"{f.rule} was not sent"),), now)
        withdraw(tx, changes, o, now)
    wake_behind(changes, f, tx.follow_ups.open_of([f.customer]).get(f.customer, ()), now)

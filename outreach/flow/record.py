"""Record: what the senders answered, written down in one transaction; and claims whose worker went away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from outreach.core.follow_up import FollowUp, evolve
from outreach.core.merging import riders
from outreach.core.stopping import ended
from outreach.core.trace import Reason
from outreach.flow.intake import Batch
from outreach.flow.outcomes import end_riders
from outreach.ports import Answer, Refused, Sent, Unknown, Unsent
from outreach.store.attempts import Attempt

#: Wait before another try after a proven failure: doubled each time, at most an hour (or what the provider asked).
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
MOST_TRIES = 4
#: Seconds between tries to write down what was answered: an answer that is lost is a contact that nobody knows of.
PATIENCE = (0.02, 0.1, 0.5, 1.5, 3.0, 5.0, 5.0, 5.0, 5.0)


def record(batch: Batch, answers: Sequence[tuple[Attempt, Answer]], claimed: dict[str, FollowUp]) -> list[FollowUp]:
    """Settle these attempts. Only what this worker still holds is changed: a claim that was taken back is another's."""
    over: list[FollowUp] = []
    attempts, touches = [], batch.tx.ledger.of_follow_ups((a.customer, a.follow_up) for a, _ in answers)
    for attempt, answer in answers:
        f = claimed.get(attempt.follow_up)
        if f is None or f.state not in ("claimed", "unknown") or f.attempt != attempt.number:
            continue
        attempts.append(_answered(attempt, answer, batch.now))
        after = _after(f, answer, batch.now)
        batch.changes.change(after, after.state if after.ended else "retry", (_reason(answer),), batch.now)
        touch = touches.get(f.id)
        if touch is not None:
            batch.changes.settled.append(evolve(touch, state=_TOUCH[type(answer)]))
        if isinstance(answer, Refused) and answer.suppress and attempt.address_key:
            batch.tx.customers.suppress([attempt.address_key], attempt.channel, f"provider:{answer.code}", batch.now)
        if after.ended:
            over += [after, *_with_riders(batch, after)]
        if after.state in ("failed", "suppressed"):
            batch.room_for_others(after, after.reason)
    batch.tx.attempts.end(attempts)
    return over


def _with_riders(batch: Batch, after: FollowUp) -> list[FollowUp]:
    """What had joined a message went out with it, or looks for a place of its own."""
    if after.state in ("sent", "unknown"):
        return end_riders(batch, after)
    batch.wake(riders(after, batch.ahead(after.customer)), after.reason)
    return []


_TOUCH = {Sent: "attempted", Unknown: "unknown", Unsent: "released", Refused: "released"}
_STATE = {Sent: "accepted", Unknown: "unknown", Unsent: "unsent", Refused: "refused"}


def _after(f: FollowUp, answer: Answer, now: datetime) -> FollowUp:
    """Where the follow-up stands after this answer."""
    match answer:
        case Sent():
            return evolve(ended(f, "sent", "", now), outcome="sent")
        case Unknown():
            return evolve(ended(f, "unknown", f"unknown:{answer.code}", now), outcome="unknown")
        case Refused():
            state = "suppressed" if answer.suppress else "failed"
            return evolve(ended(f, state, f"provider:{answer.code}", now), outcome="failed")
        case Unsent():
            again = now + _wait(f.attempt, answer.retry_after)
            if f.attempt >= MOST_TRIES or again >= f.valid_until:
                return evolve(ended(f, "failed", f"provider:{answer.code}", now), outcome="failed")
            return evolve(f, state="scheduled", wake=again, reason=f"provider:{answer.code}")


def _wait(attempt: int, asked: float | None) -> timedelta:
    doubled: timedelta = FIRST_WAIT * 2 ** max(0, attempt - 1)
    return max(min(doubled, LONGEST_WAIT), timedelta(seconds=min(asked or 0, 86_400)))


def _answered(attempt: Attempt, answer: Answer, now: datetime) -> Attempt:
    provider_id = answer.provider_id if isinstance(answer, Sent) else ""
    code = "" if isinstance(answer, Sent) else answer.code
    detail = "" if isinstance(answer, Sent) else answer.text
    return evolve(
        attempt, state=_STATE[type(answer)], provider_id=provider_id, code=code, detail=detail[:500], ended=now
    )


def _reason(answer: Answer) -> Reason:
    if isinstance(answer, Sent):
        return Reason(code="accepted", numbers={"provider_id": answer.provider_id} if answer.provider_id else {})
    return Reason(code=f"provider:{answer.code}", text=answer.text[:300])


def open_attempts(attempts: Iterable[Attempt], f: FollowUp) -> list[Attempt]:
    """The intents of a claim that nobody settled."""
    return [a for a in attempts if a.follow_up == f.id and a.number == f.attempt and a.state == "intent"]

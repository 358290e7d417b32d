"""Record: what the senders answered, written down in one transaction; and claims whose worker went away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b

from outreach.core.delivery import NOT_REACHED, stands
from outreach.core.follow_up import FollowUp, evolve
from outreach.core.looking import next_look
from outreach.core.merging import riders
from outreach.core.stopping import ended
from outreach.core.trace import Reason
from outreach.flow.handing import Handed
from outreach.flow.intake import Batch
from outreach.flow.outcomes import end_riders
from outreach.ports import Answer, Refused, Sent, Unknown, Unsent
from outreach.store.attempts import Attempt

#: The longest wait before another try after a proven failure: doubled each time, at most an hour. What the provider
#: asks for counts for more.
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
MOST_TRIES = 4
#: Seconds between tries to write down what was answered: an answer that is lost is a contact that nobody knows of.
PATIENCE = (0.02, 0.1, 0.5, 1.5, 3.0, 5.0, 5.0, 5.0, 5.0)


def record(batch: Batch, answers: Sequence[tuple[Attempt, Answer]], claimed: Handed) -> list[FollowUp]:
    """Settle these attempts. Only what this worker still holds is changed: a claim that was taken back is another's."""
    over: list[FollowUp] = []
    attempts: list[Attempt] = []
    heard = batch.tx.attempts.accepted([a for a, answer in answers if not _says_all(a, answer)])
    for attempt, answer in answers:
        f = claimed.follow_ups.get(attempt.follow_up)
        if f is None or f.state not in ("claimed", "unknown") or f.attempt != attempt.number:
            continue
        known = heard.get(attempt.id)
        if known is None:
            attempts.append(_answered(attempt, answer, batch.now))
        else:  # the provider's callback was faster, and knows more
            answer = Sent(provider_id=known.provider_id)
        after = _after(f, answer, batch.now)
        if known is not None and (state := stands(known.delivery)) != "sent":
            after = evolve(after, state=state, outcome=state, reason=_why_not(known))
        batch.changes.go_on(after, after.state if after.ended else "retry", (_reason(answer),), batch.now)
        touch = claimed.touches.get(f.id)
        if touch is not None:
            state = "delivered" if after.state == "delivered" else _TOUCH[type(answer)]
            batch.changes.settled.append(evolve(touch, state=state))
        if isinstance(answer, Refused) and answer.suppress and attempt.address_key:
            batch.tx.customers.suppress([attempt.address_key], attempt.channel, f"provider:{answer.code}", batch.now)
        if after.ended:
            joined = _with_riders(batch, after)
            if after.state != "unknown":  # what waits for it waits until it is known
                over += [after, *joined]
        if after.state in ("failed", "suppressed"):
            batch.room_for_others(after, after.reason)
    batch.tx.attempts.end(attempts)
    return over


def _says_all(attempt: Attempt, answer: Answer) -> bool:
    """Whether nothing can have been heard of it before: an id made of our own comes from one who never calls back."""
    return isinstance(answer, Sent) and attempt.id in answer.provider_id


def _why_not(attempt: Attempt) -> str:
    return f"provider:{attempt.code or attempt.delivery}" if attempt.delivery in NOT_REACHED else ""


def _with_riders(batch: Batch, after: FollowUp) -> list[FollowUp]:
    """What had joined a message went out with it, or looks for a place of its own."""
    if after.state in ("sent", "delivered", "undelivered", "unknown"):
        return end_riders(batch, after)
    batch.wake(riders(after, batch.ahead(after.customer)), after.reason)
    return []


_TOUCH: dict[type, str] = {Sent: "attempted", Unknown: "unknown", Unsent: "released", Refused: "released"}
_STATE: dict[type, str] = {Sent: "accepted", Unknown: "unknown", Unsent: "unsent", Refused: "refused"}


def _after(f: FollowUp, answer: Answer, now: datetime) -> FollowUp:
    """Where the follow-up stands after this answer."""
    match answer:
        case Sent():
            return ended(f, "sent", "", now, outcome="sent")
        case Unknown():
            return ended(f, "unknown", f"unknown:{answer.code}", now, outcome="unknown")
        case Refused() if not answer.stop_sender:
            state = "suppressed" if answer.suppress else "failed"
            return ended(f, state, f"provider:{answer.code}", now, outcome="failed")
        case _:  # unsent, or refused for what is our account's fault and not hers
            again = now + wait(f.id, f.attempt, getattr(answer, "retry_after", None))
            if f.attempt >= MOST_TRIES or again >= f.valid_until:
                return ended(f, "failed", f"provider:{answer.code}", now, outcome="failed")
            return evolve(f, state="scheduled", wake=again, reason=f"provider:{answer.code}")


def wait(follow_up: str, attempt: int, asked: float | None = None) -> timedelta:
    """How long to wait after this many tries: anything between a second and the doubled wait, so that those that failed
    together don't come back together. Its id decides, no dice."""
    doubled: timedelta = min(FIRST_WAIT * 2 ** max(0, attempt - 1), LONGEST_WAIT)
    part = int.from_bytes(blake2b(f"{follow_up}/{attempt}".encode(), digest_size=4).digest()) / 2**32
    own = max(timedelta(seconds=1), doubled * part)
    return max(own, timedelta(seconds=min(asked or 0, 86_400)))


def _answered(attempt: Attempt, answer: Answer, now: datetime) -> Attempt:
    provider_id = answer.provider_id if isinstance(answer, Sent) else ""
    code = "" if isinstance(answer, Sent) else answer.code
    detail = "" if isinstance(answer, Sent) else answer.text
    look = next_look(attempt.made, now, attempt.send_at) if isinstance(answer, Unknown) else None
    return evolve(
        attempt, state=_STATE[type(answer)], provider_id=provider_id, code=code, detail=detail[:500], ended=now,
        look=look,
    )  # fmt: skip


def _reason(answer: Answer) -> Reason:
    if isinstance(answer, Sent):
        return Reason(code="accepted", numbers={"provider_id": answer.provider_id} if answer.provider_id else {})
    return Reason(code=f"provider:{answer.code}", text=answer.text[:300])


def open_attempts(attempts: Iterable[Attempt], f: FollowUp) -> list[Attempt]:
    """The attempts of a claim that nobody wrote an answer for; the provider may have told of them already."""
    return [
        a for a in attempts
        if a.follow_up == f.id and a.number == f.attempt and a.state in ("intent", "accepted")
    ]  # fmt: skip

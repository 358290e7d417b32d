"""Taking back by a handle what may be at a provider, instead of looking it up there."""

from __future__ import annotations

from datetime import datetime, timedelta

from outreach.core.looking import CannotTell, TakenBack
from outreach.ports import Clock, Sender
from outreach.store.attempts import Attempt

LATE = "it is too near to when it goes to be taken back for certain"


def recalled(sender: Sender, attempt: Attempt, clock: Clock) -> TakenBack | CannotTell:
    """After silence: what of this attempt is at its provider, or comes there yet, is to be discarded. The handle stands
    in the books before anything is sent, so without one nothing was, and nothing will be."""
    if not attempt.batch:
        return TakenBack(text="the call was never begun: no handle was asked for yet")
    if not in_time(sender, attempt, clock.now()):
        return CannotTell(text=LATE, for_good=True)
    if not sender.cancel(attempt.batch):  # type: ignore[attr-defined]
        return CannotTell(text=f"{attempt.sender} did not take it back; it may have taken back too many already")
    if not in_time(sender, attempt, clock.now()):
        return CannotTell(text=LATE, for_good=True)
    return TakenBack(text=f"taken back from {attempt.sender}, {attempt.batch}: whatever comes there late is discarded")


def in_time(sender: Sender, attempt: Attempt, now: datetime) -> bool:
    """Whether what is taken back now is certain not to be sent."""
    sure: timedelta = getattr(sender, "sure", timedelta())
    return attempt.send_at is not None and now + sure <= attempt.send_at

"""Waking: what was put off is looked at again when news comes that may let it pass, and what is on the staff's list
when news comes that may keep it back."""

from __future__ import annotations

from collections.abc import Iterable

from outreach.core.event import Event
from outreach.core.follow_up import FollowUp, evolve
from outreach.core.merging import riders
from outreach.core.signs import is_sign
from outreach.core.trace import Reason
from outreach.flow.batch import Batch


def look_again(batch: Batch, event: Event, code: str) -> None:
    """What waits for a reason that begins with this code is looked at now."""
    for f in batch.ahead(event.customer):
        _wake(batch, event, f, code)


def wake_by_signs(batch: Batch, events: Iterable[Event]) -> None:
    """A sign of life ends the back-off: what waits because of it is looked at now."""
    if batch.policy.cadence.back_off is None:
        return
    signs = {e.customer: e for e in events if is_sign(e)}
    for f in batch.tx.follow_ups.waiting(signs, "back_off:") if signs else ():
        _wake(batch, signs[f.customer], batch.latest(f), "back_off:")


def _wake(batch: Batch, event: Event, f: FollowUp, code: str) -> None:
    if f.state == "scheduled" and f.reason.startswith(code):
        woken = evolve(f, wake=max(batch.now, f.due), reason="")
        batch.changes.change(woken, "woken", (Reason(code=event.type),), batch.now)


def off_the_list(batch: Batch, event: Event, f: FollowUp) -> None:
    """Take a call off the staff's list: it gives its place back, and is judged anew at once, by what is known now."""
    batch.changes.release(f)
    again = evolve(f, state="scheduled", wake=batch.now, listed=None, reason="")
    batch.changes.change(again, "woken", (Reason(code=event.type, numbers={"event": event.id}),), batch.now)
    batch.wake(riders(f, batch.ahead(f.customer)), event.type)

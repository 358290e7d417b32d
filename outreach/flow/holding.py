"""Holds: opened and closed by events of their name; what they hold waits, on the staff's list too."""

from __future__ import annotations

from outreach.core.event import Event
from outreach.flow.batch import Batch
from outreach.flow.waking import look_again, off_the_list


def hold(batch: Batch, event: Event, name: str) -> None:
    """`complaint.opened` and `complaint.resolved`, and the same of any hold that the cadence names."""
    key = str(event.data.get("key") or event.data.get(f"{name}_id") or "")
    if event.type.endswith(".opened"):
        batch.tx.holds.open(event.customer, name, key, event.time)
    else:
        batch.tx.holds.close(event.customer, name, key, event.time)
    batch.holds[event.customer] = dict(batch.tx.holds.of([event.customer]).get(event.customer, {}))
    if name in batch.holds[event.customer]:
        withdraw_calls(batch, event, name)
    else:
        look_again(batch, event, f"hold:{name}")


def withdraw_calls(batch: Batch, event: Event, name: str) -> None:
    """A call that is held leaves the list: nobody must make it meanwhile."""
    purposes = batch.policy.cadence.held_by(name)
    for f in batch.ahead(event.customer):
        if f.state == "listed" and f.channel == "call" and f.purpose in purposes:
            off_the_list(batch, event, f)

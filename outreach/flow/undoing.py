"""Undoing: what staff did with a card is taken back, with all that it caused.

Facts stay: the event that told the deed isn't removed, another one tells that it doesn't hold. What has changed
otherwise since is left alone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from outreach.core.event import Event
from outreach.core.follow_up import AHEAD, FollowUp, evolve
from outreach.core.handling import LEASE, UNDONE, Handling, key
from outreach.core.quiet import REPLY
from outreach.core.stopping import ended
from outreach.core.trace import Reason
from outreach.flow.batch import Batch
from outreach.flow.deeds import DEEDS, caused, objection
from outreach.flow.reconsidering import reconsider
from outreach.flow.replying import READ_REPLY, UNREAD
from outreach.flow.unsaying import unsay
from outreach.store.follow_ups import CODEC


def take_back(batch: Batch, event: Event) -> None:
    """`outcome.undone`, `card.undone`: the latest deed of the card doesn't hold."""
    tx, now = batch.tx, batch.now
    f = tx.ask(lambda all_: all_.follow_ups.named(str(event.data["follow_up"])))  # it may be the name it had before
    if f is None or f.customer != event.customer:
        return
    handling = tx.cards.one(f.customer, f.id)
    why = Reason(code=UNDONE, numbers={"by": event.data.get("by") or None, "deed": handling.deed, "event": event.id})
    if (no := objection(tx, f, handling, now)) is not None:
        batch.changes.note(f, "noted", (why, Reason(code="not_undone", text=no.text)), now)
        return
    if handling.deed in DEEDS:
        _undo(batch, event, f, handling, why)
    by = str(event.data.get("by") or "")
    left = {} if handling.deed in DEEDS else {n: at for n, at in handling.skipped.items() if n != key(handling.by)}
    tx.cards.save([evolve(handling, deed=UNDONE, before={}, skipped=left, **_held(by, now))])


def _held(by: str, now: datetime) -> dict[str, Any]:
    """Who takes something back has the card open, to say it right."""
    return {"holder": by, "since": now, "until": now + LEASE} if by else {}


def _undo(batch: Batch, event: Event, f: FollowUp, handling: Handling, why: Reason) -> None:
    for o in caused(batch.tx, handling):
        _end(batch, o, why)
    customers = {CODEC.value(was).customer for was, _ in handling.before["changed"]}
    now = {o.id: o for c in customers for o in batch.tx.follow_ups.all_of(c)}
    for row, after in handling.before["changed"]:
        was = CODEC.value(row)
        if was.id in now and list(CODEC.row(now[was.id])) == after:
            _restore(batch, was, was.id == f.id and handling.deed == "outcome", why)
    if handling.deed == "outcome":
        _unsay(batch, event, f, handling, why)
    reconsider(batch, event, handling)


def _end(batch: Batch, o: FollowUp, why: Reason) -> None:
    """What it began ends; what it took of the day's capacity is given back."""
    if o.state not in AHEAD:
        return
    if o.state == "listed":
        batch.changes.release(o)
    over = evolve(ended(o, "cancelled", UNDONE, batch.now), listed=None)
    batch.changes.change(over, "cancelled", (why,), batch.now)


def _restore(batch: Batch, was: FollowUp, keeps_place: bool, why: Reason) -> None:
    """As it stood before. What gave its place in the ledger back is judged anew, at once."""
    if was.state == "listed" and not keeps_place:
        was = evolve(was, state="scheduled", wake=batch.now, listed=None, reason="")
    decision = "listed" if was.state == "listed" else "woken"
    batch.changes.change(was, decision, (why,), batch.now)
    batch.open[was.customer] = [*(o for o in batch.open.get(was.customer, ()) if o.id != was.id), was]


def _unsay(batch: Batch, event: Event, done: FollowUp, handling: Handling, why: Reason) -> None:
    """The touch is what it was before, and what the outcome said of her addresses isn't said."""
    states = {row[CODEC.columns.index("id")]: CODEC.value(row).state for row, _ in handling.before["changed"]}
    touch = batch.tx.ledger.of_follow_ups([(done.customer, done.id)]).get(done.id)
    if touch is not None:
        state = "reserved" if states[done.id] == "listed" else "released"
        batch.tx.ledger.settle([replace(touch, state=state, by="")])
    if done.rule == READ_REPLY and done.outcome not in UNREAD:
        batch.tx.holds.open(done.customer, REPLY, f"{done.event_source}/{done.event}", batch.now)
    unsay(batch, event, done, handling, why)

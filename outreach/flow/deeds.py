"""What staff did with a card, kept so that it can be taken back: how the follow-ups that it changed stood before, and
which ones it began."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from outreach.core.event import Event
from outreach.core.follow_up import FollowUp, evolve
from outreach.core.handling import UNDONE, UNITED, Handling
from outreach.flow.batch import Batch
from outreach.flow.replying import READ_REPLY, UNREAD
from outreach.store.follow_ups import CODEC
from outreach.store.store import Transaction

#: Events that tell what staff did with a card, and that can be taken back.
DEEDS: Final = frozenset({"outcome", "card.snoozed", "card.cancelled"})
#: What a follow-up that a deed began may have come to: then it can't be taken back any more.
HAPPENED: Final = frozenset({"claimed", "sent", "delivered", "undelivered", "unknown", "done", "failed"})


@dataclass(frozen=True, slots=True)
class Before:
    """What a batch was about to write before a deed: new ids, changed follow-ups."""

    new: frozenset[str]
    changed: dict[str, FollowUp]


def before(batch: Batch) -> Before:
    """Look at the batch before a deed is taken."""
    batch.card = None
    return Before(frozenset(batch.changes.new), dict(batch.changes.changed))


def keep(batch: Batch, event: Event, was: Before) -> None:
    """Keep what it takes to undo this deed. The card is free again, for it is done with."""
    f = batch.card
    if f is None:
        return
    handling = batch.tx.cards.one(f.customer, f.id)
    begun = [o for id_, o in batch.changes.new.items() if id_ not in was.new]
    there = {o.id: o for c in {o.customer for o in begun} for o in batch.tx.follow_ups.all_of(c)}
    _revive(batch, begun, there)
    batch.tx.cards.save(
        [evolve(handling, holder="", since=None, until=None, lost="", number=handling.number + 1, deed=event.type,
                by=str(event.data.get("by") or ""), at=batch.now, event=event.id, source=event.source,
                before={"changed": _changed(batch, was, {o.id for o in begun}), "new": [o.id for o in begun],
                        "of": sorted({o.customer for o in begun}), "runs": sorted({o.run for o in begun}),
                        "there": [i for i, o in there.items() if o.run in {b.run for b in begun}]})]
    )  # fmt: skip


def _changed(batch: Batch, was: Before, begun: set[str]) -> list[list[Any]]:
    """The rows that it changed, each as it was and as it is now."""
    now = {i: f for i, f in batch.changes.changed.items() if f is not was.changed.get(i) and i not in begun}
    then = _stood(batch, now.values()) | {i: f for i, f in was.changed.items() if i in now}
    return [[CODEC.row(then[i]), CODEC.row(f)] for i, f in now.items() if i in then]


def _stood(batch: Batch, changed: Iterable[FollowUp]) -> dict[str, FollowUp]:
    """How these stood when the batch began."""
    ids = {f.id: f.customer for f in changed}
    known = {f.id: f for c in set(ids.values()) for f in batch.open.get(c, ()) if f.id in ids}
    left = {i: c for i, c in ids.items() if i not in known}
    return known | {f.id: f for c in set(left.values()) for f in batch.tx.follow_ups.all_of(c) if f.id in left}


def _revive(batch: Batch, begun: Iterable[FollowUp], there: dict[str, FollowUp]) -> None:
    """What the deed begins may have been begun, and taken back, before: then that one goes on. It keeps the number of
    its tries, for each takes a place of its own in the ledger."""
    for f in begun:
        if f.id in there and there[f.id].reason == UNDONE:
            del batch.changes.new[f.id]
            batch.changes.changed[f.id] = evolve(f, attempt=there[f.id].attempt)
            del there[f.id]


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a deed can't be taken back: `code` is `none`, `late` or `sent`."""

    code: str
    text: str


def objection(tx: Transaction, f: FollowUp, handling: Handling, now: datetime) -> Objection | None:
    """What stands against taking back the latest deed of this card; None when nothing does."""
    until = handling.undo_until()
    if UNITED in handling.before:
        return Objection("none", "It can't be undone: its customer was merged with another one since.")
    if until is None:
        return Objection("none", "There is nothing to undo: nothing was done with this card, or it was undone already.")
    if now >= until:
        return Objection("late", "It is too late to undo that: it can be taken back for ten minutes.")
    if handling.deed not in DEEDS:
        return None
    if not any(list(CODEC.row(f)) == after for _, after in handling.before.get("changed", ())):
        return Objection("none", "It can't be undone: something else has happened to this card since.")
    if f.rule == READ_REPLY and f.outcome not in ("", "done", *UNREAD):
        text = "What a reply said was acted upon at once. If it was misread, record a new consent of hers."
        return Objection("sent", text)
    gone = next((o for o in caused(tx, handling) if o.state in HAPPENED), None)
    if gone is None:
        return None
    return Objection(
        "sent", f"It can't be undone: it set off the {gone.channel} of {gone.rule}, which is {gone.state}."
    )


def caused(tx: Transaction, handling: Handling) -> list[FollowUp]:
    """What the deed began, and what came of that within the same runs."""
    told = handling.before
    begun, runs, there = (set(told.get(name, ())) for name in ("new", "runs", "there"))
    everything = [f for c in told.get("of", ()) for f in tx.follow_ups.all_of(c)]
    return [f for f in everything if f.id in begun or (f.run in runs and f.id not in there)]

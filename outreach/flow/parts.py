"""Taking a batch in parts: a merge stands alone, so that what comes before it in time meets two customers, and what
comes after it meets one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from outreach.core.event import Event
from outreach.core.guard import Policy
from outreach.core.rule_index import RuleIndex
from outreach.flow.batch import Batch
from outreach.flow.forwarding import MERGED
from outreach.flow.intake import Receipt
from outreach.flow.remembering import Say
from outreach.flow.taking import take_in
from outreach.store.store import Transaction


def take_parts(
    tx: Transaction, events: Sequence[Event], now: datetime, policy: Policy, rules: RuleIndex, starts: bool, say: Say
) -> tuple[list[Receipt], bool]:
    """Take these events; their receipts in their order, and whether anything was planned or moved."""
    if MERGED not in {e.type for e in events}:
        told, batch = take_in(tx, events, now, policy, rules, starts, say)
        return told, _has_planned(batch)
    planned, receipts = False, dict[int, Receipt]()
    for part in parts(events):
        if any(events[i].type == MERGED for i in part):
            tx.cross("two customers become one")
        told, batch = take_in(tx, [events[i] for i in part], now, policy, rules, starts, say)
        receipts.update(zip(part, told, strict=True))
        planned = planned or _has_planned(batch)
    return [receipts[i] for i in range(len(events))], planned


def _has_planned(batch: Batch) -> bool:
    return bool(batch.changes.new or batch.changes.changed or batch.became)


def parts(events: Sequence[Event]) -> Iterator[Sequence[int]]:
    """Places in the batch, in order of time: each merge by itself, and what stands between two of them."""
    part: list[int] = []
    for place in sorted(range(len(events)), key=lambda i: events[i].time):
        if events[place].type != MERGED:
            part.append(place)
            continue
        yield from filter(None, (part, [place]))
        part = []
    if part:
        yield part

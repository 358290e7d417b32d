"""Handing over: what a claim knows of its follow-ups it hands to the record of what came of them, so that they need
not be read once more.

Only what nothing else can matter to: a follow-up that was the only open one of its customer, and went out. Whether the
worker still holds it is asked of the database all the same, with its customer held.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from outreach.core.follow_up import FollowUp
from outreach.core.rule import Rule
from outreach.flow.batch import Batch
from outreach.ports import Answer, Sent
from outreach.store.attempts import Attempt


def alone(changed: Iterable[FollowUp], open_now: Mapping[str, Sequence[FollowUp]]) -> dict[str, FollowUp]:
    """Those of these, by id, beside which nothing of their customer's was open."""
    return {f.id: f for f in changed if f.state == "claimed" and len(open_now[f.customer]) == 1}


def followed(
    answers: Sequence[tuple[Attempt, Answer]], handed: Mapping[str, FollowUp], rules: Mapping[str, Rule]
) -> set[str]:  # fmt: skip
    """The customers for whom another step may follow on what was answered for, as far as can be told before."""
    known = ((a.customer, handed.get(a.follow_up)) for a, _ in answers)
    return {c for c, f in known if f is None or f.rule not in rules or f.index + 1 < len(rules[f.rule].steps)}


def claimed(
    batch: Batch, answers: Sequence[tuple[Attempt, Answer]], worker: str, handed: Mapping[str, FollowUp]
) -> dict[str, FollowUp]:
    """What this worker still holds of what was answered for, by id. The batch learns what is open."""
    sent = {a.customer: f for a, said in answers if type(said) is Sent and (f := handed.get(a.follow_up)) is not None}
    others = {a.customer for a, _ in answers} - sent.keys()
    tries = batch.tx.follow_ups.claimed_by(worker, sent)
    mine = {f.id: f for f in sent.values() if tries.get(f.id) == f.attempt}
    batch.open = batch.tx.follow_ups.open_of(others)
    mine |= {f.id: f for of_one in batch.open.values() for f in of_one if f.worker == worker}
    batch.open |= {f.customer: [f] for f in sent.values()}
    return mine

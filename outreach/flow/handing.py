"""Handing over: what a claim knows of its follow-ups it hands to the record of what came of them, so that they need
not be read once more.

Only what nothing else can matter to: a follow-up that was the only open one of its customer, and went out. Whether the
worker still holds it is asked of the database all the same, with its customer held.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from outreach.core.follow_up import FollowUp
from outreach.core.ledger import Touch
from outreach.core.rule import Rule
from outreach.flow.batch import Batch
from outreach.ports import Answer, Sent
from outreach.store.attempts import Attempt


@dataclass(frozen=True, slots=True)
class Handed:
    """By the id of the follow-up: how it stands, and the place that it took in the ledger."""

    follow_ups: Mapping[str, FollowUp] = field(default_factory=dict)
    touches: Mapping[str, Touch] = field(default_factory=dict)


def alone(
    changed: Iterable[FollowUp], open_now: Mapping[str, Sequence[FollowUp]], touches: Iterable[Touch]
) -> Handed:  # fmt: skip
    """Those of these beside which nothing of their customer's was open."""
    mine = {f.id: f for f in changed if f.state == "claimed" and len(open_now[f.customer]) == 1}
    return Handed(mine, {t.follow_up: t for t in touches if t.follow_up in mine})


def followed(answers: Sequence[tuple[Attempt, Answer]], handed: Handed, rules: Mapping[str, Rule]) -> set[str]:
    """The customers for whom another step may follow on what was answered for, as far as can be told before."""
    known = ((a.customer, handed.follow_ups.get(a.follow_up)) for a, _ in answers)
    return {c for c, f in known if f is None or f.rule not in rules or f.index + 1 < len(rules[f.rule].steps)}


def claimed(batch: Batch, answers: Sequence[tuple[Attempt, Answer]], worker: str, handed: Handed) -> Handed:
    """What this worker still holds of what was answered for. The batch learns what is open.

    While a follow-up is claimed its place in the ledger is nobody else's to settle: it stands as the claim entered it.
    """
    known = {a.id: f for a, said in answers if type(said) is Sent and (f := handed.follow_ups.get(a.follow_up))}
    sent = {f.customer: f for f in known.values()}
    others = [a for a, _ in answers if a.id not in known]
    tries = batch.tx.follow_ups.claimed_by(worker, sent)
    mine = {f.id: f for f in sent.values() if tries.get(f.id) == f.attempt}
    batch.open = batch.tx.follow_ups.open_of({a.customer for a in others} - sent.keys())
    mine |= {f.id: f for of_one in batch.open.values() for f in of_one if f.worker == worker}
    batch.open |= {f.customer: [f] for f in sent.values()}
    touches = {i: t for i, t in handed.touches.items() if i in mine and mine[i].state == "claimed"}
    left = [(a.customer, a.follow_up) for a, _ in answers if a.follow_up in mine and a.follow_up not in touches]
    return Handed(mine, touches | batch.tx.ledger.of_follow_ups(left))

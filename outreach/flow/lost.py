"""Claims whose worker went away between the intent and the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from outreach.core.follow_up import FollowUp, evolve
from outreach.core.guard import opening, refusal
from outreach.core.ledger import Touch
from outreach.flow.going import decided_by
from outreach.flow.post import DEADLINE, Post
from outreach.flow.record import open_attempts
from outreach.flow.reserving import no_place_there
from outreach.flow.standings import load_standings
from outreach.store.attempts import Attempt
from outreach.store.store import Transaction


def take_back(
    tx: Transaction, stuck: Sequence[FollowUp], now: datetime, post: Post, lease: timedelta, worker: str
) -> tuple[list[Attempt], list[Attempt]]:
    """The attempts that may be sent again, and those that are lost. A sender that sends the same attempt only once may
    try it again, while the contact would be allowed now as well; of any other nobody knows whether it went out."""
    if not stuck:
        return [], []
    known, paused = tx.attempts.of({f.customer for f in stuck}), tx.house.paused()
    again: list[Attempt] = []
    lost: list[Attempt] = []
    for f in stuck:
        for attempt in open_attempts(known, f):
            may = attempt.state == "intent" and post.native(attempt.channel) and f.rule not in paused
            (again if may and not post.stopped(tx, attempt) and _goes_now(tx, f, attempt, now, post) else lost).append(
                replace(attempt, deadline=now + DEADLINE)
            )
    tx.follow_ups.save(evolve(f, wake=now + lease, worker=worker) for f in stuck)
    return again, lost


def _goes_now(tx: Transaction, f: FollowUp, attempt: Attempt, now: datetime, post: Post) -> bool:
    """Whether the guard lets this contact pass at this late moment. Then that is its moment, in the ledger too: what
    was reserved before the worker went away may be hours old, and says nothing of when she hears from us."""
    customers = tx.customers.get([f.customer])
    if f.customer not in customers:  # she has become another one, or was erased: there is nobody to judge it for
        return False
    standing = load_standings(tx, customers, now, post.policy)[f.customer]
    if now > f.valid_until or attempt.address_key != standing.address_keys.get(f.channel, ""):
        return False
    own = [t for t in standing.touches if t.follow_up == f.id]
    standing.touches = _but(standing.touches, f)
    standing.at_address = {key: _but(touches, f) for key, touches in standing.at_address.items()}
    if refusal(f, standing, post.policy) is not None or standing.touched_later(f.channel, now) is not None:
        return False
    if opening(f, now, standing, post.policy).at != now:
        return False
    moved = [replace(t, at=now, known=decided_by(post.policy, standing)) for t in own]
    if any(no_place_there(tx, f, standing, t, post.policy, now) for t in moved):
        return False
    tx.ledger.redate(moved)
    return True


def _but(touches: tuple[Touch, ...], f: FollowUp) -> tuple[Touch, ...]:
    return tuple(t for t in touches if t.follow_up != f.id)

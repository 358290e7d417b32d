"""Claims whose worker went away between the intent and the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from outreach.core.follow_up import FollowUp, evolve
from outreach.flow.claim import DEADLINE
from outreach.flow.post import Post
from outreach.flow.record import open_attempts
from outreach.ports import Unknown
from outreach.store.attempts import Attempt
from outreach.store.store import Transaction

#: What is known of an attempt whose worker went away: nothing.
LOST = Unknown(code="worker_lost", text="the worker went away before it wrote down an answer")


def take_back(
    tx: Transaction, stuck: Sequence[FollowUp], now: datetime, post: Post, lease: timedelta, worker: str
) -> tuple[list[Attempt], list[Attempt]]:
    """The attempts that may be sent again, and those that are lost. A sender that sends the same attempt only once may
    try it again, unless somebody said stop since; of any other nobody knows whether it went out."""
    if not stuck:
        return [], []
    known = tx.attempts.of({f.customer for f in stuck})
    again: list[Attempt] = []
    lost: list[Attempt] = []
    for f in stuck:
        for attempt in open_attempts(known, f):
            may = post.native(attempt.channel) and not post.stopped(tx, attempt)
            (again if may else lost).append(replace(attempt, deadline=now + DEADLINE))
    tx.follow_ups.save(evolve(f, wake=now + lease, worker=worker) for f in stuck)
    return again, lost

"""Taking back what is at the provider and not sent yet, when somebody says stop, or everything is paused."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from outreach.core.trace import Reason
from outreach.flow.delivery import held
from outreach.flow.post import Post
from outreach.flow.proven import unsent
from outreach.flow.reconciling import Reconciler
from outreach.store.attempts import Attempt
from outreach.store.store import Transaction

log = logging.getLogger("outreach.revoking")

#: Looked at in one go: what may go out in the next quarter of an hour.
MOST = 5_000


@dataclass(frozen=True, slots=True)
class Revoker:
    """Looks at what is handed over, and cancels what must not go out any more."""

    post: Post

    def work(self) -> int:
        """Take back what has to be; how many were. What can't be taken back stands as sent, and is tried again."""
        if not any(self.post.lead(channel) for channel in self.post.senders):
            return 0
        with self.post.store.reading() as tx:
            paused = tx.house.paused()
            there = tx.attempts.handed_over(self.post.clock.now(), MOST)
            stopped = [(a, why) for a in there if (why := self._why(tx, a, paused))]
        done = 0
        for attempt, why in stopped:
            sender = self.post.senders[attempt.channel]
            if sender.name == attempt.sender and sender.cancel(attempt.provider_id):  # type: ignore[attr-defined]
                self.post.store.write(partial(self._revoked, attempt_id=attempt.id, why=why), repeatable=True)
                done += 1
            else:
                log.error("attempt %s could not be taken back from %s", attempt.id, attempt.sender)
        return done

    def _why(self, tx: Transaction, attempt: Attempt, paused: dict[str, datetime]) -> str:
        f = tx.follow_ups.named(attempt.follow_up) if paused else None
        return "paused" if f is not None and f.rule in paused else self.post.stopped(tx, attempt)

    def _revoked(self, tx: Transaction, attempt_id: str, why: str) -> None:
        attempt, f = held(tx, attempt_id)
        if attempt is None or attempt.state != "accepted":
            return
        end = {"suppressed": f"suppressed:{attempt.channel}", "withdrawn": f"opted_out:{attempt.channel}"}.get(why)
        ends = ("suppressed", end) if end else None
        said = Reason(code="revoked", text=f"taken back from {attempt.sender} before it was sent: {why}")
        unsent(tx, attempt, f, said, self.post.clock.now(), ends=ends, revoked=True)


def sweep(post: Post, stopping: Callable[[], bool] = lambda: False) -> int:
    """One go of all that is done beside dispatching: look up what may have been sent, take back what must not go out;
    how many. Never raises."""
    return Reconciler(post.store, post.senders, post.clock, Revoker(post).work).sweep(stopping)

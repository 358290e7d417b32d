"""Taking back what is at the provider and not sent yet, when somebody says stop, or everything is paused."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from outreach.core.follow_up import evolve
from outreach.core.looking import next_look
from outreach.core.trace import Reason
from outreach.flow.changes import Changes
from outreach.flow.delivery import held, touches_of
from outreach.flow.evening import even_some
from outreach.flow.post import Post
from outreach.flow.proven import unsent, withdraw
from outreach.flow.recalling import LATE, in_time
from outreach.flow.reconciling import Reconciler
from outreach.ports import Sender
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
        stopped.sort(key=lambda one: one[1] == "paused")  # what a customer says comes first, where there is little room
        done, room = 0, _Rooms()
        for attempt, why in stopped:
            sender = self.post.senders[attempt.channel]
            handle = attempt.batch or attempt.provider_id
            if sender.name == attempt.sender and room.take(sender) and sender.cancel(handle):  # type: ignore[attr-defined]
                sure = in_time(sender, attempt, self.post.clock.now())
                write = partial(self._revoked if sure else self._doubtful, attempt_id=attempt.id, why=why)
                self.post.store.write(write, repeatable=True)
                done += 1
            else:
                log.error("attempt %s could not be taken back from %s", attempt.id, attempt.sender)
        return done

    def _why(self, tx: Transaction, attempt: Attempt, paused: dict[str, datetime]) -> str:
        if why := self.post.stopped(tx, attempt):
            return why
        f = tx.follow_ups.named(attempt.follow_up) if paused else None
        return "paused" if f is not None and f.rule in paused else ""

    def _revoked(self, tx: Transaction, attempt_id: str, why: str) -> None:
        attempt, f = held(tx, attempt_id)
        if attempt is None or attempt.state != "accepted":
            return
        end = {"suppressed": f"suppressed:{attempt.channel}", "withdrawn": f"opted_out:{attempt.channel}"}.get(why)
        ends = ("suppressed", end) if end else None
        said = Reason(code="revoked", text=f"taken back from {attempt.sender} before it was sent: {why}")
        unsent(tx, attempt, f, said, self.post.clock.now(), ends=ends, revoked=True, follow=self.post.follow)

    def _doubtful(self, tx: Transaction, attempt_id: str, why: str) -> None:
        """Taken back so late that it may go out all the same: then the provider will tell, or a person must say."""
        attempt, f = held(tx, attempt_id)
        if attempt is None or attempt.state != "accepted":
            return
        now, text = self.post.clock.now(), f"{why}: asked to take it back; {LATE}"
        look = next_look(attempt.made, now, attempt.send_at)
        tx.attempts.learn([evolve(attempt, state="unknown", code="revoked_late", look=look, evidence=text)])
        if f is not None and f.state == "sent" and f.attempt == attempt.number:
            changes = Changes()
            doubt = evolve(f, state="unknown", reason="unknown:revoked_late", outcome="unknown")
            changes.change(doubt, "unknown", (Reason(code="revoked_late", text=text),), now)
            changes.settled += [evolve(t, state="unknown") for t in touches_of(tx, attempt, f)]
            withdraw(tx, changes, f, now)
            changes.store(tx)


@dataclass(slots=True)
class _Rooms:
    """How many more each sender takes back, by its name; it is asked once, and where it knows of no limit never."""

    left: dict[str, int] = field(default_factory=dict)

    def take(self, sender: Sender) -> bool:
        """Take one of it, if there is one left."""
        if not hasattr(sender, "room"):
            return True
        left = self.left[sender.name] if sender.name in self.left else sender.room()
        self.left[sender.name] = left - 1
        return bool(left > 0)


def sweep(post: Post, stopping: Callable[[], bool] = lambda: False) -> int:
    """One go of all that is done beside dispatching: look up what may have been sent, take back what must not go out,
    free what was left at addresses; how many. Never raises."""
    beside = Revoker(post).work
    done = Reconciler(post.store, post.senders, post.clock, beside, post.follow).sweep(stopping)
    return done + even_some(post.store, post.clock.now())

"""Reconciliation: what may have been sent is looked up at its provider until it is known, or a person must say.

Each look is one question outside of any transaction, and one transaction for what it proved. Any number of workers may
do it: what one has taken, the others leave for a minute.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from outreach.core.delivery import RANK, News
from outreach.core.follow_up import FollowUp, evolve
from outreach.core.looking import (
    AFTER,
    BEFORE,
    CannotTell,
    Found,
    TakenBack,
    Verdict,
    Window,
    blind,
    fence_of,
    judge,
    next_look,
)
from outreach.core.trace import Reason
from outreach.errors import OutreachError
from outreach.flow.changes import Changes, Follow, nothing
from outreach.flow.delivery import held, settle
from outreach.flow.proven import unsent
from outreach.flow.recalling import recalled
from outreach.flow.sifting import beside, sift
from outreach.ports import Clock, Sender
from outreach.store.attempts import Attempt
from outreach.store.store import Store, Transaction

log = logging.getLogger("outreach.reconciling")

#: Looks in one go, and those that run side by side.
SIZE, SIDE_BY_SIDE = 40, 8
#: What one worker looks up, another leaves alone for so long; longer than all questions of one go take.
TAKEN = timedelta(minutes=2)
#: So far a message comes that lies at the provider and isn't sent yet.
THERE = RANK["queued"]

Seen = Sequence[Found] | CannotTell | TakenBack
#: It may be the message of one whose answer is still to come.
TWIN = Verdict(kind="again", evidence="another attempt with the same text is under way")


@dataclass(frozen=True, slots=True)
class Reconciler:
    """Looks up what nobody knows of. `senders` maps channel to sender."""

    store: Store
    senders: Mapping[str, Sender]
    clock: Clock
    #: What is done beside it: taking back what is handed over and must not go out any more.
    beside: Callable[[], int] = lambda: 0
    follow: Follow = nothing

    def work(self) -> int:
        """Look up what is due, one go's worth; how many. Raises DatabaseError: then it is looked up later."""
        taken = self._taken()
        if not taken:
            return 0
        at = self.clock.now()  # a look proves nothing of what comes after it
        with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE) as pool:
            seen = list(pool.map(self._look, taken))
        for attempt, what in zip(taken, seen, strict=True):
            conclude = partial(self._conclude, attempt_id=attempt.id, seen=what, looked=at)
            for twin in self.store.write(conclude, repeatable=True):
                self.senders[attempt.channel].cancel(twin)  # type: ignore[attr-defined]
        return len(taken)

    def sweep(self, stopping: Callable[[], bool]) -> int:
        """All that is due, unless we stop; how many. Never raises: whatever it is, the next sweep tries again."""
        done = 0
        try:
            done += self.beside()
            while not stopping() and (some := self.work()):
                done += some
        except OutreachError as error:
            log.warning("what may have been sent can't be looked up now: %s", error)
        except Exception:
            log.exception("what may have been sent can't be looked up")
        return done

    def _taken(self) -> list[Attempt]:
        with self.store.reading() as tx:
            due = tx.attempts.to_look_up(self.clock.now(), SIZE)
        parts = self.store.by_group(due, lambda a: a.customer)
        return [a for some in parts for a in self.store.write(partial(self._take, due=some), repeatable=True)]

    def _take(self, tx: Transaction, due: Sequence[Attempt]) -> list[Attempt]:
        """Those of these that no other worker took first."""
        until = self.clock.now() + TAKEN
        return [a for a in due if tx.attempts.take(a, until)]

    def _look(self, attempt: Attempt) -> Seen:
        """Ask its sender, if that is still the one we have."""
        sender = self.senders.get(attempt.channel)
        if sender is None or sender.name != attempt.sender:
            return CannotTell(text=f"{attempt.sender} is no longer the sender of {attempt.channel}", for_good=True)
        if attempt.send_at is not None and hasattr(sender, "prepare"):
            return recalled(sender, attempt, self.clock)
        return sender.find(window_of(attempt, self.clock.now()))

    def _conclude(self, tx: Transaction, attempt_id: str, seen: Seen, looked: datetime) -> list[str]:
        """Write down what it proves; the messages that the provider has more than once and that can be taken back."""
        attempt, f = held(tx, attempt_id)
        if attempt is not None and isinstance(seen, TakenBack):
            self._gone(tx, attempt, f, seen)
            return []
        if attempt is None or attempt.state != "unknown" or isinstance(seen, TakenBack):  # it was heard of meanwhile
            return []
        now, twins = self.clock.now(), list[str]()
        if isinstance(seen, CannotTell):
            verdict = blind(attempt.made, looked, seen.text, for_good=seen.for_good)
        else:
            it = sift(attempt, seen, beside(tx, attempt), window_of(attempt).until)
            attempt, mine = evolve(attempt, looks=attempt.looks + (not it.mine)), it.mine
            if attempt.send_at and attempt.send_at > now:
                mine, twins = mine[:1], mine[1:]
            verdict = judge(attempt.made, looked, attempt.looks, mine, it.strangers, attempt.send_at, it.late)
            verdict = TWIN if it.twin else verdict
        log.info("attempt %s: %s %s", attempt.id, verdict.kind, verdict.evidence)
        self._act(tx, attempt, f, verdict, seen, now)
        return twins if verdict.kind == "accepted" else []

    def _gone(self, tx: Transaction, attempt: Attempt, f: FollowUp | None, seen: TakenBack) -> None:
        """It will not be sent, also if the provider has told since that it was there."""
        code = "taken_back" if attempt.batch else "proven_unsent"
        why = Reason(code=code, text=seen.text, numbers={"sender": attempt.sender})
        if attempt.state == "unknown" or (attempt.state == "accepted" and RANK[attempt.delivery] <= THERE):
            unsent(tx, attempt, f, why, self.clock.now(), revoked=attempt.state == "accepted", follow=self.follow)

    def _act(
        self, tx: Transaction, attempt: Attempt, f: FollowUp | None, verdict: Verdict, seen: Seen, now: datetime
    ) -> None:
        numbers = {"sender": attempt.sender, "minutes": int((now - attempt.made).total_seconds() // 60)}
        why = Reason(code="looked_up", text=verdict.evidence, numbers=numbers)
        match verdict.kind:
            case "accepted":
                settle(tx, attempt.id, _news(verdict.message, seen, numbers), now, self.follow)
            case "unsent":
                proof = Reason(code="proven_unsent", text=verdict.evidence, numbers=numbers)
                unsent(tx, attempt, f, proof, now, follow=self.follow)
            case _:
                look = next_look(attempt.made, now, attempt.send_at) if verdict.kind == "again" else None
                tx.attempts.learn([evolve(attempt, look=look, evidence=verdict.evidence)])
                if f is not None:
                    changes = Changes()
                    changes.note(f, "looked_up" if look else "to_a_person", (why,), now)
                    changes.store(tx)


def window_of(attempt: Attempt, now: datetime | None = None) -> Window:
    """Where its message must be, if there is one. Where nothing keeps a worker that stood still from calling when it
    wakes, what was created since is listed too, up to `now`."""
    fence = fence_of(attempt.send_at) if attempt.send_at else None
    return Window(
        attempt=attempt.id, channel=attempt.channel, to=attempt.address, body=attempt.body,
        since=attempt.made - BEFORE, until=fence or attempt.made + AFTER,
        beyond=now + BEFORE if now is not None and fence is None else None,
    )  # fmt: skip


def _news(message: str, seen: Seen, numbers: dict[str, object]) -> News:
    found = next(m for m in seen if isinstance(m, Found) and m.provider_id == message)  # type: ignore[union-attr]
    text = f"found at {numbers['sender']} {numbers['minutes']} min after"
    status = found.status if found.status in RANK else "accepted"
    return News(status=status, provider_id=message, code=found.code, text=text)

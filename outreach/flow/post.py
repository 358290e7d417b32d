"""Handing attempts to their senders: one call each, unless it is too late for it or somebody said stop."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from outreach.core.consenting import suppressed, word, words_at
from outreach.core.guard import Policy
from outreach.core.planner import Place
from outreach.errors import DatabaseError
from outreach.flow.changes import Follow, nothing
from outreach.flow.gates import Gates
from outreach.ports import Answer, Clock, Message, Refused, Sender, Unknown, Unsent
from outreach.store.attempts import Attempt
from outreach.store.store import Store, Transaction

#: After the intent is committed the provider must be called within this time, or not at all.
DEADLINE = timedelta(seconds=5)
#: What is known of an attempt whose worker went away: nothing.
LOST = Unknown(code="worker_lost", text="the worker went away before it wrote down an answer")
#: Calls to a provider that run side by side.
SIDE_BY_SIDE = 8
#: Why nothing was said to a provider at all.
OURS = frozenset({"deadline", "paused", "suppressed", "withdrawn", "lost", "unwritten"})


@dataclass(frozen=True, slots=True)
class Post:
    """The senders by channel, what is asked once more before a call, and what follows once its end is known."""

    store: Store
    senders: Mapping[str, Sender]
    clock: Clock
    policy: Policy
    gates: Gates
    follow: Follow = nothing

    def name(self, channel: str) -> str:
        """The name of the sender of this channel."""
        return self.senders[channel].name

    def native(self, channel: str) -> bool:
        """Whether sending the same attempt twice sends it once."""
        return self.senders[channel].idempotency == "native"

    def send_all(self, attempts: Sequence[Attempt]) -> list[tuple[Attempt, Answer]]:
        """Each attempt with its answer; side by side where that means waiting for somebody else's computer."""
        if len(attempts) < 2 or all(self.native(a.channel) for a in attempts):
            return [(a, self.send(a)) for a in attempts]
        with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE) as pool:
            return list(zip(attempts, pool.map(self.send, attempts), strict=True))

    def send(self, attempt: Attempt) -> Answer:
        """One call, or why there was none."""
        sender = self.senders[attempt.channel]
        no: Unsent | Refused | None = self._objection(attempt)
        if no is not None and attempt.deadline - attempt.made != DEADLINE:
            return LOST  # what another worker may have sent before it went away isn't proven unsent by that
        if no is None and attempt.send_at is not None and (prepare := getattr(sender, "prepare", None)):
            no = self._handle(attempt, prepare) or self._objection(attempt)  # it took its time
        answer = no or sender.send(
            Message(
                attempt=attempt.id, channel=attempt.channel, to=attempt.address, body=attempt.body,
                subject=attempt.subject, html=attempt.html, customer=attempt.customer, purpose=attempt.purpose,
                send_at=attempt.send_at, batch=attempt.batch,
                valid_for=self._valid_for(attempt),
            )
        )  # fmt: skip
        if (no is None or no.code not in OURS) and self.gates.heard(sender, answer, self.clock.now()):
            self._tell(sender.name)
        return answer

    def _objection(self, attempt: Attempt) -> Unsent | None:
        """Why it must not go any more."""
        if self.clock.now() > attempt.deadline:
            return Unsent(code="deadline", text="too long after the intent")
        if getattr(self.senders[attempt.channel], "indoors", False):
            return None
        with self.store.reading() as tx:
            stopped = self.stopped(tx, attempt)
        return Unsent(code=stopped, text="stopped between claim and call") if stopped else None

    def _handle(self, attempt: Attempt, prepare: Callable[[], str | Unsent | Refused]) -> Unsent | Refused | None:
        """Have the handle by which it can be taken back, in the books before it goes; or why that can't be had."""
        handle = prepare()
        if not isinstance(handle, str):
            return handle
        try:
            mine = self.store.write(lambda tx: tx.attempts.hold_by(attempt, handle), repeatable=True)
        except DatabaseError as error:  # the others' answers must not be lost for it
            return Unsent(code="unwritten", text=str(error))
        if not mine:
            return Unsent(code="lost", text="another worker has taken it for lost")
        attempt.batch = handle
        return None

    def _valid_for(self, attempt: Attempt) -> int | None:
        """Seconds that the provider may take, from the moment at which it sends."""
        if attempt.dies is None:
            return None
        return int((attempt.dies - max(self.clock.now(), attempt.send_at or self.clock.now())).total_seconds())

    def _tell(self, sender: str) -> None:
        """Leave word for those who look from outside: `outreach doctor`."""
        why = self.gates.troubles().get(sender, "")
        with suppress(DatabaseError):  # the message's own answer is what counts
            self.store.write(lambda tx: tx.house.set(f"sender:{sender}", why), repeatable=True)

    def lead(self, channel: str) -> timedelta | None:
        """How long before it goes a message is handed to this channel's sender; None: it goes at once."""
        lead: timedelta | None = getattr(self.senders.get(channel), "lead", None)
        return lead

    def shut(self, channel: str, now: datetime) -> Place | None:
        """Why nothing may be claimed for this channel's sender now, and until when."""
        return self.gates.shut(self.senders[channel], now) if channel in self.senders else None

    def stopped(self, tx: Transaction, attempt: Attempt) -> str:
        """What was said since the claim: `suppressed` or `withdrawn` (unless the purpose goes past it), `paused`, or
        nothing."""
        rule = self.policy.cadence.policy(attempt.purpose)
        listed = tx.customers.suppressed([attempt.address_key])
        table = {(s.key, s.scope): s.reason for s in listed}
        if suppressed(table, attempt.address_key, attempt.channel, rule) is not None:
            return "suppressed"
        hers = tx.ask(
            lambda all_: all_.customers.consents({attempt.customer, *all_.aliases.into([attempt.customer]).values()})
        )
        own = [said for lines in hers.values() for said in lines]
        said = (*own, *words_at({attempt.channel: attempt.address_key}, listed))
        if word(said, attempt.channel, attempt.purpose, None).status == "withdrawn":
            return "withdrawn"
        return "paused" if "*" in tx.house.paused() else ""

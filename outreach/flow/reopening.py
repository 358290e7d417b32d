"""Opening a restored database again: what happened since the backup is entered, what could go out twice doesn't.

A provider's list tells what it accepted; without one each customer counts as contacted at the moment of the restore.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from outreach.core.follow_up import AHEAD, TOUCHING, FollowUp, evolve
from outreach.core.guard import Policy
from outreach.core.keys import make_id
from outreach.core.ledger import Touch
from outreach.core.rule_index import RuleIndex
from outreach.core.stopping import ended
from outreach.core.trace import Reason
from outreach.flow.changes import Changes
from outreach.flow.remembering import Say
from outreach.flow.taking import follow_finished
from outreach.store.store import Transaction

#: How far the provider's moment of a message may lie from ours.
APART = timedelta(minutes=10)
#: What a contact was for that nothing here tells of.
PURPOSE = "care"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A message that a provider took: channel, normalised address, instant (UTC)."""

    channel: str
    address: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reopening:
    """What one transaction of it knows. `since` is when quarantine began: nothing went out from then on."""

    tx: Transaction
    now: datetime
    since: datetime
    policy: Policy
    rules: RuleIndex
    say: Say

    def enter(self, sent: Sequence[Accepted]) -> tuple[int, int]:
        """Enter what of these, in order of time, the ledger doesn't know yet; how many those were, and how many of them
        were planned here."""
        self.tx.cross("what a provider accepted is entered after a restore")
        keys = {s.address: self.tx.customers.key(s.address) for s in sent}
        at_address = self.tx.ledger.at_addresses(keys.values(), min(s.at for s in sent) - APART)
        changes, touches, over = Changes(), list[Touch](), list[FollowUp]()
        for s in sent:
            key = keys[s.address]
            new = self._touch(s, key)
            if _known(at_address.setdefault(key, []), new):
                continue
            f = self._planned(s, key, changes)
            if f is not None:
                new = self._touch(s, key, f)
                over.append(self._end(changes, f, "done" if f.channel == "call" else "sent", "restored:sent"))
            touches.append(new)
        changes.store(self.tx)
        self.tx.ledger.reserve(touches, {})
        follow_finished(self.tx, over, self.now, self.policy, self.rules, self.say)
        return len(touches), len(over)

    def sweep(self, customers: Iterable[str], *, told: bool) -> int:
        """End what is overdue. When no provider has `told` what it accepted, also what may have gone out already, and
        everybody counts as contacted when quarantine began. How many follow-ups were ended."""
        changes, ids = Changes(), list(customers)
        ahead = [f for of_one in self.tx.follow_ups.open_of(ids).values() for f in of_one if f.state in AHEAD]
        over = [self._end(changes, f, "expired", code) for f in ahead if (code := self._over(f, told))]
        changes.store(self.tx)
        if not told:
            self.tx.ledger.reserve(map(self._perhaps, ids), {})
        follow_finished(self.tx, over, self.now, self.policy, self.rules, self.say)
        return len(over)

    def _over(self, f: FollowUp, told: bool) -> str:
        if f.valid_until <= self.now:
            return "restored:overdue"
        return "restored:perhaps" if not told and f.channel in TOUCHING and f.due <= self.since else ""

    def _planned(self, s: Accepted, key: str, changes: Changes) -> FollowUp | None:
        """What was planned here that this message must have been: of its channel, at its time, the earliest first."""
        owners = self.tx.customers.sharing([key])
        fitting = [
            f for of_one in self.tx.follow_ups.open_of(owners).values() for f in of_one
            if f.state in AHEAD and f.channel == s.channel and f.id not in changes.changed
            and max(f.due, f.started) - APART <= s.at <= f.valid_until + APART
        ]  # fmt: skip
        return min(fitting, key=lambda f: (f.due, -f.priority, f.id), default=None)

    def _end(self, changes: Changes, f: FollowUp, state: str, code: str) -> FollowUp:
        over = evolve(ended(f, state, code, self.now), outcome="other" if state == "done" else state)
        changes.change(over, state, (Reason(code=code),), self.now)
        if f.state == "listed":
            changes.release(f)
        return over

    def _touch(self, s: Accepted, key: str, f: FollowUp | None = None) -> Touch:
        purpose = f.purpose if f else PURPOSE
        customer = f.customer if f else min(self.tx.customers.sharing([key]), default="")
        id_ = make_id(self.tx.ledger.place(f"a:{key}"), "accepted", s.channel, key, s.at.isoformat())
        return Touch(
            id=id_, customer=customer, at=s.at, channel=s.channel, purpose=purpose, state="unknown",
            counts=self.policy.cadence.policy(purpose).counts, follow_up=f.id if f else "", address_key=key,
            by="provider",
        )  # fmt: skip

    def _perhaps(self, customer: str) -> Touch:
        id_ = make_id(self.tx.ledger.place(f"c:{customer}"), "restored", customer, self.since.isoformat())
        return Touch(
            id=id_, customer=customer, at=self.since, channel="sms", purpose=PURPOSE, state="unknown", counts="gap",
            by="restored",
        )  # fmt: skip


def _known(there: list[Touch], new: Touch) -> bool:
    """Whether the ledger has it: by its own id, or as a contact of the same channel at about that time, each of which
    answers for one message."""
    near = [t for t in there if t.id == new.id]
    near = near or [t for t in there if t.channel == new.channel and abs(t.at - new.at) <= APART and t.by != "provider"]
    if near:
        there.remove(min(near, key=lambda t: abs(t.at - new.at)))
    return bool(near)

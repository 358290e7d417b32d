"""What one transaction is about to write: collected while deciding, stored in one go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain

from outreach.core.follow_up import FollowUp, evolve
from outreach.core.ledger import Touch
from outreach.core.trace import Reason, Trace
from outreach.store.store import Transaction

#: What is due later than this, other processes see by themselves in time.
SOON = timedelta(seconds=5)
#: What plans the steps that waited for these, which have ended. It stores what it plans.
Follow = Callable[[Transaction, Sequence[FollowUp], datetime], None]


def nothing(tx: Transaction, ended: Sequence[FollowUp], now: datetime) -> None:
    """Nothing follows."""


class Changes:
    """New and changed follow-ups, traces, settled touches. Later changes to the same follow-up replace earlier ones."""

    def __init__(self) -> None:
        self.new: dict[str, FollowUp] = {}
        self.changed: dict[str, FollowUp] = {}
        #: Those of the changed about which nothing has changed but how far they have come.
        self.going: dict[str, FollowUp] = {}
        self.traces: list[Trace] = []
        self.released: dict[str, FollowUp] = {}
        self.settled: list[Touch] = []
        self.roused: list[tuple[str, str, datetime]] = []

    def add(self, follow_ups: Iterable[FollowUp], traces: Iterable[Trace] = ()) -> None:
        """Follow-ups of a new run."""
        for f in follow_ups:
            self.new[f.id] = f
        self.traces += traces

    def change(self, f: FollowUp, decision: str, reasons: tuple[Reason, ...], now: datetime) -> None:
        """A known follow-up that is different now, and why."""
        place = self.new if f.id in self.new else self.changed
        place[f.id] = f
        self.note(f, decision, reasons, now)

    def go_on(self, f: FollowUp, decision: str, reasons: tuple[Reason, ...], now: datetime) -> None:
        """As `change`, of a known one that differs from what is stored in no more than `follow_ups.GOING`."""
        if f.id not in self.new and f.id not in self.changed:
            self.going[f.id] = f
        self.change(f, decision, reasons, now)

    def wake(self, follow_ups: Iterable[FollowUp], why: Reason, now: datetime) -> None:
        """Let these, which were put off, be looked at as soon as they are due."""
        for f in follow_ups:
            self.change(evolve(f, wake=max(now, f.due)), "woken", (why,), now)

    def note(self, f: FollowUp, decision: str, reasons: tuple[Reason, ...], now: datetime) -> None:
        """A decision about a follow-up."""
        self.traces.append(
            Trace(
                at=now,
                customer=f.customer,
                follow_up=f.id,
                rule=f.rule,
                step=f.step,
                decision=decision,
                reasons=reasons,
            )
        )

    def release(self, f: FollowUp) -> None:
        """The follow-up's reservation in the ledger is given back: nobody was touched."""
        self.released[f.id] = f

    def wake_soon(self, now: datetime) -> bool:
        """Whether some of it is due before other processes look by themselves."""
        soon, every = now + SOON, chain(self.new.values(), self.changed.values())
        return any(f.wake is not None and f.wake <= soon for f in every)

    def store(self, tx: Transaction) -> None:
        """Write everything; a run that began before (the same key) is not begun again."""
        self._forget_known(tx)
        tx.follow_ups.add(self.new.values())
        tx.follow_ups.save([f for i, f in self.changed.items() if self.going.get(i) is not f])
        tx.follow_ups.save_going([f for i, f in self.changed.items() if self.going.get(i) is f])
        tx.traces.add(self.traces)
        tx.watches.rouse(self.roused)
        if self.released or self.settled:
            self._settle(tx)

    def _forget_known(self, tx: Transaction) -> None:
        """A run named by its event can't have begun before: events are accepted once. Others can."""
        doubtful = [(f.customer, f.id) for f in self.new.values() if not f.trigger.startswith("event:")]
        known = tx.follow_ups.known(doubtful) if doubtful else set()
        if known:
            self.new = {i: f for i, f in self.new.items() if i not in known}
            self.traces = [t for t in self.traces if t.follow_up not in known]

    def _settle(self, tx: Transaction) -> None:
        found = tx.ledger.of_follow_ups((f.customer, f.id) for f in self.released.values())
        tx.ledger.settle([*(replace(t, state="released") for t in found.values()), *self.settled])

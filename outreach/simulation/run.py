"""Replaying events on a virtual clock, through the very engine that runs live.

Events are taken in order of time; before each batch everything that is due by then is dispatched. A batch never
reaches past the next due moment, nor holds two events of one customer, nor one that means something to the engine
itself; so what happens is what would have happened one event at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from outreach.core.cadence import Cadence
from outreach.core.event import Event
from outreach.core.follow_up import FollowUp
from outreach.core.rule import comes_again
from outreach.engine import Engine
from outreach.flow.intake import ENGINE_TYPES, Receipt
from outreach.ports import VirtualClock

BATCH = 500
#: A person needs this long from the list to the outcome; it keeps a call's outcome after its listing.
AT_ONCE = timedelta(seconds=1)

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Simulation:
    """`outcome` is what calls and tasks come to when no `outcome` event says otherwise; None leaves them open, as on a
    real list. `until` ends it; None goes on until nothing is planned any more (what comes again every year or week
    alone doesn't count as planned). While it is `off` nothing is done; what fell due is looked at when that is over.
    `handed_out` is called whenever calls or tasks have just come onto the list, before anybody does them."""

    engine: Engine
    clock: VirtualClock
    outcome: str | None = "reached"
    until: datetime | None = None
    off: tuple[datetime, datetime] | None = None
    handed_out: Callable[[], None] = lambda: None
    receipts: list[Receipt] = field(default_factory=list)
    _said: dict[str, list[Event]] = field(default_factory=dict)

    def run(self, events: Iterable[Event], since: datetime | None = None, progress: Progress | None = None) -> None:
        """Replay. Events before `since` are history: facts, that start nothing."""
        ordered = sorted(events, key=lambda e: e.time)
        if not ordered and since is None:
            return
        past = [e for e in ordered if since is not None and e.time < since]
        ahead = [e for e in ordered[len(past) :] if self.until is None or e.time <= self.until]
        self._take_history(past, since or ordered[0].time)
        self._said = _outcomes_by_customer(ahead)
        done = 0
        while done < len(ahead):
            done += self._take_batch(ahead, done)
            if progress is not None:
                progress(len(past) + done, len(ordered))
        self._dispatch_until(self.until)

    def _take_history(self, past: Sequence[Event], since: datetime) -> None:
        """What came before starts nothing; the rules begin to watch at `since`, as if they were put in force then."""
        for i in range(0, len(past), BATCH):
            batch = past[i : i + BATCH]
            self.clock.instant = batch[-1].time
            self.receipts += self.engine.ingest(batch, starts=False)
        self.clock.instant = since
        if past:
            self.engine.watcher.anew()

    def _take_batch(self, events: Sequence[Event], start: int) -> int:
        """Dispatch what is due before the next event, then ingest as many as may go together; how many those were."""
        first = events[start]
        self._dispatch_until(first.time)
        end = _together(events, start, self.engine.next_wake(), self.engine.policy.cadence)
        batch = events[start:end]
        self.clock.instant = max(self.clock.instant, self._awake(first.time))
        self.receipts += self.engine.ingest(batch)
        return len(batch)

    def _dispatch_until(self, end: datetime | None) -> None:
        """Step from due moment to due moment; None goes on until nothing lies ahead."""
        while (due := self._next(end)) is not None and (end is None or due <= end):
            self.clock.instant = max(self.clock.instant, self._awake(due))
            while self.engine.dispatch():
                pass
            self._work_the_list()

    def _next(self, end: datetime | None) -> datetime | None:
        """The next due moment; without an end, none once all that is left is what comes again and again."""
        due = self.engine.next_wake()
        if due is None or end is not None or not self.engine.rules.by_clock:
            return due
        with self.engine.store.reading() as tx:
            last = (tx.follow_ups.next_wake(tx.house.paused()), tx.watches.next_wake(self._coming_once()))
        return due if any(last) else None

    def _awake(self, at: datetime) -> datetime:
        """That instant, or the end of the time in which all was off."""
        return self.off[1] if self.off is not None and self.off[0] <= at < self.off[1] else at

    def _coming_once(self) -> list[str]:
        """Rules by the clock that come to an end by themselves."""
        return [r.name for r in self.engine.rules.by_clock if not comes_again(r)]

    def _work_the_list(self) -> None:
        """People do what was just handed to them, unless an outcome event is going to say what they did."""
        with self.engine.store.reading() as tx:
            fresh = tx.follow_ups.listed_at(self.clock.instant)
            names = {f.id: (f.customer, *(tx.aliases.of(f.customer) if self._said else ())) for f in fresh}
        if fresh:
            self.handed_out()
        mute = [f for f in fresh if self.outcome is not None and not self._will_be_said(f, names[f.id])]
        if mute:
            self.receipts += self.engine.ingest([self._outcome_of(f) for f in mute])

    def _will_be_said(self, f: FollowUp, names: Iterable[str]) -> bool:
        """Whether an outcome event speaks of this call or task, by one of the customer's ids, before its worth is
        over."""
        return any(
            (
                e.data.get("follow_up") == f.id
                or (e.data.get("rule") == f.rule and e.data.get("step", f.step) in ("", f.step, f.channel))
            )
            and self.clock.instant <= e.time < f.valid_until
            for name in names
            for e in self._said.get(name, ())
        )

    def _outcome_of(self, f: FollowUp) -> Event:
        said = "done" if f.channel == "task" and self.outcome == "reached" else str(self.outcome)
        data = {"follow_up": f.id, "outcome": said, "by": "simulation"}
        return Event(id=f"simulated:{f.id}", type="outcome", customer=f.customer, time=self.clock.instant, data=data)


def _outcomes_by_customer(events: Iterable[Event]) -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = {}
    for event in events:
        if event.type == "outcome":
            found.setdefault(event.customer, []).append(event)
    return found


def _together(events: Sequence[Event], start: int, wake: datetime | None, cadence: Cadence) -> int:
    """The end of the run of events that may be taken in one batch (exclusive)."""
    seen: set[str] = set()
    end = start
    moment = events[start].time
    while end < len(events) and end - start < BATCH:
        event = events[end]
        meant = event.type in ENGINE_TYPES or cadence.hold_of(event.type) != ""
        if end > start and (event.customer in seen or meant or event.time != moment):
            break
        if wake is not None and event.time >= wake and end > start:
            break
        seen.add(event.customer)
        end += 1
        if meant:
            break
    return end

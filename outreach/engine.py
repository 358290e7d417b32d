"""THE STORY. Read this first.

    ingest    events come in: stored once for ever, matched against the rules; new runs become follow-ups
    dispatch  what is due is decided by the guard, reserved in the ledger, written down as an intent (`claim`),
              handed to its sender, and what the sender answered is written down (`record`)

The engine decides nothing itself: `core` decides. It talks to the world through what it was given: a store, senders,
a renderer, a clock. The same engine runs live, in simulations and in the demo.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from outreach.core.customer import Consent, Customer
from outreach.core.event import Event
from outreach.core.follow_up import FollowUp
from outreach.core.guard import Policy
from outreach.core.merging import Also
from outreach.core.rule import Rule
from outreach.core.rule_index import RuleIndex
from outreach.core.situation import Situation
from outreach.core.standing import Standing
from outreach.errors import DatabaseError
from outreach.flow import claim as claiming
from outreach.flow.apart import store_answers, store_claim, store_events, store_people
from outreach.flow.aside import set_aside
from outreach.flow.deciding import decide
from outreach.flow.gates import Gates
from outreach.flow.handing import Handed, alone, claimed, followed
from outreach.flow.homing import bring_home
from outreach.flow.intake import Receipt
from outreach.flow.locking import take_again, take_due
from outreach.flow.lost import take_back
from outreach.flow.outcomes import follow_on
from outreach.flow.parts import take_parts
from outreach.flow.people import take_people
from outreach.flow.post import LOST, Post
from outreach.flow.record import record
from outreach.flow.sizing import Daring, as_suits
from outreach.flow.taking import empty_batch, follow_finished
from outreach.flow.watcher import Watcher
from outreach.ports import Answer, Clock, Rendered, Sender, TemplateRenderer
from outreach.store.attempts import Attempt
from outreach.store.store import Store, Transaction
from outreach.store.topology import Turn

log = logging.getLogger("outreach.engine")


@dataclass(slots=True)
class Engine:
    """The parts it works with. `senders` maps channel to sender; `notify` wakes a sleeping scheduler when something new
    is due. `claim_size` is how many follow-ups are claimed at once; None: as suits the senders."""

    store: Store
    rules: RuleIndex
    policy: Policy
    renderer: TemplateRenderer
    senders: Mapping[str, Sender]
    clock: Clock
    worker: str = "worker"
    business: Mapping[str, str] = field(default_factory=dict)
    notify: Callable[[], None] = lambda: None
    claim_size: int | None = None
    lease: timedelta = claiming.LEASE
    watcher: Watcher = field(init=False)
    turn: Turn = field(init=False)
    gates: Gates = field(init=False, default_factory=Gates)
    _daring: Daring = field(init=False, default_factory=Daring)
    _tried: list[FollowUp] = field(init=False, default_factory=list)
    _handed: Handed = field(init=False, default_factory=Handed)

    def __post_init__(self) -> None:
        self.watcher = Watcher(self.store, self.rules, self.policy, self._say, worker=self.worker)
        self.turn = Turn(self.store.groups, self.worker, apart=self.store.topology.apart)

    @property
    def post(self) -> Post:
        """What calls its senders."""
        follow = partial(follow_finished, policy=self.policy, rules=self.rules, say=self._say)
        return Post(self.store, self.senders, self.clock, self.policy, self.gates, follow)

    def ingest(self, events: Sequence[Event], *, starts: bool = True) -> list[Receipt]:
        """Take a batch of events; one receipt each, in their order. When this returns, what was accepted is stored.

        `starts=False` takes them as history: facts, that start nothing. Raises DatabaseError, and then nothing of the
        batch is stored.
        """

        def take(tx: Transaction, events: Sequence[Event]) -> tuple[list[Receipt], bool]:
            return take_parts(tx, events, self.clock.now(), self.policy, self.rules, starts, self._say)

        receipts, planned = store_events(self.store, events, take)
        if planned:
            self.notify()
        return receipts

    def save_customers(self, people: Sequence[tuple[Customer, Sequence[Consent]]]) -> None:
        """Store customers, with what they agreed to. What a line doesn't say stays as it was; twice changes nothing."""
        planned = store_people(
            self.store, people, lambda tx, p: take_people(tx, p, self.clock.now(), self.policy, self.rules, self._say)
        )
        if planned or self.rules.by_clock:
            self.notify()

    def next_wake(self) -> datetime | None:
        """When something is due next; None when nothing lies ahead."""
        with self.store.reading() as tx:
            wakes = [tx.follow_ups.next_wake(tx.house.paused())]
            if self.rules.by_clock:
                wakes.append(self.watcher.next_wake(tx, self.clock.now()))
        return min((at for at in wakes if at is not None), default=None)

    def dispatch(self) -> int:
        """Do what is due now, one claim's worth; how many follow-ups and watches were looked at. 0 means nothing is
        due."""
        return self.look() + self._dispatch()

    def look(self) -> int:
        """Let the rules that no event sets off look at the customers whose moment has come; how many there were."""
        return self.watcher.work(self.clock.now()) if self.rules.by_clock else 0

    def _dispatch(self) -> int:
        most, began = self.claim_size or as_suits(self.senders.values()), self.clock.now()
        try:
            looked_at, attempts, lost = self._claim(self._daring.size(most))
            self._daring.took(self.clock.now() - began)
        except DatabaseError:
            raise
        except Exception:
            # One of them can't be decided, or the ledger's backstop refused one: let each stand for itself.
            self._daring.failed()
            looked_at, attempts, lost = self._claim_one()
        answers = [*self.post.send_all(attempts), *((a, LOST) for a in lost)]
        self._record(answers)
        return looked_at

    def _claim_one(self) -> tuple[int, list[Attempt], list[Attempt]]:
        """Claim the first one alone; if that fails too, it is the one, and is set aside."""
        try:
            return self._claim(1)
        except DatabaseError:
            raise
        except Exception as error:
            log.exception("a follow-up can't be decided; it is set aside")
            self.store.write(lambda tx, why=error: self._set_aside(tx, why))  # type: ignore[misc]
            return 1, [], []

    def _set_aside(self, tx: Transaction, error: Exception) -> None:
        now = self.clock.now()
        for f in take_again(tx, self._tried, now):
            set_aside(tx, f, error, now)

    def _claim(self, size: int) -> tuple[int, list[Attempt], list[Attempt]]:
        """Decide and reserve. Returns how many were looked at, the attempts to send, and those that were lost."""
        return store_claim(self.store, self.turn, self.clock.now(), size, self._claim_in)

    def _claim_in(self, tx: Transaction, size: int) -> tuple[int, list[Attempt], list[Attempt]]:
        now = self.clock.now()  # not before: another process may have held the lock for long
        taken = take_due(tx, now, size, self.turn)
        self._tried = taken.due
        if not taken.due:
            return 0, [], []
        again, lost = take_back(tx, taken.stuck, now, self.post, self.lease, self.worker)
        claim = claiming.load(
            tx, taken, now, self.policy, self.rules, self.worker, self._render, self._say, self.post, self.lease
        )
        for f in taken.fresh:
            decide(claim, f)
        claiming.write(claim)
        self._handed = alone(claim.changes.changed.values(), taken.open, claim.touches)
        follow_finished(tx, claim.finished, now, self.policy, self.rules, self._say)
        return len(taken.due), [*claim.attempts, *again], lost

    def _record(self, answers: Sequence[tuple[Attempt, Answer]]) -> None:
        store_answers(self.store, answers, self._record_in)

    def _record_in(self, tx: Transaction, answers: Sequence[tuple[Attempt, Answer]]) -> None:
        now, customers = self.clock.now(), {a.customer for a, _ in answers}
        asking = followed(answers, self._handed, self.rules)
        batch = empty_batch(tx, customers, now, self.policy, self.rules, self._say, asking)
        over = record(batch, answers, claimed(batch, answers, self.worker, self._handed))
        for f in (f for f in over if f.customer in batch.customers):
            follow_on(batch, f)
        batch.changes.store(tx)
        bring_home(tx, over, customers - batch.customers.keys(), now, self.policy, self.rules, self._say)

    def _render(self, f: FollowUp, rule: Rule, here: Situation, standing: Standing, also: Also) -> Rendered:
        step = rule.steps[f.index]
        name = step.templates.get(f.variant) or next(iter(step.templates.values()), "")
        scope = claiming.template_scope(f, rule, here, also, self.business)
        return self.renderer.render(f.channel, name, scope, standing.customer.language)

    def _say(self, f: FollowUp, rule: Rule, here: Situation, text: str) -> Rendered:
        return self.renderer.render_text(text, claiming.template_scope(f, rule, here, [], self.business))

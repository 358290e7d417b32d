"""THE STORY. Read this first.

    ingest    events come in: stored once for ever, matched against the rules; new runs become follow-ups
    dispatch  what is due is decided by the guard, reserved in the ledger, written down as an intent (`claim`),
              handed to its sender, and what the sender answered is written down (`record`)

The engine decides nothing itself: `core` decides. It talks to the world through what it was given: a store, senders,
a renderer, a clock. The same engine runs live, in simulations and in the demo.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from outreach import claim as claiming
from outreach import effects, intake
from outreach.core.customer import Consent, Customer
from outreach.core.event import Event
from outreach.core.follow_up import FollowUp
from outreach.core.guard import Policy
from outreach.core.rule import Rule
from outreach.core.rule_index import RuleIndex
from outreach.core.situation import Situation
from outreach.core.standing import Standing
from outreach.intake import Batch, Receipt
from outreach.ports import Answer, Clock, Message, Rendered, Sender, TemplateRenderer, Unknown, Unsent
from outreach.record import open_attempts, record
from outreach.store.attempts import Attempt
from outreach.store.store import Store, Transaction

#: Follow-ups claimed in one transaction: small enough that none waits long between intent and call.
CLAIM = 20
#: Calls to a provider that run side by side.
SIDE_BY_SIDE = 8


@dataclass(slots=True)
class Engine:
    """The parts it works with. `senders` maps channel to sender; `notify` is called when something new is due, so that
    a sleeping scheduler looks again."""

    store: Store
    rules: RuleIndex
    policy: Policy
    renderer: TemplateRenderer
    senders: Mapping[str, Sender]
    clock: Clock
    worker: str = "worker"
    business: Mapping[str, str] = field(default_factory=dict)
    notify: Callable[[], None] = lambda: None
    claim_size: int = CLAIM

    def ingest(self, events: Sequence[Event], *, starts: bool = True) -> list[Receipt]:
        """Take a batch of events; one receipt each, in their order. When this returns, what was accepted is stored.

        `starts=False` takes them as history: facts, that start nothing. Raises DatabaseError, and then nothing of the
        batch is stored.
        """
        now = self.clock.now()
        with self.store.writing() as tx:
            receipts, batch = _ingest(tx, events, now, self.policy, self.rules, starts)
            planned = bool(batch.changes.new or batch.changes.changed)
        if planned:
            self.notify()
        return receipts

    def save_customers(self, people: Sequence[tuple[Customer, Sequence[Consent]]]) -> None:
        """Store customers as they are now, with what they agreed to. Twice changes nothing."""
        now = self.clock.now()
        with self.store.writing() as tx:
            tx.customers.save([customer for customer, _ in people], now)
            for customer, consents in people:
                if consents:
                    tx.customers.agree(customer.id, consents)
            tx.house.learn(("customer", name) for customer, _ in people for name in customer.fields)

    def next_wake(self) -> datetime | None:
        """When something is due next; None when nothing lies ahead."""
        with self.store.reading() as tx:
            return tx.follow_ups.next_wake(tx.house.paused())

    def dispatch(self) -> int:
        """Do what is due now, one claim's worth; how many follow-ups were looked at. 0 means nothing is due."""
        try:
            looked_at, attempts, lost = self._claim(self.claim_size)
        except IntegrityError:
            # The ledger's backstop refused the claim, and with it everything it held: let each stand for itself.
            looked_at, attempts, lost = self._claim(1)
        answers = [*self._send_all(attempts), *((a, LOST) for a in lost)]
        if answers:
            self._record(answers)
        return looked_at

    def _claim(self, size: int) -> tuple[int, list[Attempt], list[Attempt]]:
        """Decide and reserve. Returns how many were looked at, the attempts to send, and those that were lost."""
        now = self.clock.now()
        with self.store.writing() as tx:
            due = tx.follow_ups.due(now, size, tx.house.paused())
            if not due:
                return 0, [], []
            mine = [f for f in due if f.state != "claimed"]
            claim = claiming.load(tx, mine, now, self.policy, self.rules, self.worker, self._render, self._sender_name)
            for f in mine:
                claiming.decide(claim, f)
            again, lost = self._take_back(tx, [f for f in due if f.state == "claimed"], now)
            claiming.write(claim)
            _follow_on(tx, claim.finished, now, self.policy, self.rules)
        return len(due), [*claim.attempts, *again], lost

    def _take_back(self, tx: Transaction, stuck: list[FollowUp], now: datetime) -> tuple[list[Attempt], list[Attempt]]:
        """Claims whose worker went away. A sender that sends the same attempt only once may try it again; of any other
        nobody knows whether it went out."""
        if not stuck:
            return [], []
        known = tx.attempts.of({f.customer for f in stuck})
        again, lost = [], []
        for f in stuck:
            for attempt in open_attempts(known, f):
                native = self._native(attempt.channel)
                (again if native else lost).append(replace(attempt, deadline=now + claiming.DEADLINE))
        tx.follow_ups.save(replace(f, wake=now + claiming.LEASE, worker=self.worker) for f in stuck)
        return again, lost

    def _send_all(self, attempts: Sequence[Attempt]) -> list[tuple[Attempt, Answer]]:
        """Hand each attempt to its sender; side by side where that means waiting for somebody else's computer."""
        if len(attempts) < 2 or all(self._native(a.channel) for a in attempts):
            return [(a, self._send(a)) for a in attempts]
        with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE) as pool:
            return list(zip(attempts, pool.map(self._send, attempts), strict=True))

    def _send(self, attempt: Attempt) -> Answer:
        """One call, unless it is too late for it or somebody said stop since the claim."""
        sender = self.senders[attempt.channel]
        if self.clock.now() > attempt.deadline:
            return Unsent(code="deadline", text="too long after the intent")
        if not self._native(attempt.channel) and (stopped := self._stopped(attempt)):
            return Unsent(code=stopped, text="stopped between claim and call")
        return sender.send(
            Message(
                attempt=attempt.id, channel=attempt.channel, to=attempt.address, body=attempt.body,
                subject=attempt.subject, html=attempt.html, customer=attempt.customer, purpose=attempt.purpose,
            )
        )  # fmt: skip

    def _stopped(self, attempt: Attempt) -> str:
        with self.store.reading() as tx:
            if "*" in tx.house.paused():
                return "paused"
            said = tx.customers.suppressed([attempt.address_key])
            return "suppressed" if said & {(attempt.address_key, attempt.channel), (attempt.address_key, "all")} else ""

    def _record(self, answers: Sequence[tuple[Attempt, Answer]]) -> None:
        now = self.clock.now()
        customers = {a.customer for a, _ in answers}
        with self.store.writing() as tx:
            claimed = {f.id: f for of_one in tx.follow_ups.open_of(customers).values() for f in of_one}
            batch = _batch(tx, customers, now, self.policy, self.rules)
            over = record(batch, answers, {i: f for i, f in claimed.items() if f.worker == self.worker})
            for f in over:
                effects.follow_on(batch, f)
            batch.changes.store(tx)

    def _render(self, f: FollowUp, rule: Rule, here: Situation, standing: Standing) -> Rendered:
        step = rule.steps[f.index]
        name = step.templates.get(f.variant) or next(iter(step.templates.values()), "")
        scope = claiming.template_scope(f, rule, here) | {"business": dict(self.business)}
        return self.renderer.render(f.channel, name, scope, standing.customer.language)

    def _sender_name(self, channel: str) -> str:
        return self.senders[channel].name

    def _native(self, channel: str) -> bool:
        return self.senders[channel].idempotency == "native"


#: What is known of an attempt whose worker went away between intent and record: nothing.
LOST = Unknown(code="worker_lost", text="the worker went away before it wrote down an answer")


def _ingest(
    tx: Transaction, events: Sequence[Event], now: datetime, policy: Policy, rules: RuleIndex, starts: bool
) -> tuple[list[Receipt], Batch]:
    customers = tx.customers.get({e.customer for e in events})
    _make_room_for_new(tx, events, customers, now)
    refused = {id(e): reason for e in events if (reason := _refuse(e, customers, now))}
    fresh = tx.events.accept([e for e in events if id(e) not in refused] if refused else events, now)
    tx.house.learn_once(fresh)
    batch = intake.load(tx, fresh, now, policy, rules, customers)
    batch.starts = starts
    for event in sorted(fresh, key=_by_time):
        effects.apply(batch, event)
        intake.take(batch, event)
    batch.changes.store(tx)
    new = {id(e) for e in fresh}
    return [_receipt(e, new, refused) for e in events], batch


def _make_room_for_new(
    tx: Transaction, events: Iterable[Event], known: MutableMapping[str, Customer], now: datetime
) -> None:
    """`customer.changed` carries who somebody is, so it may be the first that is heard of a customer."""
    new = {
        e.customer: Customer(id=e.customer) for e in events if e.type == "customer.changed" and e.customer not in known
    }
    if new:
        tx.customers.save(new.values(), now)
        known.update(new)


def _refuse(event: Event, customers: Mapping[str, Any], now: datetime) -> str:
    if event.customer not in customers:
        return f"unknown customer {event.customer!r}: import the customer first, then send this event again"
    return intake.impossible_time(event, now) or (effects.refuse(event) if event.type in intake.ENGINE_TYPES else "")


def _receipt(event: Event, new: set[int], refused: Mapping[int, str]) -> Receipt:
    if id(event) in refused:
        return Receipt(id=event.id, status="rejected", reason=refused[id(event)])
    return Receipt(id=event.id, status="accepted" if id(event) in new else "duplicate")


def _by_time(event: Event) -> datetime:
    return event.time


def _batch(tx: Transaction, customers: Iterable[str], now: datetime, policy: Policy, rules: RuleIndex) -> Batch:
    """A batch without events: for what follows when a step has ended."""
    known = tx.customers.get(customers)
    return intake.Batch(
        tx=tx, now=now, policy=policy, rules=rules, customers=known, history={}, last_started={}, open={},
        holds=tx.holds.of(known), changes=claiming.Changes(),
    )  # fmt: skip


def _follow_on(tx: Transaction, finished: Sequence[FollowUp], now: datetime, policy: Policy, rules: RuleIndex) -> None:
    """Steps that waited for those that ended in the claim itself (expired, suppressed)."""
    waiting = [f for f in finished if f.reason not in ("rule_removed", "rule_inactive", "event_gone")]
    if not waiting:
        return
    batch = _batch(tx, {f.customer for f in waiting}, now, policy, rules)
    for f in waiting:
        effects.follow_on(batch, replace(f, outcome=f.outcome or f.state))
    batch.changes.store(tx)

"""Playing one test through the engine that runs live, on a virtual clock and a store of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from outreach.core.customer import Customer
from outreach.core.follow_up import FORWARDED, FollowUp
from outreach.desk import cards
from outreach.engine import Engine
from outreach.ports import VirtualClock
from outreach.rehearsal.cases import Case
from outreach.simulation.contacts import STATUS, moment_of
from outreach.simulation.run import Simulation
from outreach.store.attempts import Attempt
from outreach.store.store import Transaction
from outreach.why import why

#: A test that doesn't say when it ends, ends so long after its last event: a rule that comes again never does.
HORIZON: Final = timedelta(days=400)

#: Makes an engine with a fresh store in memory, on a clock that may be set.
Stage = Callable[[], tuple[Engine, VirtualClock]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """A follow-up at the end of a test. `status` is that of `contacts.csv`, or `planned` or `listed` of what still lies
    ahead; `text` is what was sent, or what staff read, and `problem` what kept it from being written."""

    id: str
    customer: str
    rule: str
    step: str
    channel: str
    at: datetime
    due: datetime
    status: str
    reason: str
    outcome: str
    address: str
    variant: str
    assign: str
    text: str
    problem: str


@dataclass(slots=True, kw_only=True)
class Played:
    """What came of a test: follow-ups that ended and that lie ahead, each in order of time, events that were refused,
    and the engine, to ask it why."""

    engine: Engine
    ended: list[Happened] = field(default_factory=list)
    ahead: list[Happened] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def play(case: Case, stage: Stage) -> Played:
    """Play it."""
    engine, clock = stage()
    texts = _Texts(engine)
    begins = case.since or min((e.time for e in case.given), default=clock.instant)
    clock.instant = begins
    engine.save_customers(case.people)
    until = case.until or max([begins, *(e.time for e in case.given)]) + HORIZON
    simulation = Simulation(engine, clock, outcome=case.outcome, until=until, handed_out=texts.read)
    simulation.run(case.given, since=case.since)
    if case.until is not None:
        clock.instant = max(clock.instant, case.until)
    return _played(case, engine, texts, [f"{r.id}: {r.reason}" for r in simulation.receipts if r.status == "rejected"])


class _Texts:
    """What staff read on the cards that were handed out; taken down before they are done and gone."""

    def __init__(self, engine: Engine):
        self.engine = engine
        self.of: dict[str, tuple[str, str]] = {}

    def read(self) -> None:
        """Take down what is on the list now."""
        self.of.update({card.id: (f"{card.title}\n{card.text}", card.problem) for card in cards(self.engine)})


def _played(case: Case, engine: Engine, texts: _Texts, refused: list[str]) -> Played:
    customers = [person.id for person, _ in case.people]
    plan = {t.follow_up.id: t.next for c in customers for t in why(engine, c).told} if case.planned is not None else {}
    with engine.store.reading() as tx:
        found = [f for c in customers for f in tx.follow_ups.all_of(c) if f.channel != "remember"]
        found = [f for f in found if f.state != FORWARDED]
        texts.of.update({_now_called(tx, a): (f"{a.subject}\n{a.body}", "") for a in tx.attempts.of(customers)})
        people = tx.customers.get(customers)
    made = [(f, _happened(f, plan.get(f.id), _address(f, people.get(f.customer)), texts)) for f in found]
    played = Played(engine=engine, refused=refused)
    for f, happened in sorted(made, key=lambda pair: (pair[1].at, pair[1].customer, pair[1].rule, pair[0].index)):
        (played.ended if f.wake is None else played.ahead).append(happened)
    return played


def _now_called(tx: Transaction, attempt: Attempt) -> str:
    """The id of its follow-up, whose customer may have become another one since."""
    found = tx.follow_ups.named(attempt.follow_up)
    return found.id if found is not None else attempt.follow_up


def _address(f: FollowUp, person: Customer | None) -> str:
    return f.address or (person.address(f.channel) if person is not None else "")


def _happened(f: FollowUp, planned: datetime | None, address: str, texts: _Texts) -> Happened:
    text, problem = texts.of.get(f.id, ("", ""))
    at, status = moment_of(f), STATUS.get(f.state, f.state)
    if f.wake is not None:
        at, status = (f.listed or f.due, "listed") if f.state == "listed" else (planned or f.due, "planned")
    return Happened(
        id=f.id, customer=f.customer, rule=f.rule, step=f.step, channel=f.channel, at=at, due=f.due, status=status,
        reason=f.reason, outcome=f.outcome if status == "done" else "", address=address, variant=f.variant,
        assign=f.assign, text=text, problem=problem,
    )  # fmt: skip

"""Microseconds to ask one condition about one event, binding included, beside CEL's own runtime and two other engines.

    python -m bench.rules [events]

Five conditions as marketers write them, on the same random events, one run. For each event every engine is handed what
it is asked about, anew: the event's data, the customer, the past. Engines take turns within each round; the figures are
medians over the rounds, and what counts are the ratios. First all engines must agree on every answer.

The others get the best of it. Expressions are compiled once. None of them can ask for the past: that number is worked
out before, outside of the measured time; ours counts. Where a missing field would raise (CEL's own runtime, both
others), the expression asks first. rule-engine and zen-engine are measured where they are installed (`make bench`).
"""

from __future__ import annotations

import gc
import importlib
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median
from typing import Any

from cel_expr_python import cel
from google.protobuf.timestamp_pb2 import Timestamp

from outreach.core.customer import Customer
from outreach.core.event import Event
from outreach.core.history import History, as_scope
from outreach.core.situation import Scope
from outreach.rulebook.conditions import Compiled, compile_condition

EVENTS, TIMED, ROUNDS = 5_000, 500, 7
NOW = datetime(2026, 11, 2, 15, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Case:
    """One event, its customer and her past; `count` is what the others are told of the past."""

    event: Event
    customer: Customer
    past: list[Event]
    count: int


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition in each engine's own spelling."""

    name: str
    ours: str
    cel: str
    ruled: str
    zenned: str


CONDITIONS = (
    Condition(
        "equal, and in a list",
        ours="event.site == 'salon' && event.service in ['haircut', 'colour']",
        cel="event.site == 'salon' && event.service in ['haircut', 'colour']",
        ruled="event['site'] == 'salon' and event['service'] in ['haircut', 'colour']",
        zenned="event.site == 'salon' and event.service in ['haircut', 'colour']",
    ),
    Condition(
        "a number that may be missing",
        ours="event.total >= 30",
        cel="has(event.total) && event.total >= 30",
        ruled="'total' in event and event['total'] >= 30",
        zenned="event.total != null and event.total >= 30",
    ),
    Condition(
        "the customer's tags",
        ours="'vip' in customer.tags && !('blocked' in customer.tags)",
        cel="'vip' in customer.tags && !('blocked' in customer.tags)",
        ruled="'vip' in customer['tags'] and not ('blocked' in customer['tags'])",
        zenned="'vip' in customer.tags and not('blocked' in customer.tags)",
    ),
    Condition(
        "how often in 90 days",
        ours="count('purchase', '90 days') >= 3",
        cel="count >= 3",
        ruled="count >= 3",
        zenned="count >= 3",
    ),
    Condition(
        "how many days ago",
        ours="days_since(event.bought_at) >= 30",
        cel="now - timestamp(event.bought_at) >= duration('720h')",
        ruled="now - event['bought_at'] >= t'P30D'",
        zenned="d(now).diff(d(event.bought_at), 'day') >= 30",
    ),
)
ALL = "all five, bound once"

Ask = Callable[[Any], bool]


class Ours:
    """What the engine itself does for an event that came in."""

    name = "outreach"

    def __init__(self) -> None:
        self.asked = [self.compiled(condition) for condition in CONDITIONS]

    def compiled(self, condition: Condition) -> Ask:
        made = compile_condition(condition.ours, strict=False)
        assert isinstance(made, Compiled), made
        return made.holds

    def bind(self, case: Case, condition: int | None = None) -> Any:
        names = {"event": as_scope(case.event), "previous": None, "now": NOW}
        past = lambda: History(case.past, NOW, case.event)  # noqa: E731
        return Scope(names, {"customer": lambda: case.customer.as_dict(NOW), "facts": past})


class CelRuntime:
    """Google's CEL, as its own C++ runtime evaluates it."""

    name = "CEL's runtime"

    def __init__(self) -> None:
        record = cel.Type.Map(cel.Type.STRING, cel.Type.DYN)
        names = {"event": record, "customer": record, "count": cel.Type.INT, "now": cel.Type.TIMESTAMP}
        environment = cel.NewEnv(variables=names)
        self.now = Timestamp()
        self.now.FromDatetime(NOW)
        self.asked = [self.compiled(environment.compile(condition.cel)) for condition in CONDITIONS]

    def compiled(self, expression: Any) -> Ask:
        return lambda data: expression.eval(data=data).value()

    def bind(self, case: Case, condition: int | None = None) -> Any:
        event = {**case.event.data, "site": case.event.site}
        return {"event": event, "customer": case.customer.as_dict(NOW), "count": case.count, "now": self.now}


class RuleEngine:
    """rule-engine, with brackets: its dots on mappings are slower still, and going away."""

    name = "rule-engine"

    def __init__(self) -> None:
        engine = importlib.import_module("rule_engine")
        context = engine.Context(mapping_attribute_lookup=False)
        self.asked = [engine.Rule(condition.ruled, context=context).matches for condition in CONDITIONS]

    def bind(self, case: Case, condition: int | None = None) -> Any:
        event = {**case.event.data, "site": case.event.site}
        if condition in (None, 4):  # it reads no times out of texts
            event["bought_at"] = datetime.fromisoformat(event["bought_at"])
        return {"event": event, "customer": case.customer.as_dict(NOW), "count": case.count, "now": NOW}


class Zen:
    """zen-engine's expressions, in Rust."""

    name = "zen-engine"

    def __init__(self) -> None:
        zen = importlib.import_module("zen")
        self.asked = [zen.compile_expression(condition.zenned).evaluate for condition in CONDITIONS]
        self.now = NOW.isoformat()

    def bind(self, case: Case, condition: int | None = None) -> Any:
        event = {**case.event.data, "site": case.event.site}
        return {"event": event, "customer": case.customer.as_dict(NOW), "count": case.count, "now": self.now}


def cases(number: int, seed: int = 1) -> list[Case]:
    """Random events of random customers; a fifth of the totals are missing."""
    chance = Random(seed)
    found = []
    for i in range(number):
        data: dict[str, Any] = {
            "service": chance.choice(["haircut", "colour", "shave", "beard"]), "staff": "Marco", "note": "a bit short",
            "bought_at": (NOW - timedelta(minutes=chance.randrange(90 * 1440))).isoformat(),
        }  # fmt: skip
        if chance.random() < 0.8:
            data["total"] = chance.choice([chance.randrange(5, 90), chance.randrange(500, 9000) / 100])
        tags = chance.sample(["vip", "new", "regular", "blocked", "newsletter"], chance.randrange(4))
        customer = Customer(
            id=f"c{i}", first_name="Ann", last_name="Lee", email="ann@example.com", phone="+12125550101",
            timezone="America/New_York", country="US", language="en", tags=tuple(tags),
        )  # fmt: skip
        past = [
            Event(id=f"p{i}-{n}", type="purchase", customer=customer.id, data={"total": 10},
                  time=NOW - timedelta(minutes=chance.randrange(200 * 1440)))
            for n in range(chance.randrange(9))
        ]  # fmt: skip
        event = Event(
            id=f"e{i}", type="appointment.completed", customer=customer.id, data=data, time=NOW - timedelta(hours=2),
            site=chance.choice(["salon", "shop"]),
        )  # fmt: skip
        count = sum(NOW - one.time < timedelta(days=90) for one in past)
        found.append(Case(event, customer, past, count))
    return found


def engines() -> list[Any]:
    """Those that are installed."""
    made = []
    for kind in (Ours, CelRuntime, RuleEngine, Zen):
        try:
            made.append(kind())
        except ImportError:
            print(f"{kind.name} is not installed")
    return made


def agree(there: Sequence[Any], asked: Sequence[Case]) -> list[int]:
    """How many events each condition holds for. Fails when two engines differ on one of them."""
    held = [0] * len(CONDITIONS)
    for case in asked:
        for i, condition in enumerate(CONDITIONS):
            answers = {engine.name: engine.asked[i](engine.bind(case, i)) for engine in there}
            assert set(answers.values()) in ({True}, {False}), f"{condition.name}: {answers} on {case}"
            held[i] += answers[Ours.name]
    return held


def measured(there: Sequence[Any], timed: Sequence[Case], rounds: int) -> dict[str, dict[str, float]]:
    """Microseconds for one event: by row, by engine."""
    rows = [*range(len(CONDITIONS)), None]
    took: dict[tuple[int | None, str], list[float]] = {(row, engine.name): [] for row in rows for engine in there}
    gc.collect()
    gc.disable()
    for turn in range(rounds):
        for row in rows:
            for engine in [*there[turn % len(there) :], *there[: turn % len(there)]]:
                took[row, engine.name].append(_once(engine, row, timed))
    gc.enable()
    names = [condition.name for condition in CONDITIONS]
    return {
        ALL if row is None else names[row]: {engine.name: median(took[row, engine.name]) for engine in there}
        for row in rows
    }


def _once(engine: Any, row: int | None, timed: Sequence[Case]) -> float:
    bind, asked = engine.bind, engine.asked if row is None else [engine.asked[row]]
    began = time.perf_counter()
    for case in timed:
        scope = bind(case, row)
        for ask in asked:
            ask(scope)
    return (time.perf_counter() - began) / len(timed) * 1e6


def main(events: int = EVENTS, rounds: int = ROUNDS) -> None:
    """Prints the table."""
    there, asked = engines(), cases(events)
    held = agree(there, asked)
    names = ", ".join(engine.name for engine in there)
    print(f"{names} agree on {events:,} events; they hold for {', '.join(f'{n / events:.0%}' for n in held)}\n")
    print("µs for one event, binding included; in brackets how many times ours\n")
    print(f"{'':30}" + "".join(f"{engine.name:>20}" for engine in there))
    for name, took in measured(there, asked[:TIMED], rounds).items():
        cells = (
            f"{us:.1f}" + ("" if who == Ours.name else f" ({us / took[Ours.name]:.1f}×)") for who, us in took.items()
        )
        print(f"{name:30}" + "".join(f"{cell:>20}" for cell in cells))
    began = time.perf_counter()
    for condition in CONDITIONS:
        compile_condition(condition.ours, strict=False)
    print(f"\nto read and check one of them: {(time.perf_counter() - began) / len(CONDITIONS) * 1e3:.2f} ms")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:2]))

"""The conditions of `bench.rules` in each engine's own spelling, the events they are asked about, and the engines."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from cel_expr_python import cel
from google.protobuf.timestamp_pb2 import Timestamp

from outreach.core.customer import Customer
from outreach.core.event import Event
from outreach.core.history import History, as_scope
from outreach.core.situation import Scope
from outreach.rulebook.conditions import Compiled, compile_condition

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
        makers = {"customer": lambda: case.customer.as_dict(NOW), "facts": past}
        scope = Scope(names)
        scope.make = lambda name: makers[name]()
        return scope


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

"""A real engine without rules on a store in memory: what a file does to it can be looked up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from outreach.core.cadence import Cadence
from outreach.core.calendar import Calendar
from outreach.core.customer import Customer
from outreach.core.guard import Policy
from outreach.core.rule_index import RuleIndex
from outreach.engine import Engine
from outreach.ports import Rendered, VirtualClock
from outreach.store import schema
from outreach.store.database import open_engine
from outreach.store.store import Store

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)


class NoTemplates:
    def render(self, channel: str, name: str, context: dict[str, object], language: str = "") -> Rendered:
        return Rendered(problem="no templates here")


@pytest.fixture
def engine() -> Iterator[Engine]:
    database = open_engine("sqlite://")
    schema.upgrade(database)
    policy = Policy(cadence=Cadence(), calendar=Calendar(), holidays=lambda c, r, y: frozenset())
    made = Engine(
        store=Store(database, secret=b"x" * 32), rules=RuleIndex([]), policy=policy, renderer=NoTemplates(),
        senders={}, clock=VirtualClock(NOW),
    )  # fmt: skip
    made.save_customers([(Customer(id=f"c{i}"), []) for i in (1, 2, 3)])
    yield made
    database.dispose()

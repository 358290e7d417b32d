"""A small business to test with: rules from YAML, SQLite in memory, the real renderer, a clock that stands still."""

from __future__ import annotations

import atexit
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine as Database

from outreach.core.customer import Consent, Customer
from outreach.core.event import Event
from outreach.core.follow_up import FollowUp
from outreach.core.ledger import Touch
from outreach.core.rule_index import RuleIndex
from outreach.engine import Engine
from outreach.flow.fitting import fit_gap
from outreach.flow.intake import Receipt
from outreach.ports import Sender, VirtualClock
from outreach.rendering import Checker, Renderer
from outreach.rulebook.load import Rulebook, load_rulebook
from outreach.senders.outbox import OutboxSender
from outreach.store import schema
from outreach.store.database import open_engine
from outreach.store.store import Store
from outreach.store.topology import TOPOLOGIES
from tests.support import postgres

MONDAY = "2026-11-02T15:00"  # 10:00 in New York, the clocks went back the day before
PHONE = "+12125550101"
TEMPLATES = {
    "hi.sms.txt": "Hello {{ customer.first_name }}",
    "also.sms.txt": "Hello {{ customer.first_name }}{% for more in also %}, and: {{ more.about }}{% endfor %}",
    "also.call.md": "Say hello{% for more in also %}, and: {{ more.about }}{% endfor %}",
    "hi.call.md": "Say hello to {{ customer.first_name }}",
    "hi.email.md": "---\nsubject: Hello\n---\nHello {{ customer.first_name }}",
    "broken.sms.txt": "Your {{ event.nothing }} is ready",
    "telling.sms.txt": "{{ previous.outcome }} by {{ previous.by }}: {{ previous.note }}",
    "past.sms.txt": "Room {{ history['visit'].room }}, then {{ event.type }}",
}
AT_ANY_TIME = "cadence: {min_gap: 0 minutes, caps: [], holidays: none}\n"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@cache
def a_folder() -> Path:
    """One for all tests of this process: a rulebook is a value, so tests may share it."""
    folder = Path(tempfile.mkdtemp(prefix="outreach-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "templates").mkdir()
    for name, text in TEMPLATES.items():
        (folder / "templates" / name).write_text(text, encoding="utf-8")
    return folder


@cache
def a_rulebook(text: str) -> Rulebook:
    rules = Path(tempfile.mkdtemp(dir=a_folder())) / "rules"
    rules.mkdir()
    (rules / "rules.yaml").write_text(text, encoding="utf-8")
    templates = a_folder() / "templates"
    return load_rulebook(rules, templates, strict=False, reader=Checker(templates, {"name": "The Shop"}))


@cache
def _empty() -> bytes:
    """An empty database at this version's schema, made once: migrating costs more than most tests."""
    database = open_engine("sqlite://")
    schema.upgrade(database)
    with database.connect() as connection:
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        image = raw.serialize()
    database.dispose()
    return image


#: On which kind of database: `memory` and `file` are SQLite, `partitioned` a PostgreSQL whose tables of customers lie
#: in ranges of buckets, `groups` one where a transaction keeps to one of them. See --database in conftest.
ON_SQLITE = ("memory", "file")
KINDS = (*ON_SQLITE, "postgres", "partitioned", "groups")
_chosen = ["memory"]
_opened: list[Database] = []


def choose(kind: str) -> None:
    """From now on tests are given databases of this kind."""
    assert kind in KINDS, kind
    _chosen[0] = kind


def a_database() -> Database:
    match _chosen[0]:
        case "memory":
            return _in_memory()
        case "file":
            file = Path(tempfile.mkdtemp(dir=a_folder())) / "outreach.db"
            file.write_bytes(_empty())
            url = f"sqlite:///{file}"
        case _:
            url = postgres.taken(partitioned=_chosen[0] == "partitioned")
    _opened.append(open_engine(url))
    return _opened[-1]


def close_databases() -> None:
    """What tests were given is theirs no more."""
    while _opened:
        database = _opened.pop()
        database.dispose()
        if database.dialect.name == "postgresql":
            url = database.url.render_as_string(hide_password=False)
            postgres.given_back(url, partitioned=_chosen[0] == "partitioned")
        else:
            shutil.rmtree(Path(str(database.url.database)).parent)


def _in_memory() -> Database:
    database = open_engine("sqlite://")
    with database.connect() as connection:
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        raw.deserialize(_empty())
    return database


def an_empty_file(path: Path) -> Path:
    """The same, as a file."""
    path.write_bytes(_empty())
    return path


def a_store(tenant: str = "main") -> Store:
    return Store(a_database(), b"test", tenant, TOPOLOGIES["groups" if _chosen[0] == "groups" else "one"])


def a_customer(id: str = "c1", **given: Any) -> Customer:
    values = {"first_name": "Ann", "email": f"{id}@example.com", "phone": PHONE, "timezone": "America/New_York"}
    return Customer(id=id, **(values | given))


def an_event(type: str, customer: str = "c1", at: str | datetime = MONDAY, id: str = "", **data: Any) -> Event:
    time = utc(at) if isinstance(at, str) else at
    about = {name: data.pop(name) for name in ("site", "source") if name in data}
    return Event(id=id or f"{type}@{time:%m%dT%H%M%S}", type=type, customer=customer, time=time, data=data, **about)


@dataclass
class Business:
    """An engine with its clock, and short words for what tests do with it."""

    engine: Engine
    clock: VirtualClock
    told: list[Receipt] = field(default_factory=list)

    def tell(self, type: str, customer: str = "c1", at: str | None = None, **data: Any) -> Receipt:
        """Something happened: now, unless `at` says when."""
        event = an_event(type, customer, at or self.clock.instant, **data)
        [receipt] = self.engine.ingest([event])
        return receipt

    def wait(self, until: str | datetime) -> Business:
        """Time passes; whatever falls due on the way is done."""
        end = utc(until) if isinstance(until, str) else until
        while (due := self.engine.next_wake()) is not None and due <= end:
            self.clock.instant = max(self.clock.instant, due)
            while self.engine.dispatch():
                pass
        self.clock.instant = end
        return self

    def all(self, customer: str = "c1") -> list[FollowUp]:
        with self.engine.store.reading() as tx:
            return tx.follow_ups.all_of(customer)

    def one(self, rule: str = "r", step: str = "", customer: str = "c1") -> FollowUp:
        [found] = [f for f in self.all(customer) if f.rule == rule and step in ("", f.step, f.channel)]
        return found

    def states(self, customer: str = "c1") -> list[str]:
        """`sent`, or `cancelled stop_on:complaint.opened`, by due moment."""
        return [f"{f.state} {f.reason}".strip() for f in self.all(customer)]

    def touches(self, customer: str = "c1") -> list[Touch]:
        with self.engine.store.reading() as tx:
            found = tx.ledger.touches([customer], utc("1900-01-01T00:00")).get(customer, [])
        return sorted(found, key=lambda t: t.at)

    def reasons(self, customer: str = "c1") -> Iterator[tuple[str, str]]:
        """(decision, code of each reason), in order of time."""
        with self.engine.store.reading() as tx:
            traces = tx.traces.of(customer)
        return ((t.decision, r.code) for t in traces for r in t.reasons)


def an_engine(
    rules: str, *customers: Customer, at: str = MONDAY, senders: Mapping[str, Sender] | None = None,
    store: Store | None = None, agreed: bool = True, **given: Any,
) -> Business:  # fmt: skip
    """A business with these rules (YAML); everybody agreed to everything. Without a `cadence` anything goes at once."""
    book = a_rulebook(rules if "cadence:" in rules else rules + AT_ANY_TIME)
    clock = VirtualClock(utc(at))
    outbox = OutboxSender()
    engine = Engine(
        store=store or a_store(), rules=RuleIndex(book.rules), policy=book.policy,
        renderer=Renderer(a_folder() / "templates"), senders=senders or {"sms": outbox, "email": outbox}, clock=clock,
        **given,
    )  # fmt: skip
    fit_gap(engine.store, engine.policy, clock.instant)
    yes = [Consent(channel="all", purpose="all", given=True, at=clock.instant - timedelta(days=400))] if agreed else []
    engine.save_customers([(c, yes) for c in customers or (a_customer(),)])
    return Business(engine, clock)


def a_rule(step: str = "sms: {at: in 1 hour, template: hi}", on: str = "purchase", name: str = "r", **keys: str) -> str:
    """One rule with one step, as YAML; the step's and the keys' values are YAML themselves."""
    lines = "".join(f"    {key}: {value}\n" for key, value in ({"on": on, "purpose": "care"} | keys).items())
    steps = "".join(f"      - {one.strip()}\n" for one in step.strip().splitlines())
    return f"  {name}:\n{lines}    steps:\n{steps}"


def rules_of(*rules: str, cadence: str = "") -> str:
    """A whole rules file."""
    return "rules:\n" + "".join(rules) + (f"cadence: {cadence}\n" if cadence else "")

"""Events per second through the whole way in (JSON lines, 20 rules, follow-ups out), beside a bare insert of the rows.

    python -m bench.ingest [events]

Both run on SQLite files in the same run, in turns, with the same pragmas and the same batches; the figure to look at
is the ratio. The bare insert gets its rows ready-made: it neither decodes, nor asks for duplicates, nor decides.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import NamedTuple

from outreach.bootstrap import calm_collector
from outreach.core.customer import Customer
from outreach.core.event import Event
from outreach.core.keys import bucket_of
from outreach.core.rule_index import RuleIndex
from outreach.doors.lines import decode_event
from outreach.engine import Engine
from outreach.ports import Rendered, VirtualClock
from outreach.rulebook.load import Rulebook, load_rulebook
from outreach.senders.outbox import OutboxSender
from outreach.store import schema
from outreach.store.codec import dump, micros
from outreach.store.database import open_engine, transaction
from outreach.store.dialect import insert_sql
from outreach.store.events import COLUMNS
from outreach.store.store import Store

BATCH, CUSTOMERS, ROUNDS = 1000, 50_000, 3
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
TYPES = (
    "purchase",
    "visit",
    "appointment.completed",
    "stay.booked",
    "order.placed",
    "order.shipped",
    "page.viewed",
    "login",
)
ZONES = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "Europe/Paris", "Europe/London",
    "Europe/Berlin", "Asia/Tokyo", "Australia/Sydney", "America/Sao_Paulo", "Africa/Cairo", "Asia/Kolkata",
)  # fmt: skip


class Took(NamedTuple):
    """Seconds: by the clock, and of the CPU (this process's, and the server's where there is one)."""

    wall: float
    cpu: float


#: Seconds of CPU that a server has spent up to now.
Cpu = Callable[[], float]


def no_server() -> float:
    """SQLite runs in this process."""
    return 0.0


class _NoText:
    def render(self, *_: object) -> Rendered:
        return Rendered(body="")

    render_text = render


def rules_yaml() -> str:
    """20 rules over the eight types: conditions on fields of event and customer, times of several kinds."""
    out = ["rules:"]
    moments = ("next day 10:00", "in 2 hours", "next business day 10:00", "in 3 days 09:30")
    for i in range(20):
        kind = TYPES[i % 6]
        services = [f"a{i % 5}", f"b{i % 7}", f"b{(i + 3) % 7}"]
        out += [
            f"  rule-{i:02d}:", f"    on: {kind}", "    purpose: care",
            f"    when: event.total >= {20 + 3 * (i % 11)} && event.service in {services}",
            "    steps:", f"      - email: {{at: {moments[i % 4]}, template: t}}",
        ]  # fmt: skip
    return "\n".join(out) + "\ncadence: {holidays: none}\n"


def rulebook() -> Rulebook:
    """The rules, read like any others."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "rules").mkdir()
        (folder / "templates").mkdir()
        (folder / "rules" / "bench.yaml").write_text(rules_yaml())
        (folder / "templates" / "t.email.md").write_text("---\nsubject: s\n---\nt")
        return load_rulebook(folder / "rules", folder / "templates", strict=False)


def lines(count: int) -> list[bytes]:
    """JSON lines of some 200 bytes, in order of time."""
    chance = Random(7)
    out = []
    for i in range(count):
        data = {
            "total": chance.randrange(100), "service": f"{chance.choice('ab')}{chance.randrange(7)}",
            "order_id": f"o{i:08d}", "note": "said nothing much", "items": 2,
        }  # fmt: skip
        event = {
            "id": f"e{i:09d}", "type": TYPES[chance.randrange(8)], "customer": f"c{chance.randrange(CUSTOMERS)}",
            "time": (NOW - timedelta(hours=1) + timedelta(milliseconds=10 * i)).isoformat(), "data": data,
        }  # fmt: skip
        out.append(json.dumps(event).encode())
    return out


def people() -> list[Customer]:
    """Customers in twelve zones."""
    return [
        Customer(id=f"c{i}", timezone=ZONES[i % 12], email=f"c{i}@example.com", country="US") for i in range(CUSTOMERS)
    ]


def prepared(url: str) -> Store:
    """An empty database, with all customers. Raises ConfigError where such a one isn't supported."""
    database = open_engine(url)
    schema.upgrade(database)
    store = Store(database, b"bench")
    everybody = people()
    for i in range(0, CUSTOMERS, 5000):
        with store.writing() as tx:
            tx.customers.save(everybody[i : i + 5000], NOW)
    return store


def whole_way(store: Store, book: Rulebook, raw: list[bytes], server: Cpu = no_server) -> Took:
    """Seconds for: decode, duplicates, store, match, plan, store."""
    senders = {"sms": OutboxSender(), "email": OutboxSender()}
    engine = Engine(
        store=store, rules=RuleIndex(book.rules), policy=book.policy, renderer=_NoText(), senders=senders,
        clock=VirtualClock(NOW),
    )  # fmt: skip
    began = now(server)
    for i in range(0, len(raw), BATCH):
        events = [e for line in raw[i : i + BATCH] if isinstance(e := decode_event(line), Event)]
        engine.ingest(events)
    return since(began, server)


def now(server: Cpu = no_server) -> Took:
    """This moment, and the CPU time spent up to it."""
    return Took(time.perf_counter(), time.process_time() + server())


def since(began: Took, server: Cpu = no_server) -> Took:
    """What went by."""
    ended = now(server)
    return Took(ended.wall - began.wall, ended.cpu - began.cpu)


def ready_rows(raw: list[bytes]) -> list[tuple[object, ...]]:
    """The rows of these events, as they are stored."""
    events, now = [e for line in raw if isinstance(e := decode_event(line), Event)], micros(NOW)
    return [
        (bucket_of("main", e.customer), "main", e.customer, e.source, e.id, e.type, micros(e.time), e.site,
         dump(e.data), now)
        for e in events
    ]  # fmt: skip


def bare_insert(store: Store, raw: list[bytes]) -> Took:
    """Seconds for inserting the very same rows, ready-made."""
    rows = ready_rows(raw)
    sql = insert_sql("event", COLUMNS, "DO NOTHING")
    began = now()
    for i in range(0, len(rows), BATCH):
        with transaction(store.engine) as conn:
            conn.exec_driver_sql(sql, rows[i : i + BATCH])
    return since(began)


def main(count: int = 50_000) -> None:
    """Run both in turns and print a table."""
    raw, book = lines(count), rulebook()
    calm_collector()  # as the program does at start
    pairs = []
    planned = 0
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            bare = _timed(lambda s: bare_insert(s, raw), folder, "bare.db")
            whole = _timed(lambda s: whole_way(s, book, raw), folder, "whole.db")
            planned = _planned(folder / "whole.db")
        pairs.append((bare, whole))
    print_pairs(pairs, count, "bare insert")
    print(f"{count:,} events, {CUSTOMERS:,} customers, 20 rules, {planned / count:.2f} follow-ups an event,")
    print(f"SQLite (WAL, synchronous FULL), batches of {BATCH}")


def print_pairs(pairs: Sequence[tuple[Took, Took]], count: int, bare: str) -> None:
    """One line a round, then the medians. On a busy machine the CPU's ratio is the one to trust."""
    for turn, (one, whole) in enumerate(pairs, 1):
        print(f"round {turn}: {bare} {count / one.wall:8,.0f}/s   whole way {count / whole.wall:8,.0f}/s")
    print(f"\n{'µs an event':14}{bare:>14}{'whole way':>12}{'ratio':>8}  (goal: a third)")
    for name in Took._fields:
        a, b = (median(getattr(took[i], name) for took in pairs) / count * 1e6 for i in (0, 1))
        print(f"{name:14}{a:14.1f}{b:12.1f}{median(getattr(x, name) / getattr(y, name) for x, y in pairs):8.2f}")


def _timed(run: Callable[[Store], Took], folder: Path, name: str) -> Took:
    store = prepared(f"sqlite:///{folder / name}")
    took = run(store)
    store.engine.dispose()
    return took


def _planned(path: Path) -> int:
    database = open_engine(f"sqlite:///{path}")
    with transaction(database, reading=True) as conn:
        return int(conn.exec_driver_sql("SELECT count(*) FROM follow_up").scalar_one())


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

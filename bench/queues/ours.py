"""Ours, with all that belongs to it: an event each is ingested and starts a follow-up that is due at once; the guard
decides about it, the ledger keeps it, its text is rendered, its intent, its trace and its end are stored."""

from __future__ import annotations

import multiprocessing
import queue
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Barrier
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.queues.watch import Took, Watch
from outreach.bootstrap import calm_collector
from outreach.core.customer import Customer
from outreach.core.event import Event
from outreach.core.rule_index import RuleIndex
from outreach.engine import Engine
from outreach.errors import ConfigError, DatabaseError
from outreach.rendering import Renderer
from outreach.rulebook.load import Rulebook, load_rulebook
from outreach.senders.outbox import OutboxSender
from outreach.store import schema
from outreach.store.database import open_engine
from outreach.store.store import Store

BATCH, MOST_FAILURES = 1000, 200
NOW = datetime(2026, 11, 2, 15, tzinfo=UTC)  # a Monday morning where they are
RULES = """\
rules:
  thanks:
    about: Say thank you.
    on: purchase
    purpose: care
    when: event.total >= 30
    steps:
      - sms: {at: immediately, template: thanks}
cadence:
  min_gap: 20 hours
  caps: [{max: 4, per: 30 days}, {max: 2, per: 30 days, channel: sms}]
  hours: {sms: {mon-sat: "09:00-20:00"}}
"""
TEXT = "Thank you for the {{ event.item }}, {{ customer.first_name }}. {{ business.name }}. Reply STOP to opt out.\n"


class Running:
    """A clock that was set to that Monday morning when it was made."""

    def __init__(self) -> None:
        self._made = time.monotonic()

    def now(self) -> datetime:
        """So much later."""
        return NOW + timedelta(seconds=time.monotonic() - self._made)


def rulebook(folder: Path) -> Rulebook:
    """One rule and its template, read from files in this folder."""
    (folder / "rules").mkdir()
    (folder / "templates").mkdir()
    (folder / "rules" / "thanks.yaml").write_text(RULES)
    (folder / "templates" / "thanks.sms.txt").write_text(TEXT)
    return load_rulebook(folder / "rules", folder / "templates", strict=False)


def engine(url: str, folder: Path, worker: str = "bench") -> Engine:
    """The engine on this database, as the program puts it together."""
    book = rulebook(folder)
    book.policy.holidays("US", "", NOW.year)  # half a second to load, once in a worker's life
    return Engine(
        store=Store(open_engine(url), b"bench"), rules=RuleIndex(book.rules), policy=book.policy, worker=worker,
        renderer=Renderer(folder / "templates"), senders={"sms": OutboxSender()}, clock=Running(),
        business={"name": "Marlow & Finch"},
    )  # fmt: skip


def people(number: int) -> list[Customer]:
    """Customers, each with a phone of her own."""
    return [
        Customer(id=f"c{i}", first_name="Ann", phone=f"+1212{i:07d}", timezone="America/New_York", country="US")
        for i in range(number)
    ]


def events(number: int) -> list[Event]:
    """One purchase of each."""
    return [
        Event(id=f"e{i:09d}", type="purchase", customer=f"c{i}", time=NOW - timedelta(minutes=1),
              data={"item": "moka pot", "total": 42, "order_id": f"o{i:08d}", "note": "said nothing much"})
        for i in range(number)
    ]  # fmt: skip


def run(url: str, number: int, workers: int) -> Took:
    """Raises SystemExit with the reason where such a database isn't supported."""
    try:
        database = open_engine(url.replace("+ours", ""))
    except ConfigError as error:
        raise SystemExit(str(error)) from None
    schema.upgrade(database)
    url, watch = database.url.render_as_string(hide_password=False), Watch()
    with TemporaryDirectory() as name:
        ours = engine(url, Path(name))
        everybody, news = people(number), events(number)
        for i in range(0, number, BATCH):
            ours.save_customers([(customer, ()) for customer in everybody[i : i + BATCH]])
        ours.ingest([Event(id="first", type="other", customer="c0", time=NOW)])  # what is learnt once
        calm_collector()  # as the program does at start
        with watch.phase("persist"):
            for i in range(0, number, BATCH):
                ours.ingest(news[i : i + BATCH])
        if workers == 1:
            with watch.phase("dispatch"):
                work(ours)
        else:
            watch.took |= _side_by_side(url, workers)
        _check(ours, number)
    return watch.took


def work(ours: Engine) -> None:
    """Until nothing is due; what another worker has in hand is waited for. As the scheduler does, it goes on after the
    database gave a transaction up."""
    for _ in range(MOST_FAILURES):
        try:
            while ours.dispatch() or ours.next_wake() is not None:
                pass
            return
        except DatabaseError:
            time.sleep(0.01)
    raise SystemExit("the database gives up again and again")


def _side_by_side(url: str, workers: int) -> Took:
    """That many processes on one database. They begin together; the last to end stops the clock."""
    fresh = multiprocessing.get_context("spawn")
    begin, cpu = fresh.Barrier(workers + 1), fresh.Queue()
    processes = [fresh.Process(target=_work_in_turn, args=(url, f"w{i}", begin, cpu)) for i in range(workers)]
    for process in processes:
        process.start()
    begin.wait(timeout=60)
    began = time.perf_counter()
    spent = [_told(cpu, processes) for _ in processes]
    took = time.perf_counter() - began
    for process in processes:
        process.join(timeout=60)
    return {"dispatch": took, "dispatch_cpu": sum(spent)}


def _told(cpu: multiprocessing.Queue[float], processes: Sequence[BaseProcess]) -> float:
    """What the next worker to end says; SystemExit when one has failed."""
    while True:
        with suppress(queue.Empty):
            return cpu.get(timeout=1)
        if any(process.exitcode for process in processes):
            for process in processes:
                process.terminate()
            raise SystemExit("a worker failed")


def _work_in_turn(url: str, worker: str, begin: Barrier, cpu: multiprocessing.Queue[float]) -> None:
    with TemporaryDirectory() as name:
        ours = engine(url, Path(name), worker)
        ours.next_wake()
        calm_collector()
        begin.wait(timeout=60)
        began = time.process_time()
        work(ours)
        cpu.put(time.process_time() - began)


def _check(ours: Engine, number: int) -> None:
    """All of them were sent, each once, and stand in the ledger."""
    with ours.store.reading() as tx:
        sent = tx.follow_ups.counts().get("sent", 0)
        touches = tx.house.read("SELECT count(*) FROM touch WHERE state = 'attempted'")[0][0]
        attempts = tx.house.read("SELECT count(*) FROM attempt WHERE state = 'accepted'")[0][0]
    found = {"sent": sent, "touches": touches, "attempts": attempts}
    assert found == {"sent": number, "touches": 2 * number, "attempts": number}, found

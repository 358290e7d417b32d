"""A worker in a process of its own, where a transaction keeps to one group of buckets: takes events in, claims, sends
and evens out, as fast as it can, until it is killed. Customers, cadence and judge are those of `bench.hot`: two share
each phone, two each mailbox, and their windows are fractions of a second."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from random import Random

from bench.hot import CUSTOMERS, MIX, an_engine
from outreach.core.event import Event
from outreach.engine import Engine
from outreach.errors import DatabaseError
from outreach.flow.evening import even_some
from outreach.store.store import Store
from outreach.store.topology import TOPOLOGIES


def engine_of(folder: Path, url: str, worker: str) -> Engine:
    engine = an_engine(folder, worker, url)
    store = engine.store
    apart = Store(store.engine, store.secret, store.tenant, TOPOLOGIES["groups"])
    return Engine(
        store=apart, rules=engine.rules, policy=engine.policy, renderer=engine.renderer, senders=engine.senders,
        clock=engine.clock, worker=worker, lease=timedelta(seconds=1),
    )  # fmt: skip


def work(folder: Path, url: str, number: int) -> None:
    """For ever."""
    engine, chance, turn = engine_of(folder, url, f"w{number}"), Random(number), 0
    while True:
        turn += 1
        news = [
            Event(id=f"{number}-{turn}-{n}", type=chance.choice(MIX), customer=f"c{chance.randrange(CUSTOMERS)}",
                  time=engine.clock.now())
            for n in range(chance.randint(1, 4))
        ]  # fmt: skip
        try:
            engine.ingest(news)
            engine.dispatch()
            even_some(engine.store, engine.clock.now())
        except DatabaseError:
            continue

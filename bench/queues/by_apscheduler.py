"""APScheduler's own job store on SQLAlchemy: one job with a DateTrigger per follow-up, ten threads."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from sqlalchemy import create_engine, event

from bench.queues.watch import Countdown, Took, Watch

DONE = threading.Event()
LOCK = threading.Lock()
COUNT = Countdown(0)


def send(customer: str) -> None:
    """What is to be done: nothing."""
    with LOCK:
        if COUNT.one():
            DONE.set()


def run(url: str, number: int, workers: int) -> Took:
    """`sqlite+ours:///…` opens the file as we do: WAL, synchronous FULL."""
    COUNT.left = number
    engine = create_engine(url.replace("+ours", "").replace("postgresql://", "postgresql+psycopg://"))
    if "+ours" in url:
        event.listen(
            engine, "connect", lambda c, _: c.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL")
        )
    scheduler = BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(engine=engine)}, executors={"default": ThreadPoolExecutor(10)},
        timezone=UTC,
    )  # fmt: skip
    scheduler.start(paused=True)
    watch, due = Watch(), datetime.now(UTC) - timedelta(seconds=1)
    with watch.phase("persist"):
        for i in range(number):
            scheduler.add_job(send, DateTrigger(due), args=[f"c{i}"], id=f"f{i}", misfire_grace_time=None)
    with watch.phase("dispatch"):
        scheduler.resume()
        assert DONE.wait(600), f"{COUNT.left} were never done"
    scheduler.shutdown()
    return watch.took

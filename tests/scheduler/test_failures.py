"""Whatever fails, the scheduler's thread lives on, says what is wrong, leaves the database alone for a moment, and
recovers by itself."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from outreach import scheduler
from outreach.errors import DatabaseError, spoken
from outreach.flow.gates import Gates
from outreach.scheduler import FollowUpJobStore, Heart
from tests.scheduler.house import until

BUSY = DatabaseError("outreach.db is busy")


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Scripted:
    """An engine that answers as told, and counts how often it was asked."""

    wake: Callable[[], datetime | None] = lambda: None
    do: Callable[[], int] = lambda: 0
    clock: Any = field(default_factory=lambda: SimpleNamespace(now=now))
    notify: Callable[[], None] = lambda: None
    asked: int = 0
    dispatched: int = 0
    gates: Gates = field(default_factory=Gates)
    post: Any = None

    def next_wake(self) -> datetime | None:
        self.asked += 1
        return self.wake()

    def dispatch(self) -> int:
        self.dispatched += 1
        return self.do()


def overdue() -> datetime:
    return now() - timedelta(seconds=1)


def broken() -> Any:
    raise BUSY


@contextmanager
def beating(engine: Scripted) -> Iterator[Heart]:
    heart = Heart(engine)  # type: ignore[arg-type]
    heart.start()
    try:
        yield heart
    finally:
        heart.stop()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(scheduler, "LONGEST_SLEEP", timedelta(seconds=0.5))
    monkeypatch.setattr(scheduler, "AFTER_FAILURE", timedelta(seconds=0.5))
    caplog.set_level(logging.CRITICAL, "outreach.scheduler")


def test_an_unreadable_store_is_named_and_forgotten_when_it_is_well_again():
    engine = Scripted(wake=broken)
    with beating(engine) as heart:
        assert until(lambda: heart.health()["failure"] == str(BUSY), 1)
        time.sleep(1)
        assert heart.health()["alive"]
        assert engine.asked <= 5
        engine.wake = lambda: None
        assert until(lambda: heart.health()["failure"] == "", 1)


@pytest.mark.parametrize("error", [BUSY, KeyError("a fault of ours")], ids=repr)
def test_a_dispatch_that_keeps_failing_is_no_hot_loop(error: Exception):
    def fail() -> int:
        raise error

    engine = Scripted(wake=overdue, do=fail)
    with beating(engine) as heart:
        time.sleep(3)
        health = heart.health()
        assert health["failure"] == spoken(error)
        assert (
            "a fault of ours" not in health["failure"]
        )  # a library's words may be a customer's, and everybody sees it
        assert health["alive"]
        assert 3 <= engine.dispatched <= 8
        assert engine.asked <= 40
        engine.do = lambda: 0
        engine.wake = lambda: None
        assert until(lambda: not heart.health()["failure"], 1.5)


def test_due_by_one_question_and_not_by_the_other_is_no_hot_loop():
    engine = Scripted(wake=overdue)
    with beating(engine):
        time.sleep(2)
    assert engine.dispatched <= 45


def test_reading_and_dispatching_fail_and_recover_apart():
    engine = Scripted(wake=overdue, do=broken)
    with beating(engine) as heart:
        assert until(lambda: heart.health()["failure"])
        time.sleep(0.2)  # the store was read since, which mends nothing
        assert heart.health()["failure"]


@pytest.mark.parametrize(
    "wake",
    [broken, overdue, lambda: None, lambda: now() + timedelta(days=9)],
    ids=["broken", "due", "nothing", "far"],
)
def test_the_methods_that_apscheduler_calls_unguarded_never_raise(wake: Callable[[], Any]):
    store = FollowUpJobStore(Scripted(wake=wake), lambda: None)  # type: ignore[arg-type]
    store._alias, store._scheduler = "follow_ups", SimpleNamespace(timezone=UTC)
    for _ in range(2):
        jobs = store.get_due_jobs(now())
        assert now() - timedelta(seconds=1) < store.get_next_run_time() <= now() + timedelta(seconds=0.5)
        for job in jobs:
            store.update_job(job)
            store.remove_job(job.id)
        store.running.clear()


def test_no_sleep_is_long_though_the_computers_clock_went_back(monkeypatch: pytest.MonkeyPatch):
    real = scheduler._computer_time
    monkeypatch.setattr(scheduler, "_computer_time", lambda: real() - timedelta(hours=1))
    store = FollowUpJobStore(Scripted(wake=lambda: now() + timedelta(hours=2)), lambda: None)  # type: ignore[arg-type]
    assert store.get_due_jobs(now()) == []
    assert store.get_next_run_time() <= real() - timedelta(hours=1) + timedelta(seconds=0.5)


def test_a_dispatch_is_never_lost_between_two(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(scheduler, "LONGEST_SLEEP", timedelta(seconds=5))
    monkeypatch.setattr(scheduler, "AFTER_NOTHING", timedelta())
    done = threading.Event()
    left = [1000]

    def dispatch() -> int:
        left[0] -= 1
        if left[0] <= 0:
            done.set()
        return 0

    engine = Scripted(wake=lambda: overdue() if left[0] > 0 else None, do=dispatch)
    with beating(engine):
        assert done.wait(10)


def test_one_that_apscheduler_still_counts_as_running_does_not_keep_the_next_from_it():
    engine = Scripted(wake=overdue)
    heart = Heart(engine)  # type: ignore[arg-type]
    heart.scheduler.start(paused=True)
    heart.scheduler._executors["default"]._instances["dispatch"] = 1
    heart.scheduler.resume()
    try:
        assert until(lambda: engine.dispatched, 2)
    finally:
        heart.stop()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_dead_scheduler_thread_is_told():
    engine = Scripted()
    heart = Heart(engine)  # type: ignore[arg-type]
    heart.start()
    assert heart.health()["alive"]
    heart.store.get_next_run_time = broken  # type: ignore[method-assign]
    heart.wake()
    assert until(lambda: not heart.health()["alive"], 2)
    assert heart.scheduler.running  # by its own word
    heart.stop()


def test_a_scheduler_that_hangs_is_told():
    release = threading.Event()
    engine = Scripted(wake=lambda: release.wait(5) and None)  # type: ignore[return-value]
    ahead = [timedelta()]
    engine.clock = SimpleNamespace(now=lambda: now() + ahead[0])
    with beating(engine) as heart:
        assert heart.health()["alive"]
        ahead[0] = timedelta(seconds=31)
        assert not heart.health()["alive"]
        release.set()
        assert until(lambda: heart.health()["alive"], 2)


def test_before_it_starts_it_is_not_alive():
    assert not Heart(Scripted()).health()["alive"]  # type: ignore[arg-type]


def test_what_may_have_been_sent_is_looked_up_beside_it(monkeypatch: pytest.MonkeyPatch):
    """Also while dispatching fails, and again after it found something, which wakes the scheduler."""
    looked: list[Any] = []
    monkeypatch.setattr(scheduler, "LOOK_UP_EVERY", 0.05)
    monkeypatch.setattr(scheduler, "sweep", lambda post, stopping: looked.append(post) or len(looked) % 2)
    engine = Scripted(wake=broken, post="the post")
    with beating(engine):
        assert until(lambda: len(looked) >= 4)
    assert set(looked) == {"the post"}

"""Writers of one SQLite file stand in a line: in the order of asking, with nobody who is dead, and only as advice."""

from __future__ import annotations

import multiprocessing
import os
import signal
import stat
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from outreach.store import queueing, schema
from outreach.store.database import open_engine, transaction
from outreach.store.queueing import Place
from outreach.store.store import Store

pytestmark = pytest.mark.skipif(queueing.fcntl is None, reason="no such locks on this system")


@pytest.fixture
def file(tmp_path: Path) -> str:
    return str(tmp_path / "outreach.db")


def holding(file: str, held: object, over: object) -> None:
    """Another process, with the place, until it is told or dies."""
    Place(file).take()
    held.set()  # type: ignore[attr-defined]
    over.wait(30)  # type: ignore[attr-defined]


def another(file: str) -> multiprocessing.Process:
    fresh = multiprocessing.get_context("spawn")
    held, over = fresh.Event(), fresh.Event()
    process = fresh.Process(target=holding, args=(file, held, over))
    process.start()
    assert held.wait(30)
    process.over = over  # type: ignore[attr-defined]
    return process


def until(true: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.005)
    return true()


def test_about_first_come_first_served(file: str):
    """Nobody is passed over again and again, as by who asks SQLite at the right moment."""
    turns, passed, lock = [0], [], threading.Lock()

    def write() -> None:
        place = Place(file)
        for _ in range(40):
            came = turns[0]
            place.take()
            with lock:
                passed.append(turns[0] - came)
                turns[0] += 1
            time.sleep(0.001)
            place.leave()
            time.sleep(0.001)  # what one does with what was read
        place.close()

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    passed.sort()
    assert turns == [240]
    assert passed[len(passed) // 2] >= 1  # they do wait for each other
    assert passed[int(len(passed) * 0.95)] <= 20  # with SQLite's own way of waiting one is passed hundreds of times


def test_who_dies_gives_its_place_back(file: str):
    process = another(file)
    began = time.monotonic()
    ended = threading.Timer(0.1, os.kill, (process.pid, signal.SIGKILL))
    ended.start()
    Place(file).take()
    assert time.monotonic() - began < queueing.PATIENCE
    process.join(10)


def test_who_stands_still_keeps_nobody_for_long(file: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(queueing, "PATIENCE", 0.1)
    process, place = another(file), Place(file)
    place.take()  # goes on without
    place.leave()
    process.over.set()  # type: ignore[attr-defined]
    process.join(10)
    other = Place(file)
    assert until(lambda: threading.active_count() == 1 or not any(t.daemon for t in threading.enumerate()))
    place.take()  # and has its place again, of which nobody is left who waited for it
    monkeypatch.setattr(queueing, "PATIENCE", 0.05)
    began = time.monotonic()
    other.take()
    assert time.monotonic() - began >= 0.05
    place.leave()


def test_a_writer_stands_in_the_line_and_a_reader_does_not(file: str):
    engine = open_engine(f"sqlite:///{file}")
    schema.upgrade(engine)
    store, order = Store(engine, b"test"), []
    place = Place(file)
    place.take()
    with store.reading() as tx:
        assert tx.customers.count() == 0
    writer = threading.Thread(target=lambda: store.write(lambda _: order.append("wrote")))
    writer.start()
    time.sleep(0.1)
    assert order == []
    place.leave()
    writer.join(10)
    assert order == ["wrote"]
    place.take()  # it has gone out of the line
    assert stat.S_IMODE(Path(f"{file}-line").stat().st_mode) == 0o600
    engine.dispose()


def test_a_transaction_that_fails_leaves_the_line(file: str):
    engine = open_engine(f"sqlite:///{file}")
    with pytest.raises(ZeroDivisionError), transaction(engine):
        raise ZeroDivisionError
    began = time.monotonic()
    Place(file).take()
    assert time.monotonic() - began < queueing.PATIENCE / 2
    engine.dispose()


def test_where_there_can_be_no_line_one_writes_all_the_same(file: str):
    Path(f"{file}-line").mkdir()
    engine = open_engine(f"sqlite:///{file}")
    assert schema.upgrade(engine) == ("", schema.HEAD)
    engine.dispose()

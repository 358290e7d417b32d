"""Workers on one PostgreSQL decide by its clock, and wake each other."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from outreach.store import clock, listening
from outreach.store.clock import DatabaseClock, skew
from outreach.store.database import open_engine, transaction
from outreach.store.listening import Ear
from outreach.store.store import Store, Transaction
from tests.support import postgres
from tests.support.door import Door

pytestmark = pytest.mark.postgres


@pytest.fixture
def url() -> Iterator[str]:
    made = postgres.taken()
    yield made
    postgres.given_back(made)


@pytest.fixture
def door(url: str) -> Iterator[Door]:
    with Door(url) as made:
        yield made


@pytest.fixture
def database(door: Door) -> Iterator[Engine]:
    """Through the door."""
    engine = open_engine(door.url)
    yield engine
    engine.dispose()


def asked(database: Engine) -> datetime:
    with transaction(database, reading=True) as conn:
        at = conn.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
    assert isinstance(at, datetime)
    return at.astimezone(UTC)


class TestTheClock:
    def test_it_is_the_databases(self, database: Engine):
        its = DatabaseClock(database)
        before = asked(database)
        now = its.now()
        assert before - timedelta(seconds=0.5) <= now <= asked(database) + timedelta(seconds=0.5)

    def test_it_goes_on_between_two_questions(self, database: Engine, door: Door):
        its = DatabaseClock(database)
        first = its.now()
        door.shut()  # it couldn't ask
        time.sleep(0.05)
        assert timedelta(milliseconds=50) <= its.now() - first < timedelta(seconds=5)

    @pytest.mark.parametrize("off", [timedelta(hours=1), timedelta(hours=-1)])
    def test_it_asks_anew_and_follows_but_never_goes_back(
        self, database: Engine, off: timedelta, monkeypatch: pytest.MonkeyPatch
    ):
        its = DatabaseClock(database)
        before = its.now()
        real = clock._ask
        monkeypatch.setattr(clock, "_ask", lambda db: (real(db)[0] + off, time.monotonic()))
        its._steady -= clock.ASK_EVERY + 1
        its._last -= timedelta(seconds=clock.ASK_EVERY + 1)
        after = its.now()
        if off > timedelta():
            assert off <= after - before < off + timedelta(seconds=5)
        else:
            assert after == before == its.now()  # it stands until the database's has caught up

    def test_while_the_database_is_away_it_goes_on(self, database: Engine, door: Door):
        its = DatabaseClock(database)
        before = its.now()
        door.shut()
        its._steady -= clock.ASK_EVERY + 1
        assert timedelta(seconds=clock.ASK_EVERY) < its.now() - before < timedelta(seconds=clock.ASK_EVERY + 10)
        assert its.now() >= before  # and doesn't ask each time while nobody answers
        door.open()
        its._steady -= clock.ASK_EVERY + 1
        assert its.now() >= before

    def test_it_never_goes_back_for_any_thread(self, database: Engine):
        its, seen = DatabaseClock(database), list[bool]()

        def look() -> None:
            told = [its.now() for _ in range(2000)]
            seen.append(told == sorted(told))

        threads = [threading.Thread(target=look) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert seen == [True] * 4


@pytest.mark.parametrize(("off", "how"), [(0.0, ""), (1.5, ""), (60.0, "ahead of"), (-60.0, "behind")])
def test_a_computer_whose_clock_is_off_is_told(database: Engine, off: float, how: str):
    word = skew(database, asked(database) + timedelta(seconds=off))
    assert bool(word) == bool(how)
    if how:
        assert word.startswith("this computer's clock is ")
        assert float(word.split()[4]) == pytest.approx(60, abs=2)
        assert f"s {how} PostgreSQL's: set it (NTP)" in word


def test_a_file_has_no_other_clock():
    assert skew(open_engine("sqlite://"), datetime(1999, 1, 1, tzinfo=UTC)) == ""


class Woken:
    """Counts, and can be waited for."""

    def __init__(self) -> None:
        self.times, self._changed = 0, threading.Condition()

    def __call__(self) -> None:
        with self._changed:
            self.times += 1
            self._changed.notify_all()

    def so_often(self, times: int, seconds: float = 10.0) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self.times >= times, seconds)


@pytest.fixture
def woken(database: Engine) -> Iterator[Woken]:
    """By an ear that listens already."""
    ear, wake = Ear(database, "main"), Woken()
    ear.start(wake)
    assert wake.so_often(1)
    yield wake
    ear.stop()
    assert not ear._thread.is_alive()


def tell(url: str, tenant: str = "main") -> None:
    database = open_engine(url)
    Store(database, b"x", tenant).write(lambda tx: tx.tell_others())
    database.dispose()


class TestTheEar:
    def test_a_notice_wakes_at_once(self, woken: Woken, url: str):
        start = time.monotonic()
        tell(url)
        assert woken.so_often(2)
        assert time.monotonic() - start < 1

    def test_another_houses_notice_doesnt(self, woken: Woken, url: str):
        tell(url, "other")
        assert not woken.so_often(2, 0.3)

    def test_nothing_is_told_by_what_isnt_stored(self, woken: Woken, database: Engine):
        def fail(tx: Transaction) -> None:
            tx.tell_others()
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            Store(database, b"x").write(fail)
        assert not woken.so_often(2, 0.3)

    def test_a_connection_that_is_lost_is_made_anew_and_said_once(
        self, door: Door, woken: Woken, url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ):
        monkeypatch.setattr(listening, "AFTER_LOSS", 0.05)
        with caplog.at_level(logging.INFO, logger="outreach.store"):
            for loss in (1, 2):
                door.shut()
                time.sleep(0.5)  # some ten tries
                before = woken.times
                door.open()
                assert woken.so_often(before + 1)  # what was planned meanwhile is looked at
                tell(url)
                assert woken.so_often(before + 2)
                told = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]
                assert len(told) == loss, told
        assert "heard again" in caplog.text

    def test_it_ends_within_a_second_or_two_though_nobody_answers(
        self, door: Door, database: Engine, monkeypatch: pytest.MonkeyPatch
    ):
        ear = Ear(database, "main")
        door.shut()
        ear.start(Woken())
        start = time.monotonic()
        ear.stop()
        assert time.monotonic() - start < 2.5
        assert not ear._thread.is_alive()

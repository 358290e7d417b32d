"""The scheduler on the real clock and a real database: it wakes when something is due, and sleeps when nothing is."""

from __future__ import annotations

import sqlite3
import statistics
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from outreach import scheduler
from outreach.bootstrap import App
from outreach.ports import Answer, Message, Sent
from outreach.senders.outbox import OutboxSender
from tests.scheduler.house import all_of, attempts, beating, counts, found, opened, people, plan, until

LATE = 0.5


@pytest.fixture
def app(tmp_path: Path) -> App:
    return opened(found(tmp_path))


def lateness(app: App) -> list[float]:
    due = {f.id: f.due for f in all_of(app)}
    return sorted((a.ended - due[a.follow_up]).total_seconds() for a in attempts(app) if a.ended)


def test_a_follow_up_goes_out_when_it_is_due(app: App):
    (ann,) = people(app, 1)
    due = plan(app, [ann], due_in=1.5)
    with beating(app):
        assert until(lambda: counts(app) == {"sent": 1})
    (attempt,) = attempts(app)
    assert timedelta() <= attempt.made - due < timedelta(seconds=LATE)


def test_what_is_overdue_goes_out_at_once(app: App):
    (ann,) = people(app, 1)
    plan(app, [ann], due_in=-20)
    with beating(app):
        assert until(lambda: counts(app) == {"sent": 1}, LATE)


def test_one_that_is_due_earlier_wakes_it(app: App):
    ann, bob, cid = people(app, 3)
    plan(app, [ann], due_in=4)
    with beating(app):
        time.sleep(0.3)  # by now it sleeps towards Ann's
        due = plan(app, [bob], due_in=1)
        assert until(lambda: counts(app).get("sent") == 1, 3)
        assert attempts(app)[0].customer == bob
        assert attempts(app)[0].made - due < timedelta(seconds=LATE)
        at = plan(app, [cid])
        assert until(lambda: counts(app).get("sent") == 2, LATE)
        assert datetime.now(UTC) - at < timedelta(seconds=LATE)


def test_what_another_process_plans_is_seen_within_the_cap(app: App, monkeypatch: pytest.MonkeyPatch):
    assert timedelta(seconds=5) == scheduler.LONGEST_SLEEP
    monkeypatch.setattr(scheduler, "LONGEST_SLEEP", timedelta(seconds=1))
    (ann,) = people(app, 1)
    with beating(app):
        time.sleep(0.2)
        other = opened(Path(str(app.settings.rules)).parent)  # an engine of its own: it wakes nobody here
        plan(other, [ann])
        assert not until(lambda: counts(app).get("sent"), 0.3)
        assert until(lambda: counts(app) == {"sent": 1}, 1 + LATE)


def test_three_hundred_of_one_second_go_out_once_each(app: App, record_property):
    customers = people(app, 300)
    plan(app, customers, due_in=2)
    with beating(app):
        assert until(lambda: counts(app) == {"sent": 300}, 10)
    assert sorted(a.customer for a in attempts(app)) == sorted(customers)
    assert {(a.state, a.number) for a in attempts(app)} == {("accepted", 1)}
    late = lateness(app)
    said = f"300 due in one second: p50 {statistics.median(late) * 1000:.0f} ms, p99 {late[296] * 1000:.0f} ms late"
    record_property("lateness", said)
    print(said)
    assert late[-1] < 5


def test_idle_it_asks_the_database_twice_in_five_seconds(app: App):
    asked: list[str] = []
    event.listen(app.store.engine, "checkout", lambda raw, *_: raw.set_trace_callback(asked.append))
    spent = time.process_time()
    with beating(app):
        time.sleep(6)
        looks = [sql for sql in asked if sql.startswith("SELECT")]  # it looks once more when it is told to stop
    spent = time.process_time() - spent
    assert 0 < len(looks) <= 2 * 2, looks  # at the start and after five seconds: what is paused, what is due first
    assert spent < 0.3


def test_it_keeps_no_book_of_its_own(app: App):
    plan(app, people(app, 5), due_in=0.5)
    with beating(app) as heart:
        assert [job.id for job in heart.store.get_all_jobs()] == ["dispatch"]
        assert until(lambda: counts(app) == {"sent": 5})
    with sqlite3.connect(app.store.engine.url.database or "") as db:
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        blobs = [t for t in tables for c in db.execute(f'PRAGMA table_info("{t}")') if c[2] == "BLOB"]
    db.close()
    assert not [name for name in tables if "apscheduler" in name or "job" in name]
    assert blobs == []


class Slow(OutboxSender):
    """Takes its time, like a provider does."""

    idempotency = "none"

    def __init__(self) -> None:
        object.__setattr__(self, "begun", threading.Event())

    def send(self, message: Message) -> Answer:
        self.begun.set()  # type: ignore[attr-defined]
        time.sleep(0.7)
        return Sent(provider_id=message.attempt)


def test_stopping_finishes_what_is_being_sent_and_claims_no_more(app: App):
    slow = Slow()
    app.engine.senders = {"sms": slow}
    app.engine.claim_size = 2
    plan(app, people(app, 6))
    with beating(app) as heart:
        assert slow.begun.wait(2)  # type: ignore[attr-defined]
        heart.stop()
        assert counts(app) == {"sent": 2, "scheduled": 4}
        heart.stop()  # twice does no harm
        heart.wake()
    assert {a.state for a in attempts(app)} == {"accepted"}

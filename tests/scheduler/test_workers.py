"""Workers as processes of their own, on one SQLite file: they share the work, and a `kill -9` at any moment sends
nothing twice and loses nothing."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from outreach.bootstrap import App
from tests.scheduler.house import attempts, counts, found, opened, people, plan, until
from tests.scheduler.workers import Processes, environment, outreach, processes
from tests.wire import specs
from tests.wire.server import Misbehaviour, Wire
from tests.wire.twilio import ACCOUNT, TOKEN, Twilio

pytestmark = pytest.mark.chaos


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return found(tmp_path)


@pytest.fixture
def workers(folder: Path) -> Iterator[Processes]:
    with processes(environment(folder, OUTREACH_LEASE_SECONDS="2"), folder / "worker.log") as started:
        yield started


def accepted_once(app: App, count: int) -> None:
    """Each follow-up has exactly one accepted attempt, one touch in the ledger, and is sent."""
    assert counts(app) == {"sent": count}
    accepted = Counter(a.follow_up for a in attempts(app) if a.state == "accepted")
    assert len(accepted) == count
    assert set(accepted.values()) == {1}
    with app.store.engine.connect() as db:
        rows = db.exec_driver_sql("SELECT state, count(DISTINCT id) FROM touch GROUP BY state").fetchall()
    assert {state: n for state, n in rows} == {"attempted": count}


@pytest.fixture
def twilio() -> Iterator[tuple[Twilio, Wire]]:
    specs.warm_up()
    api = Twilio()
    with Wire(api) as wire:
        wire.misbehaviour = Misbehaviour(late=0.05)  # accepted, and the worker doesn't know it yet
        yield api, wire


def by_twilio(folder: Path, wire: Wire) -> dict[str, str]:
    return environment(
        folder, OUTREACH_LEASE_SECONDS="2", OUTREACH_SMS="twilio", OUTREACH_SMS_PER_SECOND="0",
        OUTREACH_TWILIO_FROM="+12125550000",
        OUTREACH_TWILIO_BASE_URL=wire.url, TWILIO_ACCOUNT_SID=ACCOUNT, TWILIO_AUTH_TOKEN=TOKEN,
    )  # fmt: skip


def test_two_workers_share_what_is_due(folder: Path, twilio: tuple[Twilio, Wire]):
    api, wire = twilio
    app = opened(folder)
    customers = people(app, 200)
    with processes(by_twilio(folder, wire), folder / "worker.log") as workers:
        both = [workers.start("worker"), workers.start("worker")]
        for worker in both:
            workers.ready(worker)
        at = (datetime.now(UTC) - timedelta(seconds=60 - 7)).isoformat()  # due in 7 s: by then both see it coming
        lines = [{"id": f"e{c}", "type": "knock", "customer": c, "time": at} for c in customers]
        file = folder / "events.jsonl"
        file.write_text("".join(json.dumps(line) + "\n" for line in lines))
        took = outreach("ingest", str(file), env=workers.env)
        assert (took.returncode, took.stderr) == (0, "")
        assert until(lambda: counts(app) == {"sent": 200}, 60)
        assert all(worker.lives for worker in both)
        assert [worker.end() for worker in both] == [0, 0]
        assert workers.log.read_text() == ""
    accepted_once(app, 200)
    assert len(api.accepted) == len({message["To"] for message in api.accepted}) == 200
    shares = Counter(a.worker for a in attempts(app))
    print("shared:", dict(shares))
    assert len(shares) == 2


def tried(app: App, state: str = "%") -> int:
    """How many attempts there are."""
    with app.store.engine.connect() as db:
        return int(db.exec_driver_sql("SELECT count(*) FROM attempt WHERE state LIKE ?", (state,)).scalar_one())


def begins(app: App, before: int) -> bool:
    return until(lambda: tried(app) > before, 20)


def kill_again_and_again(workers: Processes, app: App, customers: list[str], times: int, longest: float) -> int:
    """Batch after batch, a worker for each that is killed at a random moment of its work; in the end one may live. How
    many of the kills left something half done."""
    chance = random.Random(20261120)
    portion, hits = len(customers) // times, 0
    for n in range(times):
        plan(app, customers[n * portion : (n + 1) * portion], name=f"batch{n}")
        before = tried(app)
        working = workers.start("worker")
        assert begins(app, before), workers.log.read_text()
        time.sleep(chance.uniform(0.0, longest))
        working.kill()
        hits += tried(app, "intent") > 0
    workers.start("worker")
    return hits


def test_kill_9_at_random_moments_sends_each_exactly_once(folder: Path, workers: Processes):
    app = opened(folder)
    customers = people(app, 1800)
    hits = kill_again_and_again(workers, app, customers, 6, 0.06)
    assert until(lambda: counts(app) == {"sent": 1800}, 20), counts(app)
    accepted_once(app, 1800)
    print(f"6 workers killed, {hits} of them between intent and record")


def test_kill_9_before_a_provider_that_cannot_tell_sends_nothing_twice(folder: Path, twilio: tuple[Twilio, Wire]):
    api, wire = twilio
    app = opened(folder)
    customers = people(app, 240)
    with processes(by_twilio(folder, wire), folder / "worker.log") as workers:
        hits = kill_again_and_again(workers, app, customers, 6, 0.4)
        assert until(lambda: set(counts(app)) <= {"sent", "unknown"}, 20), (counts(app), workers.log.read_text())
    to = Counter(message["To"] for message in api.accepted)
    assert [number for number, times in to.items() if times > 1] == []
    ends = counts(app)
    assert sum(ends.values()) == 240
    by_state = {s: {a.address for a in attempts(app) if a.state == s} for s in ("accepted", "unknown")}
    assert by_state["accepted"] <= set(to) <= by_state["accepted"] | by_state["unknown"]
    assert len(by_state["unknown"]) == ends.get("unknown", 0) <= 6 * 20
    arrived = len(set(to) & by_state["unknown"])
    print(f"6 workers killed, {hits} between intent and record; {len(to)} accepted by the provider, none twice;")
    print(f"{ends}; {arrived} of the unknown had arrived")

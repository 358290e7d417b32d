"""A worker that starts while PostgreSQL is away waits for it, says so, and works once it is there."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from outreach.bootstrap import open_app, open_store
from outreach.cli.patience import WAITS, patiently
from outreach.errors import DatabaseError
from outreach.settings import Settings
from outreach.store.database import LostError
from tests.scheduler.house import all_of, found, people, plan, until
from tests.scheduler.workers import environment, processes
from tests.support import postgres
from tests.support.door import Door


@pytest.mark.slow
@pytest.mark.postgres
def test_a_worker_waits_until_the_server_is_there(tmp_path: Path):
    folder, url = found(tmp_path), postgres.taken()
    settings = Settings(database_url=url, rules=folder / "rules", templates=folder / "templates", secret="one")
    open_store(settings, create=True).engine.dispose()
    app = open_app(settings)
    plan(app, people(app, 3))
    with Door(url, shut=True) as door:
        env = environment(folder, OUTREACH_DATABASE_URL=door.url, OUTREACH_SECRET="one")
        with processes(env, folder / "worker.log") as workers:
            worker = workers.start("worker")
            assert until(lambda: "can't be reached" in workers.log.read_text(), 60)
            assert worker.lives
            door.open()
            assert "runs (database" in workers.ready(worker).said
            assert until(lambda: [f.state for f in all_of(app)] == ["sent"] * 3, 20)
            assert worker.end() == 0
    app.store.engine.dispose()
    postgres.dropped(url)


def test_it_is_patient_for_about_a_minute():
    assert 50 <= sum(WAITS) <= 70


def test_tries_are_bounded_and_told(caplog: pytest.LogCaptureFixture):
    tries: list[int] = []

    def begin() -> None:
        tries.append(1)
        raise LostError("nobody is there", "08000")

    with caplog.at_level(logging.WARNING), pytest.raises(DatabaseError, match="nobody is there"):
        patiently(begin, (0, 0))
    assert [r.getMessage() for r in caplog.records] == [f"nobody is there (try {n} of 3 in 0 s)" for n in (2, 3)]
    assert len(tries) == 3


def test_what_waiting_does_not_mend_is_raised_at_once():
    tries: list[int] = []

    def begin() -> None:
        tries.append(1)
        raise DatabaseError("there is no such database")

    with pytest.raises(DatabaseError):
        patiently(begin, (0, 0))
    assert len(tries) == 1

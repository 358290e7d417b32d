"""A filled database goes down and up and keeps every row; several that upgrade at once, or in others' way."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect

from outreach.bootstrap import open_store
from outreach.errors import DatabaseError
from outreach.settings import Settings
from outreach.store import postgresql, schema
from outreach.store.database import open_engine, transaction
from outreach.store.store import Store
from tests.scheduler.workers import environment, outreach
from tests.support import postgres
from tests.support.business import a_customer, a_rule, an_engine, an_event, rules_of
from tests.support.senders import ScriptedSender

RULES = rules_of(a_rule("sms: {at: in 1 day, template: hi}"), a_rule("call: {at: in 2 hours, script: hi}", name="ring"))
OLD = "0002"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/outreach.db"
        return
    yield (made := postgres.made())
    postgres.dropped(made)


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    made = open_engine(url)
    yield made
    made.dispose()


def fill(engine: Engine) -> None:
    schema.upgrade(engine)
    people = [a_customer(f"c{n}", phone=f"+1212555{n:04}") for n in range(30)]
    it = an_engine(RULES, *people, store=Store(engine, b"test"), senders={"sms": ScriptedSender()})
    it.engine.ingest([an_event("purchase", f"c{n}", it.clock.instant, id=f"e{n}") for n in range(20)])
    it.wait("2026-11-03T18:00")
    it.engine.ingest([an_event("purchase", f"c{n}", it.clock.instant, id=f"f{n}") for n in range(10)])


def contents(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, by the tables and columns that both versions have."""
    with transaction(engine, reading=True) as conn:
        found = {}
        for table in sorted(set(inspect(conn).get_table_names()) - {"alembic_version", *NEWER_TABLES}):
            columns = sorted(c["name"] for c in inspect(conn).get_columns(table) if c["name"] not in NEWER)
            rows = conn.exec_driver_sql(f'SELECT {", ".join(chr(34) + c + chr(34) for c in columns)} FROM "{table}"')
            found[table] = sorted(map(tuple, rows), key=repr)
        return found


#: Tables that the old version hasn't got.
NEWER_TABLES = {"absence", "account", "api_key", "callback", "card", "session"}
#: Columns that the old version hasn't got: they are lost on the way down, and begin empty.
NEWER = {"known", "look", "looks", "evidence", "delivery", "send_at", "batch", "segments", "dies", "given_back"}


def test_down_and_up_keeps_every_row(engine: Engine):
    fill(engine)
    before = contents(engine)
    assert {t: len(rows) for t, rows in before.items()}["touch"] >= 40
    schema.downgrade(engine, OLD)
    assert contents(engine) == before
    with pytest.raises(DatabaseError, match=rf"has the older schema {OLD}: run `outreach db upgrade`"):
        schema.require_current(engine)
    assert schema.upgrade(engine) == (OLD, schema.HEAD)
    assert contents(engine) == before
    assert schema.differences(engine) == []


def test_what_is_new_waits_while_the_old_works_and_goes_on_after(engine: Engine, url: str):
    """A writer goes on while the schema changes under it; nothing of what it stored is lost."""
    fill(engine)
    schema.downgrade(engine, OLD)
    chosen = Settings(database_url=url, secret="test")
    with pytest.raises(DatabaseError, match="older schema"):
        open_store(chosen)
    stop, stored, failed = threading.Event(), list[str](), list[Exception]()
    writer = open_engine(url)

    def write() -> None:
        store, n = Store(writer, b"test"), 0
        while not stop.is_set() and n < 3000:
            one = an_event("visit", f"w{n}", "2026-11-02T15:00", id=f"w{n}")
            try:
                store.write(lambda tx, one=one: tx.events.accept([one], one.time), repeatable=True)
            except Exception as error:
                failed.append(error)
                return
            stored.append(one.id)
            n += 1

    thread = threading.Thread(target=write)
    thread.start()
    try:
        while len(stored) < 20 and thread.is_alive():
            time.sleep(0.01)
        assert schema.upgrade(engine) == (OLD, schema.HEAD)
        after = len(stored)
        while len(stored) < after + 20 and thread.is_alive():
            time.sleep(0.01)
    finally:
        stop.set()
        thread.join(60)
        writer.dispose()
    assert failed == []
    found = set(_ids(engine))
    assert set(stored) <= found
    assert open_store(chosen).tenant == "main"


def _ids(engine: Engine) -> list[str]:
    with transaction(engine, reading=True) as conn:
        return [str(row[0]) for row in conn.exec_driver_sql("SELECT id FROM event")]


def test_two_upgrades_at_once_do_not_break_each_other(engine: Engine, url: str, tmp_path: Path):
    """As when an orchestrator starts two workers of the new version."""
    fill(engine)
    schema.downgrade(engine, OLD)
    before = contents(engine)
    env = environment(tmp_path, OUTREACH_DATABASE_URL=url, OUTREACH_SECRET="test")
    with ThreadPoolExecutor() as pool:
        done = [pool.submit(outreach, "db", "upgrade", env=env) for _ in range(2)]
        told = sorted((one.result().returncode, one.result().stderr, one.result().stdout.split()[1]) for one in done)
    assert told == [(0, "", "is"), (0, "", "went")]
    schema.require_current(engine)
    assert contents(engine) | {"setting": before["setting"]} == before  # where the secret's check value is new


@pytest.mark.postgres
def test_an_upgrade_waits_for_others_for_five_seconds_at_most(monkeypatch: pytest.MonkeyPatch):
    """And then says so, has changed nothing, and can be run again."""
    monkeypatch.setattr(postgresql, "CHANGING", postgresql.CHANGING.replace("5000", "300"))
    url = postgres.made()
    engine, other = open_engine(url), open_engine(url)
    fill(engine)
    schema.downgrade(engine, OLD)
    with transaction(other) as conn:
        conn.exec_driver_sql("SELECT count(*) FROM touch")
        conn.exec_driver_sql("SELECT count(*) FROM follow_up")
        begun = time.monotonic()
        with pytest.raises(DatabaseError, match="is busy: somebody else has held what is needed"):
            schema.upgrade(engine)
        assert time.monotonic() - begun < 10
    with pytest.raises(DatabaseError, match=f"older schema {OLD}"):
        schema.require_current(engine)
    assert schema.upgrade(engine) == (OLD, schema.HEAD)
    engine.dispose()
    other.dispose()
    postgres.dropped(url)

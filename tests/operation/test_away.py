"""A database that goes away and comes back: what probes say, and that a batch that was cut is whole or not there."""

from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import make_url

from outreach.bootstrap import App, open_app, open_store
from outreach.core.customer import Customer
from outreach.errors import DatabaseError
from outreach.settings import Settings
from outreach.store.database import open_engine, transaction
from outreach.store.store import Store
from outreach.web.app import create_app
from tests.scheduler.house import found
from tests.support import postgres
from tests.support.business import a_customer, a_rule, an_engine, an_event, rules_of, utc
from tests.support.senders import ScriptedSender

CANARY = "s3cret-canary"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return found(tmp_path / "house")


def opened(folder: Path, url: str) -> App:
    chosen = Settings(database_url=url, rules=folder / "rules", templates=folder / "templates", secret="test")
    open_store(chosen, create=True)
    return open_app(chosen)


def client(app: App) -> TestClient:
    return TestClient(create_app(app, None), client=("127.0.0.1", 50000), base_url="http://127.0.0.1:8080")


@pytest.fixture
def server() -> Iterator[postgres.Server]:
    made = postgres.a_server()
    yield made
    postgres.removed(made)


@pytest.mark.postgres
@pytest.mark.slow
def test_a_server_that_stops_and_starts(folder: Path, server: postgres.Server):
    """503 within seconds with the reason, 200 again without a restart of ours."""
    app = opened(folder, make_url(server.url).set(password=CANARY).render_as_string(hide_password=False))
    probe = client(app)
    assert probe.get("/readyz").status_code == 200
    server.stop()
    begun = time.monotonic()
    ready, health, page = probe.get("/readyz"), probe.get("/healthz"), probe.get("/")
    assert time.monotonic() - begun < 10
    assert (ready.status_code, health.status_code, page.status_code) == (503, 200, 503)
    assert f"PostgreSQL at 127.0.0.1:{server.port} can't be reached" in ready.json()["reason"]
    assert "can't be reached" in health.json()["failure"]
    assert CANARY not in ready.text + health.text + page.text
    server.start()
    assert probe.get("/readyz").json() == {"status": "ready"}
    assert "failure" not in probe.get("/healthz").json()
    app.store.engine.dispose()


def test_a_file_that_goes_and_comes_back(folder: Path):
    file = folder / "outreach.db"
    app = opened(folder, f"sqlite:///{file}")
    probe = client(app)
    assert probe.get("/readyz").status_code == 200
    app.store.engine.dispose()
    shutil.move(file, folder / "elsewhere")
    file.mkdir()
    ready = probe.get("/readyz")
    assert ready.status_code == 503
    assert "can't be opened" in ready.json()["reason"]
    file.rmdir()
    shutil.move(folder / "elsewhere", file)
    assert probe.get("/readyz").json() == {"status": "ready"}
    app.store.engine.dispose()


def test_a_server_that_takes_calls_and_never_answers():
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        engine = open_engine(f"postgresql://ann:{CANARY}@127.0.0.1:{port}/o?connect_timeout=2")
        begun = time.monotonic()
        with pytest.raises(DatabaseError, match="can't be reached: is it running") as failed, transaction(engine):
            pass
        assert time.monotonic() - begun < 8
        assert CANARY not in f"{failed.value}"


@pytest.mark.postgres
def test_a_batch_that_is_cut_in_the_middle_is_not_half_there():
    """The backend is ended after the first part was written; the same batch again stores all of it, once."""
    url = postgres.taken()
    it = an_engine(rules_of(a_rule()), *(a_customer(f"c{n}") for n in range(50)), store=Store(open_engine(url), b"t"))
    events = [an_event("purchase", f"c{n}", it.clock.instant, id=f"e{n}") for n in range(50)]
    original = it.engine.store.writing

    def cut_before_the_end(across: str = ""):  # type: ignore[no-untyped-def]
        return _Cut(original(across), url)

    it.engine.store.writing = cut_before_the_end  # type: ignore[method-assign]
    with pytest.raises(DatabaseError, match="can't be reached"):
        it.engine.ingest(events)
    it.engine.store.writing = original  # type: ignore[method-assign]
    with psycopg.connect(url) as conn:
        assert conn.execute("SELECT (SELECT count(*) FROM event), (SELECT count(*) FROM follow_up)").fetchone() == (
            0,
            0,
        )
    assert {r.status for r in it.engine.ingest(events)} == {"accepted"}
    assert {r.status for r in it.engine.ingest(events)} == {"duplicate"}
    it.engine.store.engine.dispose()
    postgres.given_back(url)


class _Cut:
    """A transaction whose connection is ended by the server when everything is written and nothing is stored yet."""

    def __init__(self, inner, url: str):  # type: ignore[no-untyped-def]
        self.inner, self.url = inner, url

    def __enter__(self):  # type: ignore[no-untyped-def]
        self.tx = self.inner.__enter__()
        return self.tx

    def __exit__(self, *error: object) -> object:
        pid = self.tx.house.read("SELECT pg_backend_pid()")[0][0]
        with psycopg.connect(self.url, autocommit=True) as conn:
            assert conn.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,)).fetchone() == (True,)
        return self.inner.__exit__(*error)


@pytest.mark.postgres
def test_a_wrong_password_and_a_statement_that_takes_too_long(caplog: pytest.LogCaptureFixture):
    """Of the password nothing is said, neither in the message nor in what led to it nor in the log."""
    server = postgres.a_server()
    hba = Path(server.data) / "pg_hba.conf"
    try:
        with psycopg.connect(server.url, autocommit=True) as conn:
            conn.execute("CREATE ROLE ann LOGIN PASSWORD 'right'")
            hba.write_text("host all ann 127.0.0.1/32 scram-sha-256\n" + hba.read_text())
            conn.execute("SELECT pg_reload_conf()")
        wrong = open_engine(f"postgresql://ann:{CANARY}@127.0.0.1:{server.port}/postgres")
        with pytest.raises(DatabaseError) as failed, transaction(wrong):
            pass
        place = f"127.0.0.1:{server.port}"
        assert str(failed.value) == (
            f"PostgreSQL refused ann at {place}: check user and password in OUTREACH_DATABASE_URL"
        )
        assert CANARY not in caplog.text + repr(wrong) + str(failed.value.__cause__)
        slow = open_engine(server.url)
        with pytest.raises(DatabaseError) as stopped, transaction(slow) as conn:
            conn.exec_driver_sql("SET LOCAL statement_timeout = 50; SELECT pg_sleep(5)")
        assert str(stopped.value) == (
            "postgres took longer than a minute for one statement and was stopped: is it overloaded?"
        )
        slow.dispose()
    finally:
        postgres.removed(server)


def within(store: Store, limit: str, people: list[Customer]) -> None:
    """Store them in a transaction that has this limit."""
    with store.writing() as tx:
        tx.house.conn.exec_driver_sql(limit)
        tx.customers.save(people, utc("2026-11-02T15:00"))


def test_a_file_that_may_not_be_written_says_so(tmp_path: Path):
    """By SQLite's own switch: file rights don't hold for root."""
    file = tmp_path / "outreach.db"
    store = open_store(Settings(database_url=f"sqlite:///{file}", secret="t"), create=True)
    with pytest.raises(DatabaseError) as failed:
        within(store, "PRAGMA query_only = ON", [a_customer()])
    assert str(failed.value) == f"{file} is read-only: give this user the right to write the file and its folder"


def test_a_disk_that_is_full_says_so_and_keeps_nothing_half(tmp_path: Path):
    """Made full by SQLite's own limit of pages."""
    file = tmp_path / "outreach.db"
    store = open_store(Settings(database_url=f"sqlite:///{file}", secret="t"), create=True)
    with pytest.raises(DatabaseError) as failed:
        within(store, "PRAGMA max_page_count = 10", [a_customer(f"c{n}") for n in range(20_000)])
    assert str(failed.value) == f"the disk is full: nothing was stored in {file}"
    with store.reading() as tx:
        assert tx.customers.count() == 0


@pytest.mark.postgres
def test_a_worker_needs_no_more_rights_than_the_documentation_grants():
    """As docs/operation.md has it: from ingest to the answer of the provider."""
    url = postgres.taken()
    text = (Path(__file__).parents[2] / "docs" / "operation.md").read_text()
    grants = text.partition("```sql\n")[2].partition("```")[0]
    with psycopg.connect(url, autocommit=True) as conn:
        if conn.execute("SELECT 1 FROM pg_roles WHERE rolname = 'outreach_worker'").fetchone() is None:
            conn.execute("CREATE ROLE outreach_worker LOGIN")
        conn.execute(grants)  # type: ignore[call-overload]
    own = make_url(url).set(username="outreach_worker").render_as_string(hide_password=False)
    store = open_store(Settings(database_url=own, secret="test"))
    it = an_engine(rules_of(a_rule()), store=store, senders={"sms": ScriptedSender()})
    it.tell("purchase")
    assert it.wait("2026-11-02T17:00").states() == ["sent"]
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("DROP OWNED BY outreach_worker")
    it.engine.store.engine.dispose()
    postgres.given_back(url)

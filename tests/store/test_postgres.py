"""PostgreSQL when something is wrong with it: a plain word that says what to do, no password, nothing half done."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import Engine, inspect, make_url
from sqlalchemy.exc import DatabaseError as SqlError

from outreach import bootstrap
from outreach.bootstrap import open_store, read_secret
from outreach.errors import ConfigError, DatabaseError
from outreach.settings import Settings
from outreach.store import schema
from outreach.store.database import LostError, again, open_engine, shown, transaction
from outreach.store.store import Store, Transaction
from tests.support import postgres
from tests.support.business import a_customer, utc

pytestmark = pytest.mark.postgres
NOW = utc("2026-11-02T15:00")


@pytest.fixture(autouse=True)
def engines(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever engine a test opens is closed at its end."""
    opened: list[Engine] = []

    def tracked(url: str) -> Engine:
        opened.append(open_engine(url))
        return opened[-1]

    monkeypatch.setattr(bootstrap, "open_engine", tracked)
    monkeypatch.setitem(globals(), "an_engine", tracked)
    yield
    for engine in opened:
        engine.dispose()


an_engine = open_engine


@pytest.fixture
def url() -> Iterator[str]:
    made = postgres.taken()
    yield made
    postgres.given_back(made)


@pytest.fixture
def empty() -> Iterator[Engine]:
    yield an_engine(made := postgres.made())
    postgres.dropped(made)


@pytest.fixture
def store(url: str) -> Store:
    return Store(an_engine(url), b"test")


def as_user(url: str, rights: str = "") -> str:
    """The address for a user who may only enter."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("DROP OWNED BY stranger") if conn.execute(
            "SELECT 1 FROM pg_roles WHERE rolname = 'stranger'"
        ).fetchone() else conn.execute("CREATE ROLE stranger LOGIN")
        if rights:
            conn.execute(rights)  # type: ignore[call-overload]
    return make_url(url).set(username="stranger", password="s3cret").render_as_string(hide_password=False)


def test_its_schema_is_the_declared_one_up_and_down_and_up(empty: Engine):
    assert schema.upgrade(empty) == ("", schema.HEAD)
    assert schema.differences(empty) == []
    assert schema.upgrade(empty) == (schema.HEAD, schema.HEAD)
    schema.downgrade(empty, "base")
    assert set(inspect(empty).get_table_names()) == {"alembic_version"}
    assert schema.upgrade(empty) == ("", schema.HEAD)
    schema.require_current(empty)


def test_an_upgrade_that_fails_leaves_nothing_behind(empty: Engine):
    with transaction(empty) as conn:
        conn.exec_driver_sql("CREATE TABLE trace (oops TEXT)")
    with pytest.raises(Exception, match="trace"):
        schema.upgrade(empty)
    assert inspect(empty).get_table_names() == ["trace"]


def test_an_empty_database_says_what_to_do(empty: Engine):
    with pytest.raises(DatabaseError, match="is empty: run `outreach db upgrade`"):
        schema.require_current(empty)
    with pytest.raises(DatabaseError, match="has no tables yet: run `outreach db upgrade`"), \
         Store(empty, b"x").reading() as tx:  # fmt: skip
        tx.customers.count()


def test_a_newer_database_is_left_alone(store: Store):
    with transaction(store.engine) as conn:
        conn.exec_driver_sql("CREATE TEMP TABLE alembic_version (version_num TEXT)")  # hides the real one
        conn.exec_driver_sql("INSERT INTO alembic_version VALUES ('9999')")
    with pytest.raises(DatabaseError, match="newer version of Outreach"):
        schema.require_current(store.engine)


def test_no_such_database():
    with pytest.raises(DatabaseError, match=r"there is no database nowhere at .*: create it \(`createdb nowhere`\)"):
        schema.require_current(an_engine(postgres.named("nowhere")))


def test_no_such_user(url: str):
    with pytest.raises(DatabaseError, match="check the user in OUTREACH_DATABASE_URL"):
        schema.require_current(an_engine(str(make_url(url).set(username="nobody"))))


def test_nobody_there():
    port = postgres.a_free_port()
    with pytest.raises(DatabaseError, match=rf"PostgreSQL at 127.0.0.1:{port} can't be reached") as failed:
        schema.require_current(an_engine(f"postgresql://ann:s3cret@127.0.0.1:{port}/o"))
    assert "s3cret" not in str(failed.value)


def test_too_few_rights(url: str):
    stranger = an_engine(as_user(url, "GRANT SELECT ON customer TO stranger"))
    with Store(stranger, b"x").reading() as tx:
        assert tx.customers.count() == 0
    with pytest.raises(DatabaseError, match="stranger has too few rights in"), Store(stranger, b"x").writing() as tx:
        tx.customers.save([a_customer()], NOW)


def test_an_extension_that_may_not_be_added(empty: Engine):
    entered = as_user(empty.url.render_as_string(hide_password=False), "GRANT CREATE ON SCHEMA public TO stranger")
    stranger = an_engine(entered)
    with pytest.raises(DatabaseError, match="an administrator run `CREATE EXTENSION btree_gist`"):
        schema.upgrade(stranger)
    assert inspect(stranger).get_table_names() == []


def test_a_standby_or_a_read_only_database(store: Store, url: str):
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(f'ALTER DATABASE "{make_url(url).database}" SET default_transaction_read_only = on')  # type: ignore[call-overload]
    try:
        with pytest.raises(DatabaseError, match="is read-only: it is a standby, or it was set so"), \
             store.writing() as tx:  # fmt: skip
            tx.house.set("a", "b")
    finally:
        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute("SET default_transaction_read_only = off")
            conn.execute(f'ALTER DATABASE "{make_url(url).database}" RESET default_transaction_read_only')  # type: ignore[call-overload]


def cut(url: str) -> None:
    """Every connection to this database but ours is cut, as when the server is restarted."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid()"
        )


def test_a_connection_that_is_lost_leaves_nothing_and_the_work_is_begun_anew(
    store: Store, url: str, caplog: pytest.LogCaptureFixture
):
    tries: list[int] = []

    def work(tx: Transaction) -> int:
        tx.customers.save([a_customer(f"c{len(tries)}")], NOW)
        tries.append(1)
        if len(tries) == 1:
            cut(url)
        return tx.customers.count()

    with caplog.at_level(logging.WARNING):
        assert store.write(work) == 1
    assert len(tries) == 2
    assert "a transaction was given up" in caplog.text
    with store.reading() as tx:
        assert [c for c in ("c0", "c1") if c in tx.customers.get(["c0", "c1"])] == ["c1"]


def test_connections_that_were_cut_while_nobody_used_them(store: Store, url: str):
    for _ in range(3):
        with store.reading() as tx:
            tx.customers.count()
        cut(url)
        assert store.write(lambda tx: tx.customers.count()) == 0


def test_a_page_that_is_read_after_a_restart_doesnt_hear_of_it(store: Store, url: str):
    for _ in range(3):
        with store.reading() as tx:
            assert tx.customers.count() == 0
        cut(url)


def test_without_another_try_it_says_so(store: Store, url: str):
    def fail() -> None:
        with store.writing() as tx:
            cut(url)
            tx.house.set("a", "b")

    with pytest.raises(DatabaseError, match="can't be reached"):
        fail()


def test_tries_are_bounded_and_only_where_they_are_safe():
    calls: list[int] = []

    def lost(maybe_stored: bool) -> None:
        calls.append(1)
        raise LostError("gone", "08000", maybe_stored=maybe_stored)

    with pytest.raises(LostError):
        again(lambda: lost(False), waits=(0, 0))
    assert len(calls) == 3
    with pytest.raises(LostError):
        again(lambda: lost(True), waits=(0, 0))
    assert len(calls) == 4
    with pytest.raises(LostError):
        again(lambda: lost(True), waits=(0, 0), repeatable=True)
    assert len(calls) == 7


def test_two_that_wait_for_each_other(store: Store, url: str, caplog: pytest.LogCaptureFixture):
    """The one that the server gives up begins anew."""
    store.write(lambda tx: tx.customers.save([a_customer("c1"), a_customer("c2")], NOW))
    change = "UPDATE customer SET site = ? WHERE bucket BETWEEN 0 AND 4095 AND id = ?"
    other = psycopg.connect(url)
    other.execute("SET LOCAL deadlock_timeout = '20s'")  # it is we who are given up
    other.execute("UPDATE customer SET site = 'b' WHERE id = 'c2'")

    def work(tx: Transaction) -> int:
        tx.house.write(change, "a", "c1")
        if not other.closed:
            other.pgconn.send_query(b"UPDATE customer SET site = 'b' WHERE id = 'c1'")
        try:
            return tx.house.write(change, "a", "c2")
        except SqlError:
            other.close()  # its work is undone: nobody is in the way of the next try
            raise

    with caplog.at_level(logging.WARNING):
        assert store.write(work) == 1
    assert "given up (40P01)" in caplog.text


def test_a_password_is_never_shown():
    assert shown("postgresql://ann:s3@cret@db:5432/o") == "postgresql://ann:***@db:5432/o"
    assert shown("postgresql:///o?user=ann&password=s3cret&host=db") == "postgresql:///o?user=ann&password=***&host=db"
    assert shown("sqlite:///outreach.db") == "sqlite:///outreach.db"
    with pytest.raises(ConfigError) as failed:
        an_engine("postgresql:/ann:s3cret@db:5432/o")
    assert "s3cret" not in str(failed.value)


def test_workers_on_many_hosts_need_one_secret(url: str):
    with pytest.raises(ConfigError, match="set OUTREACH_SECRET"):
        read_secret(Settings(database_url=url), an_engine(url))
    assert open_store(Settings(database_url=url, secret="one")).secret == b"one"
    with pytest.raises(ConfigError, match="every opt-out would be forgotten"):
        open_store(Settings(database_url=url, secret="another"))

"""The schema: migrations make what the tables declare; a database of another version is refused with a plain word."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, event, inspect
from sqlmodel import SQLModel

from outreach.core.follow_up import evolve
from outreach.errors import ConfigError, DatabaseError
from outreach.store import schema, tables
from outreach.store.database import open_engine, transaction
from outreach.store.follow_ups import FollowUps
from outreach.store.store import Store
from tests.support.business import ON_SQLITE, a_database
from tests.support.guarded import a_follow_up

OF_THE_HOUSE = {"absence", "suppression", "pause", "seen_field", "setting", "tally", "account", "session", "api_key"}


@pytest.fixture
def empty(tmp_path: Path) -> Engine:
    database = open_engine(f"sqlite:///{tmp_path}/outreach.db")
    yield database
    database.dispose()


def test_what_is_due_is_found_without_looking_at_all_that_is(empty: Engine):
    """A whole zone's follow-ups are due at ten o'clock: the first five hundred cost the same, however many wait."""
    schema.upgrade(empty)
    ten = datetime(2026, 11, 2, 15, tzinfo=UTC)
    steps, cost, priorities = [], [], {}
    with transaction(empty) as conn:
        driver, book = conn.connection.driver_connection, FollowUps(conn, "main")
        assert isinstance(driver, sqlite3.Connection)
        for number in (1000, 4000):
            every = [a_follow_up(f"{number}-{i}", due=ten, priority=i % 3) for i in range(number)]
            priorities |= {f.id: f.priority for f in every}
            book.add(evolve(f, customer=f"c{f.id}") for f in every)
            driver.set_progress_handler(lambda: steps.append(1), 100)
            found = book.due(ten, 500)
            driver.set_progress_handler(None, 0)
            cost.append(len(steps))
            steps.clear()
            assert {priorities[id_] for _, id_ in found} == {2} if number == 4000 else {1, 2}
    assert cost[1] < 1.5 * cost[0]


def test_an_upgraded_database_has_the_declared_tables(empty: Engine):
    assert schema.upgrade(empty) == ("", schema.HEAD)
    assert schema.differences(empty) == []


def test_upgrading_twice_changes_nothing(empty: Engine):
    schema.upgrade(empty)
    assert schema.upgrade(empty) == (schema.HEAD, schema.HEAD)


def test_it_goes_down_to_nothing_and_up_again(empty: Engine):
    schema.upgrade(empty)
    schema.downgrade(empty, "base")
    assert set(inspect(empty).get_table_names()) == {"alembic_version"}
    assert schema.upgrade(empty) == ("", schema.HEAD)
    assert schema.differences(empty) == []


def test_the_newest_revision_is_the_one_the_program_names():
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    folder = ScriptDirectory.from_config(config)
    assert folder.get_heads() == [schema.HEAD]
    assert {r.revision for r in folder.walk_revisions()} == set(schema.KNOWN)


def test_a_current_database_is_taken(empty: Engine):
    schema.upgrade(empty)
    schema.require_current(empty)


def test_an_empty_database_says_what_to_do(empty: Engine):
    with pytest.raises(DatabaseError, match="is empty: run `outreach db upgrade`"):
        schema.require_current(empty)


@pytest.mark.parametrize("deed", [schema.require_current, schema.upgrade])
def test_a_newer_database_is_left_alone(empty: Engine, deed):
    schema.upgrade(empty)
    with transaction(empty) as conn:
        conn.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(
        DatabaseError, match=rf"newer version of Outreach \(schema 9999, this one knows up to {schema.HEAD}\)"
    ):
        deed(empty)


def test_an_upgrade_that_fails_leaves_nothing_behind(empty: Engine):
    with transaction(empty) as conn:
        conn.exec_driver_sql("CREATE TABLE trace (oops TEXT)")
    with pytest.raises(Exception, match="trace"):
        schema.upgrade(empty)
    assert inspect(empty).get_table_names() == ["trace"]


def test_every_table_of_a_customer_leads_its_key_with_the_bucket():
    assert tables.CustomerRow.__tablename__ == "customer"
    for table in SQLModel.metadata.tables.values():
        columns = [c.name for c in table.primary_key.columns]
        assert (table.name in OF_THE_HOUSE) or columns[:2] == ["bucket", "tenant_id"], table.name


def test_a_database_that_may_not_be_written_says_so(database_kind: str):
    if database_kind not in ON_SQLITE:
        pytest.skip("see test_postgres")
    database = a_database()
    event.listen(database, "engine_connect", lambda c: c.connection.execute("PRAGMA query_only = ON"))
    with Store(database, b"x").reading() as tx:
        assert tx.customers.count() == 0
    with (
        pytest.raises(DatabaseError, match="is read-only: give this user the right to write"),
        Store(database, b"x").writing() as tx,
    ):
        tx.house.set("a", "b")


def test_a_file_that_is_no_database_says_so(tmp_path: Path):
    (tmp_path / "o.db").write_bytes(b"Dear diary, " * 400)
    database = open_engine(f"sqlite:///{tmp_path}/o.db")
    with pytest.raises(DatabaseError, match="is not an Outreach database, or it is damaged"):
        schema.require_current(database)


def test_a_damaged_database_says_so(empty: Engine, tmp_path: Path):
    schema.upgrade(empty)
    empty.dispose()
    file = tmp_path / "outreach.db"
    file.write_bytes(file.read_bytes()[:8192] + b"\xff" * 60_000)
    database = open_engine(f"sqlite:///{file}")
    with pytest.raises(DatabaseError, match="damaged"), Store(database, b"x").reading() as tx:
        tx.customers.count()
    database.dispose()


def test_a_folder_that_is_not_there_says_so(tmp_path: Path):
    with pytest.raises(DatabaseError, match="make it, or set OUTREACH_DATABASE_URL"):
        open_engine(f"sqlite:///{tmp_path}/nowhere/o.db")


def test_a_database_that_another_process_holds_says_so(empty: Engine, tmp_path: Path):
    schema.upgrade(empty)
    event.listen(empty, "engine_connect", lambda c: c.connection.execute("PRAGMA busy_timeout = 1"))
    other = sqlite3.connect(tmp_path / "outreach.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseError, match="is busy"), Store(empty, b"x").writing():
        pass
    with Store(empty, b"x").reading() as tx:  # a reader reads beside a writer
        assert tx.customers.count() == 0
    other.close()


@pytest.mark.parametrize(
    ("url", "word"), [("nonsense", "is no database address"), ("mysql://localhost/x", "is not yet supported")]
)
def test_an_address_it_cannot_use_is_a_mistake_of_the_settings(url: str, word: str):
    with pytest.raises(ConfigError, match=word):
        open_engine(url)

"""SQLite: one process's file, or memory. Pragmas, explicit transactions, and what its complaints mean."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, StaticPool, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry

from outreach.errors import DatabaseError
from outreach.store import queueing

#: How long a writer waits for another process's transaction, in milliseconds.
BUSY_MS = 30_000
#: Pages after which the write-ahead log is copied back: ten times the default, a third less time per row.
AUTOCHECKPOINT = 10_000


def open_sqlite(url: URL) -> Engine:
    """An engine on a file, or in memory. Raises DatabaseError when the file's folder isn't there."""
    memory = url.database in (None, "", ":memory:")
    if not memory:
        _directory_exists(Path(str(url.database)))
    options: dict[str, Any] = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}} if memory else {}
    engine = create_engine(url, hide_parameters=True, **options)
    if not memory:
        event.listen(engine, "do_connect", _made_private(Path(str(url.database))))
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    if not memory:
        event.listen(engine, "checkin", _on_checkin)
        event.listen(engine, "close", _on_close)
    return engine


def _directory_exists(path: Path) -> None:
    if not path.parent.is_dir():
        raise DatabaseError(
            f"the folder {path.parent} of the database doesn't exist: make it, or set OUTREACH_DATABASE_URL"
        )


def _made_private(path: Path) -> Callable[..., None]:
    """A file that isn't there yet is its owner's alone: customers are in it. What lies beside it takes after it."""

    def make(*_: object) -> None:
        with suppress(OSError):  # SQLite says it better
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))

    return make


def _on_connect(connection: sqlite3.Connection, _record: object) -> None:
    """WAL lets readers read while one writes; FULL, because a committed intent must survive a power cut."""
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    with suppress(sqlite3.OperationalError):  # read-only: reading still works, and the first write says so
        connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA wal_autocheckpoint = {AUTOCHECKPOINT}")
    connection.execute("PRAGMA cache_size = -65536")
    connection.execute("PRAGMA foreign_keys = ON")


def _on_begin(connection: Connection) -> None:
    """A writer takes its lock at once: one that upgrades later is refused without waiting (SQLITE_BUSY_SNAPSHOT)."""
    if connection.get_execution_options().get("reading"):
        connection.exec_driver_sql("BEGIN DEFERRED")
        return
    file = connection.engine.url.database
    if file and file != ":memory:":
        queueing.place_of(connection.info, file).take()
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _on_checkin(_connection: object, record: ConnectionPoolEntry) -> None:
    """The transaction is over, however it ended."""
    queueing.leave(record.info)


def _on_close(_connection: object, record: ConnectionPoolEntry) -> None:
    queueing.close(record.info)


def copy(source: Engine, target: Engine) -> None:
    """All tables of one SQLite database into another that is empty, rows included."""
    with source.connect() as here, target.connect() as there:
        full, empty = here.connection.driver_connection, there.connection.driver_connection
        assert isinstance(full, sqlite3.Connection)
        assert isinstance(empty, sqlite3.Connection)
        full.backup(empty)


def back_up(engine: Engine, target: Path) -> None:
    """A consistent copy into a new file while others read and write; whole, or not there. Raises DatabaseError."""
    beside = target.with_name(f"{target.name}.part")
    beside.unlink(missing_ok=True)
    try:
        beside.touch(0o600)  # it holds what the database holds of people
        with engine.connect() as here:
            raw = here.connection.driver_connection
            assert isinstance(raw, sqlite3.Connection)
            raw.execute("VACUUM INTO ?", (str(beside),))
        _whole(beside)
        beside.replace(target)
    except OSError as error:
        raise DatabaseError(f"the copy can't be written to {target}: {error.strerror}") from error
    finally:
        beside.unlink(missing_ok=True)


def _whole(file: Path) -> None:
    """Written through to the disk, and sound. Raises DatabaseError."""
    with file.open("rb") as written:
        os.fsync(written.fileno())
    copied = sqlite3.connect(file)
    try:
        said = [row[0] for row in copied.execute("PRAGMA integrity_check(3)")]
    finally:
        copied.close()
    if said != ["ok"]:
        raise DatabaseError(f"the copy is damaged, and so is the database perhaps: {'; '.join(said)}; nothing was kept")


def plain_word(engine: Engine, error: BaseException) -> str | None:
    """What SQLite's complaint means and what to do; None when it's a fault of ours."""
    name = engine.url.database or "the database"
    low = str(error).lower()
    if low.startswith("moved to "):
        return f"{name} was {error} and is sealed: stop this program, and set OUTREACH_DATABASE_URL to the new one"
    if "readonly" in low or "read-only" in low:
        return f"{name} is read-only: give this user the right to write the file and its folder"
    if "locked" in low or "busy" in low:
        return f"{name} is busy: another process holds it for longer than {BUSY_MS // 1000} seconds"
    if "unable to open" in low:
        return f"{name} can't be opened: does its folder exist, and may this user write there?"
    if "disk" in low and "full" in low:
        return f"the disk is full: nothing was stored in {name}"
    if "disk i/o" in low:
        return f"{name} can't be read or written: is its disk sound, or was the file replaced while this program ran?"
    if "not a database" in low or "malformed" in low:
        return f"{name} is not an Outreach database, or it is damaged: restore it from a backup"
    if "no such table" in low:
        return f"{name} has no tables yet: run `outreach db upgrade`"
    return None

"""Opening a database: SQLite or PostgreSQL by its address, transactions, and a plain word when it can't be used."""

from __future__ import annotations

import logging
import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.exc import DatabaseError as SqlError

from outreach.errors import ConfigError, DatabaseError
from outreach.store import postgresql, sqlite
from outreach.store.sqlite import copy

__all__ = ["again", "copy", "open_engine", "shown", "transaction"]

log = logging.getLogger("outreach.store")
T = TypeVar("T")
#: Seconds to wait before a transaction is tried again; so often it is.
WAITS = (0.02, 0.1, 0.5, 1.5, 3.0)


class LostError(DatabaseError):
    """The database gave a transaction up, as its SQLSTATE `state` says; it may be begun anew. `maybe_stored`: the
    connection broke while it was being stored, so nobody knows whether it was."""

    def __init__(self, said: str, state: str, *, maybe_stored: bool = False):
        super().__init__(said)
        self.state, self.maybe_stored = state, maybe_stored


def open_engine(url: str) -> Engine:
    """An engine for `sqlite:///FILE`, `sqlite://` (memory) or `postgresql://…`. Raises ConfigError."""
    try:
        parsed = make_url(postgresql.several_hosts(url))
    except (ArgumentError, ValueError) as error:
        raise ConfigError(
            f"OUTREACH_DATABASE_URL is no database address: {shown(url)!r} (write sqlite:///outreach.db"
            " or postgresql://user:password@host/database)"
        ) from error
    match parsed.get_backend_name():
        case "sqlite":
            return sqlite.open_sqlite(parsed)
        case "postgresql" | "postgres":
            return postgresql.open_postgresql(parsed)
        case other:
            raise ConfigError(
                f"{other} is not yet supported: write sqlite:///outreach.db or postgresql://host/database"
            )


def shown(url: str) -> str:
    """An address as it may be shown: without its password."""
    return re.sub(r"(:/*[^:/@]*):.*@", r"\1:***@", re.sub(r"(password=)[^&]*", r"\1***", url))


@contextmanager
def transaction(engine: Engine, *, reading: bool = False, changing: bool = False) -> Iterator[Connection]:
    """One transaction; commits at the end. `changing` is one that changes the schema. A database that can't be used
    raises DatabaseError with what to do."""
    stage = "connecting"
    connection: Connection | None = None
    try:
        with _entered(engine, {"reading": reading, "changing": changing}) as connection:
            stage = "working"
            yield connection
            stage = "committing"
            connection.commit()
            stage = "done"
    except Exception as error:
        said = _translated(engine, connection, error, stage)
        if said is None:
            raise
        raise said from error


def _entered(engine: Engine, options: dict[str, bool]) -> Connection:
    """A connection on which a transaction has begun. One that was cut while it lay in the pool shows it only now, and
    nothing was done on it yet: the next one is new."""
    for last in (False, True):
        connection = engine.connect().execution_options(**options)
        try:
            connection.begin()
            break
        except SqlError:
            stale = connection.invalidated
            connection.close()
            if last or not stale:
                raise
    return connection


def _translated(engine: Engine, connection: Connection | None, error: Exception, stage: str) -> DatabaseError | None:
    """The plain word; None for what is no complaint of the database's, or a fault of ours."""
    orig = getattr(error, "orig", None) or error
    if engine.dialect.name == "sqlite":
        said = sqlite.plain_word(engine, orig) if isinstance(error, SqlError | sqlite3.Error) else None
        return DatabaseError(said) if said else None
    import psycopg

    if not isinstance(orig, psycopg.Error):
        return None
    state, said = postgresql.state_of(orig), postgresql.plain_word(engine, orig)
    if said is None:
        return None
    if postgresql.is_lost(orig):
        return LostError(said, state, maybe_stored=stage == "committing")
    return LostError(said, state) if state in postgresql.AGAIN else DatabaseError(said)


def again(work: Callable[[], T], *, repeatable: bool = False, waits: Sequence[float] = WAITS) -> T:
    """Do `work`, which is one whole transaction, and begin it anew when the database gave it up: another one was in
    its way, or the connection was lost before it was stored. Where that isn't known, only work that is `repeatable`
    (done twice, it changes nothing) is."""
    for n, wait in enumerate(waits, 1):
        try:
            return work()
        except LostError as error:
            if error.maybe_stored and not repeatable:
                raise
            log.warning(
                "a transaction was given up (%s); try %d of %d in %s s", error.state, n + 1, len(waits) + 1, wait
            )
            time.sleep(wait)
    return work()

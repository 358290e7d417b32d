"""Speaking to the driver itself, by one cursor that lasts as long as its connection.

SQLAlchemy opens the connections, begins and ends the transactions, and describes the tables; each statement in between
by its way, with a cursor of its own, costs a small claim's worker as much again as what it does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

#: A driver keeps the answer until the next question; one with more rows than this is let go with its cursor.
MOST_KEPT = 1_000
_PLACE = "cursor"


def fetch(conn: Connection, sql: str, values: Sequence[Any]) -> Sequence[Any]:
    """All rows."""
    cursor = _cursor(conn)
    cursor.execute(sql, values)
    rows: Sequence[Any] = cursor.fetchall()
    if len(rows) > MOST_KEPT:
        conn.info.pop(_PLACE).close()
    return rows


def change(conn: Connection, sql: str, values: Sequence[Any]) -> int:
    """How many rows one statement changed. Raises as SQLAlchemy does."""
    cursor = _cursor(conn)
    try:
        cursor.execute(sql, values)
    except Exception as error:
        raise _told(conn, sql, error) from error
    return int(cursor.rowcount)


def change_many(conn: Connection, sql: str, rows: Sequence[Sequence[Any]]) -> int:
    """How many rows the same statement changed, done for each of these. Raises as SQLAlchemy does."""
    cursor = _cursor(conn)
    try:
        cursor.executemany(sql, rows)
    except Exception as error:
        raise _told(conn, sql, error) from error
    return int(cursor.rowcount)


def _cursor(conn: Connection) -> Any:
    """`info` lives and dies with the connection to the database, and only its transaction speaks by it."""
    cursor = conn.info.get(_PLACE)
    if cursor is None:
        cursor = conn.info[_PLACE] = conn.connection.cursor()
    return cursor


def _told(conn: Connection, sql: str, error: Exception) -> BaseException:
    """A complaint of the driver's as SQLAlchemy tells it, never with the values."""
    complaint = conn.dialect.loaded_dbapi.Error
    return DBAPIError.instance(sql, None, error, complaint, hide_parameters=True, dialect=conn.dialect)

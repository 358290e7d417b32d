"""Bytes that a row takes on the disk, its indexes included, in a database that the engine itself has filled.

python -m bench.rowsizes [follow-ups]
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from bench.queues import ours
from bench.servers import Unavailable, postgres

TABLES = ("customer", "address", "event", "follow_up", "attempt", "touch", "trace")


def on_sqlite(number: int) -> dict[str, float]:
    """By table, and the whole file by customer under ""."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "rows.db"
        ours.run(f"sqlite:///{file}", number, 1)
        with sqlite3.connect(file) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            pages = "SELECT m.tbl_name, sum(s.pgsize) FROM dbstat s JOIN sqlite_master m ON m.name = s.name GROUP BY 1"
            sizes = dict(connection.execute(pages))
            rows = {t: connection.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in TABLES}
        connection.close()
    return _each(sizes, rows)


def on_postgres(url: str, number: int) -> dict[str, float]:
    """The same, after a VACUUM."""
    ours.run(url, number, 1)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM")
        sizes = {t: connection.execute("SELECT pg_total_relation_size(%s)", [t]).fetchone()[0] for t in TABLES}  # type: ignore[index]
        rows = {t: connection.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in TABLES}  # type: ignore[index]
    return _each(sizes, rows)


def _each(sizes: Mapping[str, int], rows: Mapping[str, int]) -> dict[str, float]:
    each = {table: sizes[table] / rows[table] for table in TABLES}
    return each | {"": sum(sizes[table] for table in TABLES) / rows["customer"]}


def main(number: int = 20_000) -> None:
    """Print a table."""
    found = {"SQLite": on_sqlite(number)}
    try:
        with postgres() as server:
            found["PostgreSQL"] = on_postgres(server + "postgres", number)
    except (Unavailable, SystemExit) as why:
        print(f"PostgreSQL: not available: {why}")
    print(f"bytes for a row, {number:,} follow-ups sent\n")
    print(f"{'':12}" + "".join(f"{name:>12}" for name in found))
    for table in (*TABLES, ""):
        print(f"{table or 'all of one':12}" + "".join(f"{each[table]:>12,.0f}" for each in found.values()))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

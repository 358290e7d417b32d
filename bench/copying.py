"""Events per second through the whole way in on PostgreSQL, beside a bare COPY of the same rows into the same table.

    python -m bench.copying [events]

As `bench.ingest`, which has the rules and the events: in turns, in batches of a thousand; the ratio is the figure.
"""

from __future__ import annotations

import sys
from pathlib import Path

import psycopg

from bench.ingest import (
    BATCH,
    CUSTOMERS,
    ROUNDS,
    Cpu,
    Took,
    lines,
    now,
    prepared,
    print_pairs,
    ready_rows,
    rulebook,
    since,
    whole_way,
)
from bench.servers import Unavailable, postgres
from outreach.bootstrap import calm_collector
from outreach.errors import ConfigError
from outreach.store.dialect import names
from outreach.store.events import COLUMNS


def bare_copy(url: str, raw: list[bytes]) -> Took:
    """Seconds for copying the very same rows, ready-made, into the table of events with its keys."""
    prepared(url).engine.dispose()
    rows = ready_rows(raw)
    with psycopg.connect(url, autocommit=True) as connection:
        server = spent_by(connection.info.backend_pid)
        began = now(server)
        for i in range(0, len(rows), BATCH):
            with connection.cursor().copy(f"COPY event ({names(COLUMNS)}) FROM STDIN") as copy:
                for row in rows[i : i + BATCH]:
                    copy.write_row(row)
        return since(began, server)


def spent_by(process: int) -> Cpu:
    """The CPU time of one of the server's processes; nothing where the system doesn't tell."""
    told = Path(f"/proc/{process}/schedstat")
    return lambda: int(told.read_text().split()[0]) / 1e9 if told.exists() else 0.0


def main(count: int = 20_000) -> None:
    """Run both in turns and print a table."""
    try:
        with postgres() as server:
            compare(server, count)
    except (Unavailable, ConfigError) as why:
        print(f"beside a COPY on PostgreSQL: not available: {why}")


def compare(server: str, count: int) -> None:
    """Each round on databases of its own."""
    raw, book, pairs = lines(count), rulebook(), []
    calm_collector()
    for turn in range(ROUNDS):
        for name in (f"bare{turn}", f"whole{turn}"):
            with psycopg.connect(server + "postgres", autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}")
        bare = bare_copy(f"{server}bare{turn}", raw)
        store = prepared(f"{server}whole{turn}")
        with store.reading() as tx:
            process = int(tx.house.read("SELECT pg_backend_pid()")[0][0])  # there is one connection, which is kept
        whole = whole_way(store, book, raw, spent_by(process))
        store.engine.dispose()
        pairs.append((bare, whole))
    print_pairs(pairs, count, "COPY")
    print(f"{count:,} events, {CUSTOMERS:,} customers, 20 rules, PostgreSQL, one connection, batches of {BATCH}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

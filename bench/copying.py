"""Events per second through the whole way in on PostgreSQL, beside a bare COPY of the same rows into the same table.

    python -m bench.copying [events]

As `bench.ingest`, which has the rules and the events: in turns, in batches of a thousand; the ratio is the figure.
"""

from __future__ import annotations

import sys
import time
from statistics import median

import psycopg

from bench.ingest import BATCH, CUSTOMERS, ROUNDS, lines, prepared, ready_rows, rulebook, whole_way
from bench.servers import Unavailable, postgres
from outreach.bootstrap import calm_collector
from outreach.errors import ConfigError
from outreach.store.dialect import names
from outreach.store.events import COLUMNS


def bare_copy(url: str, raw: list[bytes]) -> float:
    """Seconds for copying the very same rows, ready-made, into the table of events with its keys."""
    prepared(url).engine.dispose()
    rows = ready_rows(raw)
    with psycopg.connect(url, autocommit=True) as connection:
        start = time.perf_counter()
        for i in range(0, len(rows), BATCH):
            with connection.cursor().copy(f"COPY event ({names(COLUMNS)}) FROM STDIN") as copy:
                for row in rows[i : i + BATCH]:
                    copy.write_row(row)
        return time.perf_counter() - start


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
        whole = whole_way(store, book, raw)
        store.engine.dispose()
        pairs.append((bare, whole))
        print(f"round {turn + 1}: COPY {count / bare:8,.0f}/s   whole way {count / whole:8,.0f}/s   {bare / whole:.2f}")
    print(f"\n{count:,} events, {CUSTOMERS:,} customers, 20 rules, PostgreSQL, one connection, batches of {BATCH}")
    print(f"bare COPY  {median(b for b, _ in pairs) / count * 1e6:6.1f} µs an event")
    print(f"whole way  {median(w for _, w in pairs) / count * 1e6:6.1f} µs an event")
    print(f"ratio      {median(b / w for b, w in pairs):6.2f}  (goal: a third)")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

"""Keeping N follow-ups, and doing them when they are due: ours beside the usual job queues, each with the same N.

    python -m bench.workers [follow-ups] [rounds]

Every entrant runs in a process of its own, one after the other, round by round; the medians are compared. Ours does
more for each: it decides by rule, guard and ledger, renders the text, and keeps event, trace and attempt for good,
where a queue hands over a job and deletes it. In return ours takes batches, where most queues take one job a call.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import psycopg

from bench.servers import Unavailable, postgres, redis

PHASES = ("persist", "dispatch")
Took = dict[str, float]
STORE = "APScheduler"
LONGEST = 120
#: The goals: how many times as fast as APScheduler's own store on the same database, and as the fastest of the queues.
OWN_STORE, QUEUES = {"persist": 50, "dispatch": 10}, {"persist": 5, "dispatch": 5}


@dataclass(frozen=True, slots=True)
class Entrant:
    """`module` in `bench.queues`, on a database of this kind."""

    label: str
    module: str
    kind: str
    workers: int = 1

    @property
    def name(self) -> str:
        """How the table calls it."""
        return f"{self.label}, {self.kind}" + (f", {self.workers} workers" if self.workers > 1 else "")


#: "SQLite" is opened as each opens it of itself; "SQLite FULL" with the write-ahead log and a sync at every commit.
ENTRANTS = (
    Entrant("ours", "ours", "SQLite FULL"),
    Entrant("ours", "ours", "PostgreSQL"),
    Entrant("ours", "ours", "PostgreSQL", 2),
    Entrant("ours", "ours", "PostgreSQL", 4),
    Entrant(STORE, "by_apscheduler", "SQLite"),
    Entrant(STORE, "by_apscheduler", "SQLite FULL"),
    Entrant(STORE, "by_apscheduler", "PostgreSQL"),
    Entrant("procrastinate", "by_procrastinate", "PostgreSQL"),
    Entrant("Celery", "by_celery", "Redis"),
    Entrant("huey", "by_huey", "SQLite"),
    Entrant("huey", "by_huey", "SQLite FULL"),
)


def main(number: int = 1000, rounds: int = 3, entrants: Sequence[Entrant] = ENTRANTS) -> None:
    """Run them all and print the tables."""
    took: dict[Entrant, list[Took]] = {entrant: [] for entrant in entrants}
    missing: dict[Entrant, str] = {}
    with ExitStack() as stack, TemporaryDirectory(prefix="bench-") as folder:
        places = Places(Path(folder), stack)
        for turn in range(rounds):
            for entrant in [*entrants[turn % len(entrants) :], *entrants[: turn % len(entrants)]]:
                if entrant in missing:
                    continue
                try:
                    took[entrant].append(measured(entrant, places.fresh(entrant.kind), number))
                except Unavailable as why:
                    missing[entrant] = str(why)
    middle = {e: {p: median(t[p] for t in ts) / number * 1e6 for p in ts[0]} for e, ts in took.items() if ts}
    print(f"{number:,} follow-ups, {rounds} rounds; µs for one, and how many a second")
    print_table(middle, missing)
    print_goals(middle)


class Places:
    """Databases that nobody has used; the servers are started when the first asks for one."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder, self._stack, self._made = folder, stack, 0
        self._servers: dict[str, str] = {}

    def fresh(self, kind: str) -> str:
        """The address of an empty one. Raises Unavailable."""
        self._made += 1
        if kind.startswith("SQLite"):
            return f"sqlite{'+ours' if 'FULL' in kind else ''}:///{self._folder}/{self._made}.db"
        if kind == "Redis":
            return self._server(kind, redis).removesuffix("0") + str(self._made % 16)
        server = self._server(kind, postgres)
        with psycopg.connect(server + "postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE bench_{self._made}")
        return server + f"bench_{self._made}"

    def _server(self, kind: str, start: Callable[[], AbstractContextManager[str]]) -> str:
        if kind not in self._servers:
            self._servers[kind] = self._stack.enter_context(start())
        return self._servers[kind]


def measured(entrant: Entrant, url: str, number: int) -> Took:
    """Seconds by phase. Raises Unavailable with what the entrant said when it could not."""
    command = [sys.executable, "-m", "bench.queues", entrant.module, url, str(number), str(entrant.workers)]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, cwd=Path(__file__).parent.parent)
    except subprocess.TimeoutExpired:
        raise Unavailable(f"not done within {LONGEST} seconds") from None
    if ran.returncode:
        raise Unavailable((ran.stderr.strip().splitlines() or [f"exit code {ran.returncode}"])[-1])
    found: Took = json.loads(ran.stdout.strip().splitlines()[-1])
    return found


def print_table(middle: Mapping[Entrant, Took], missing: Mapping[Entrant, str]) -> None:
    """One line an entrant: wall time, and the CPU time of its own processes (servers not included)."""
    heads = "".join(f"{phase + 'ing µs':>16}{'its CPU':>9}{'a second':>11}" for phase in PHASES)
    print(f"\n{'':32}{heads}")
    for entrant, took in middle.items():
        cells = (f"{took[p]:>16,.0f}{took[f'{p}_cpu']:>9,.0f}{1e6 / took[p]:>11,.0f}" for p in PHASES)
        print(f"{entrant.name:32}" + "".join(cells))
    for entrant, why in missing.items():
        print(f"{entrant.name:32}  not available: {why}")


def print_goals(middle: Mapping[Entrant, Took]) -> None:
    """How many times as fast ours is as each of the others, and which goals that reaches."""
    mine = {e: t for e, t in middle.items() if e.module == "ours"}
    others = {e: t for e, t in middle.items() if e.module != "ours"}
    for phase in PHASES:
        print(f"\n{phase + 'ing: times as fast':32}" + "".join(f"{e.name.partition(', ')[2]:>23}" for e in mine))
        for peer, there in others.items():
            print(f"{peer.name:32}" + "".join(f"{there[phase] / took[phase]:>22.1f}×" for took in mine.values()))
    print()
    for ours, took in mine.items():
        own = [t for e, t in others.items() if e.label == STORE and e.kind == ours.kind.removesuffix(" FULL")]
        queues = [t for e, t in others.items() if e.label != STORE]
        for phase in PHASES:
            for name, goal, peers in ((STORE, OWN_STORE[phase], own), ("the fastest queue", QUEUES[phase], queues)):
                if peers:
                    times = min(t[phase] for t in peers) / took[phase]
                    verdict = "reached" if times >= goal else "NOT reached"
                    print(f"{ours.name:30} {phase + 'ing':12} {times:6.1f}× {name} (goal {goal}×): {verdict}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

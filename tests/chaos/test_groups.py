"""Workers whose transactions keep to one group of buckets, on customers who share phones, killed with -9 at any moment,
in between two steps of a reservation as well: no cap and no gap is broken, for no customer and for no address, and what
they left is free again in the end. OUTREACH_TEST_GROUPS_SECONDS makes it longer."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

import pytest

from bench.hot import _found, asked, broken, half_done, rows
from outreach.flow.evening import EXPIRES, even_group
from outreach.proof.proving import prove
from tests.chaos.hot_groups import engine_of, work
from tests.support import postgres

pytestmark = [pytest.mark.slow, pytest.mark.chaos, pytest.mark.postgres]
SECONDS = float(os.environ.get("OUTREACH_TEST_GROUPS_SECONDS", "4"))
WORKERS = 3
#: Entries of addresses that their customers don't have so; and of customers that no address has.
UNEVEN = """
SELECT a.subject, a.id, a.state FROM touch a LEFT JOIN touch c ON c.subject = 'c:' || a.customer AND c.id = a.id
 WHERE substr(a.subject, 1, 2) = 'a:' AND (c.id IS NULL OR (c.state, c.at) <> (a.state, a.at))
UNION ALL
SELECT c.subject, c.id, c.state FROM touch c LEFT JOIN touch a ON a.subject = 'a:' || c.address_key AND a.id = c.id
 WHERE substr(c.subject, 1, 2) = 'c:' AND c.address_key <> '' AND a.id IS NULL
"""


@dataclass
class Crew:
    """Workers as processes; who is killed is replaced."""

    folder: Path
    url: str
    processes: list[BaseProcess]
    started: int = 0
    killed: int = 0

    def start(self) -> BaseProcess:
        self.started += 1
        # not forked from here: this process may have threads and connections
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["tests.chaos.hot_groups"])
        process = context.Process(target=work, args=(self.folder, self.url, self.started), daemon=True)
        process.start()
        return process

    def run(self, seconds: float, chance: Random) -> None:
        late = time.monotonic() + 60
        while not asked(self.url, "SELECT 1 FROM touch LIMIT 1"):
            assert time.monotonic() < late, "nobody works"
            time.sleep(0.2)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(chance.uniform(0.6, 1.6))
            which = chance.randrange(len(self.processes))
            self.processes[which].kill()
            self.processes[which].join(10)
            self.killed += 1
            self.processes[which] = self.start()

    def end(self) -> None:
        for process in self.processes:
            process.kill()
            process.join(10)


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[Crew]:
    url = postgres.made()
    _found(tmp_path, url)
    made = Crew(tmp_path, url, [])
    yield made
    made.end()
    postgres.dropped(url)


def test_killed_at_any_moment_nothing_is_broken_and_nothing_stays(crew: Crew):
    crew.processes = [crew.start() for _ in range(WORKERS)]
    crew.run(SECONDS, Random(3))
    crew.end()
    entries = rows(crew.url)
    left = asked(crew.url, UNEVEN)
    engine = engine_of(crew.folder, crew.url, "last")
    now = engine.clock.now()
    evened = sum(even_group(engine.store, g, now + EXPIRES + timedelta(seconds=1)) for g in engine.store.groups)
    print(f"{crew.killed} kills, {len(entries)} entries, {len(left)} left uneven, {evened} evened out")
    assert crew.killed >= 3
    assert len(entries) > 8
    assert broken(entries) == []
    assert half_done(crew.url) == []
    assert asked(crew.url, UNEVEN) == []
    assert not [f for f in prove(engine.store, engine.policy, now).faults if f.check in ("entries", "gap", "cap")]
    engine.store.engine.dispose()

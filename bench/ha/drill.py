"""The drill: work under load, leaders and workers that die in the middle of it, and what was to be seen meanwhile."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from bench.ha import handles
from bench.ha.cluster import Cluster
from bench.ha.house import LEASE, House
from bench.ha.load import Load
from bench.ha.node import Node
from bench.ha.record import Record
from bench.ha.waiting import wait_for

#: Seconds of work before each death of a leader, and between two deaths of workers, about.
BETWEEN, WORKER_DIES = 20.0, 6.0
#: Longest wait in seconds: for writes after a death, for the dead node to be back, for the rest of the work.
WRITES, WHOLE, REST = 120.0, 240.0, 600.0


@dataclass(frozen=True, slots=True)
class Failover:
    """One leader's death, in seconds from it: the first event stored again, the node back in its place."""

    died: str
    leads: str
    refused: float
    whole: float


@dataclass(slots=True)
class Drill:
    """`deaf`: before the leader dies, the standbys stop hearing it for so many seconds, and hear no more of it. `hang`:
    leaders don't die, their Patroni stands still for so many seconds, while PostgreSQL goes on beside the new leader's.
    """

    cluster: Cluster
    house: House
    load: Load
    kills: int
    deaf: float = 0.0
    hang: float = 0.0
    failovers: list[Failover] = field(default_factory=list)
    workers_killed: int = 0
    drained: float = 0.0
    _chance: Random = field(default_factory=lambda: Random(7))

    def run(self) -> None:
        """All of it; at the end the work that was left is done and every process stopped."""
        self.load.start()
        for _ in range(self.kills):
            self._work(BETWEEN)
            self.failovers.append(self._leader_hangs() if self.hang else self._leader_dies())
            print(f"  {self.failovers[-1]}", flush=True)
        self._work(BETWEEN)
        self.load.stop()
        self.drained = self._rest()
        self.house.close()

    def _work(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(left, self._chance.uniform(0.5, 1.5) * WORKER_DIES))
            self._worker_dies()
            self.house.tend()

    def _worker_dies(self) -> None:
        self.house.kill_worker(self._chance.randrange(len(self.house.workers)))
        self.workers_killed += 1

    def _leader_dies(self) -> Failover:
        leader = self.cluster.leader()
        assert leader is not None
        receivers = self._deafen([n for n in self.cluster.nodes if n is not leader]) if self.deaf else []
        died = time.monotonic()
        leader.kill()
        dead = time.monotonic()
        handles.signal_all(receivers, signal.SIGKILL)  # with what the kernel still kept for them
        refused = self._writes_again(dead) + dead - died
        leader.start()
        return self._joined(leader, died, refused)

    def _leader_hangs(self) -> Failover:
        leader = self.cluster.leader()
        assert leader is not None
        leader.hang()
        died = time.monotonic()
        self._work(self.hang)
        leader.go_on()
        self._writes_again(time.monotonic())
        return self._joined(leader, died, self.load.pause(died))

    def _writes_again(self, since: float) -> float:
        self._meanwhile(lambda: self.load.refused(since), WRITES, "nothing was stored again")
        return self.load.refused(since)

    def _joined(self, leader: Node, died: float, refused: float) -> Failover:
        self._worker_dies()
        self._meanwhile(self.cluster.whole, WHOLE, f"{leader.name} isn't back")
        leads = self.cluster.leader()
        return Failover(leader.name, leads.name if leads else "nobody", refused, time.monotonic() - died)

    def _meanwhile(self, happened: Callable[[], object], seconds: float, otherwise: str) -> None:
        def tended() -> object:
            self.house.tend()
            return happened()

        wait_for(tended, seconds, otherwise)

    def _deafen(self, standbys: list[Node]) -> list[int]:
        receivers = [pid for pid in (node.receiver() for node in standbys) if pid]
        handles.signal_all(receivers, signal.SIGSTOP)
        time.sleep(self.deaf)
        return receivers

    def _rest(self) -> float:
        """Until nothing is due any more: what is left waits for its moment, or has ended."""
        record = Record(self.cluster.address())
        quiet = 0.0

        def nothing_left() -> bool:
            nonlocal quiet
            quiet = quiet or time.monotonic() if not record.due() else 0.0
            return bool(quiet) and time.monotonic() - quiet > 3

        return wait_for(nothing_left, REST + LEASE, "there is still something due")


def logs_of(folder: Path) -> list[str]:
    """What `outreach` complained of, by process kind: how many lines, and the last."""
    told = []
    for name in ("serve.log", "workers.log"):
        lines = [line for line in (folder / name).read_text(errors="replace").splitlines() if line.strip()]
        told.append(f"{name}: {len(lines)} lines")
    return told

"""High availability, proved with the real parts: three Patroni nodes, workers under load, leaders that die.

    python -m bench.ha [--kills 2] [--workers 4] [--customers 1500] [--rate 30] [--async] [--install]

Exit code 0 when every promise held (with --async: when it was seen to break), 1 when not, 2 when something is missing.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time

from bench.ha import carrier
from bench.ha.cluster import Cluster
from bench.ha.count import judge, states
from bench.ha.drill import Drill, logs_of
from bench.ha.house import House
from bench.ha.load import Load
from bench.ha.parts import INSTALL, Missing, find
from bench.ha.record import Record
from bench.ha.wanted import Wanted


def options() -> argparse.Namespace:
    """What was typed."""
    parser = argparse.ArgumentParser(prog="python -m bench.ha", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kills", type=int, default=2, help="leaders that die (default 2)")
    parser.add_argument("--workers", type=int, default=4, help="processes of `outreach worker` (default 4)")
    parser.add_argument("--customers", type=int, default=1500)
    parser.add_argument("--rate", type=float, default=30.0, help="events a second (default 30)")
    parser.add_argument("--ttl", type=int, default=20, help="Patroni's, in seconds (default 20)")
    parser.add_argument("--etcd", type=int, default=1, help="etcd members: 1 (default) or 3")
    parser.add_argument("--strict", action="store_true", help="synchronous_mode_strict")
    parser.add_argument("--hang", type=float, default=0.0, help="leaders' Patroni hangs so many seconds, nobody dies")
    parser.add_argument("--deaf", type=float, help="seconds in which standbys hear nothing before the leader dies")
    parser.add_argument(
        "--async", dest="asynchronous", action="store_true",
        help="no synchronous standby, and deaf ones for 3 seconds: something must get lost, and be told",
    )  # fmt: skip
    parser.add_argument("--install", action="store_true", help=f"first {' '.join(INSTALL)}")
    parser.add_argument("--keep", action="store_true", help="leave the folder with logs and data")
    return parser.parse_args()


def main() -> int:
    """The whole drill; the exit code."""
    o = options()
    deaf = o.deaf if o.deaf is not None else 3.0 if o.asynchronous else 0.0
    try:
        parts = find(install=o.install)
    except Missing as error:
        print(error, file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # told to stop, it takes down what it has put up
    wanted = Wanted(etcd=o.etcd, synchronous=not o.asynchronous, strict=o.strict, ttl=o.ttl)
    start = time.monotonic()
    with Cluster(parts, wanted, keep=o.keep) as cluster:
        print(f"cluster up after {time.monotonic() - start:.0f} s: {cluster.roles()}", flush=True)
        folder = cluster.folder / "house"
        folder.mkdir()
        house = House(parts, folder, cluster.address(), o.customers)
        house.found()
        house.open(o.workers)
        print(f"{o.workers} workers and the door ready after {time.monotonic() - start:.0f} s", flush=True)
        load = Load(house.port, folder / "acknowledged.txt", o.customers, o.rate)
        drill = Drill(cluster, house, load, o.kills, deaf, o.hang)
        drill.run()
        broken = tell(drill, Record(cluster.address()), time.monotonic() - start)
    if o.asynchronous:
        print("lost without a synchronous standby, and told" if broken else "nothing was lost this time: run it again")
    return int(broken != o.asynchronous)


def tell(drill: Drill, record: Record, seconds: float) -> bool:
    """Print all figures; whether a promise was broken."""
    load, sent = drill.load, carrier.read(drill.house.sent)
    broken = judge(record, load.acknowledged(), sent)
    verified, broken["violations found by `outreach verify`"] = drill.house.verify()
    print(
        f"\n{seconds:.0f} s, {len(drill.failovers)} leaders and {drill.workers_killed} workers killed (SIGKILL)"
        f", {drill.house.gave_up} workers ended by themselves and were started again"
    )
    for f in drill.failovers:
        print(f"  {f.died} died, {f.leads} leads: writes refused {f.refused:.1f} s, whole again after {f.whole:.1f} s")
    print(f"events offered {load.offered}, acknowledged {len(load.acknowledged())}; messages sent {len(sent)}")
    print(f"follow-ups: {states(record.follow_ups())}; attempts: {record.attempts()}")
    print(f"the rest was done {drill.drained:.1f} s after the last event")
    for answer, times in load.refusals.most_common(8):
        print(f"  refused {times} times: {answer}")
    print("\n".join(f"  {line}" for line in logs_of(drill.house.folder)))
    print(f"outreach verify: {verified}")
    for promise, cases in broken.items():
        print(f"{len(cases):6d}  {promise}{': ' + '; '.join(cases[:5]) if cases else ''}")
    return any(broken.values())


if __name__ == "__main__":
    sys.exit(main())

"""Processes that are started here and ended here, each by its own number; none outlives us.

A killed Patroni leaves its PostgreSQL behind. Orphans are ours (we ask the kernel for them), so that they can be found
and ended; and should we be killed ourselves, the kernel tells those we started to stop.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from bench.ha.parts import Parts

PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> None:
    """From now on orphans among our descendants become our children."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "the kernel gives no orphans")
    threading.Thread(target=_bury_orphans, daemon=True).start()


def _bury_orphans() -> None:
    """A PostgreSQL that ended stays a zombie until its parent asks, and its Patroni waits for it to be gone."""
    while True:
        for pid in children(os.getpid()):
            with suppress(OSError):
                if Path(f"/proc/{pid}/comm").read_text() == "postgres\n":
                    os.waitpid(pid, os.WNOHANG)
        time.sleep(0.2)


def start(
    parts: Parts,
    command: list[str],
    log: Path,
    env: Mapping[str, str] | None = None,
    *,
    as_user: bool = False,
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Begin, output into a file. Call it on the main thread: the process is told to stop when that ends."""
    who = [f"--reuid={parts.user}", f"--regid={parts.user}", "--clear-groups"] if as_user and parts.user else []
    with log.open("ab") as out:
        return subprocess.Popen(
            [parts.setpriv, "--pdeathsig=TERM", *who, "--", *command], env=env, stdin=subprocess.DEVNULL,
            stdout=out, stderr=subprocess.STDOUT, cwd=cwd or log.parent,
        )  # fmt: skip


def stop(process: subprocess.Popen[bytes], patience: float = 15.0) -> None:
    """SIGTERM, and SIGKILL when it takes too long."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def children(parent: int) -> list[int]:
    """The processes whose parent this one is."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError, IndexError):
                if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                    found.append(int(entry.name))
    return found


def descendants(parent: int) -> list[int]:
    """Its children, their children and so on."""
    mine = children(parent)
    return mine + [further for child in mine for further in descendants(child)]


def signal_all(pids: Iterable[int], which: signal.Signals) -> None:
    """The same signal to each; who is gone already is left out."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, which)


def kill_tree(pid: int) -> None:
    """SIGKILL to a process and all below it: stopped first, so that none is born meanwhile."""
    signal_all([pid], signal.SIGSTOP)
    doomed = [pid, *descendants(pid)]
    signal_all(doomed, signal.SIGKILL)
    reap(doomed)


def reap(pids: Iterable[int], patience: float = 5.0) -> None:
    """Take leave of the dead: a zombie would still count as running."""
    end = time.monotonic() + patience
    for pid in pids:
        while time.monotonic() < end:
            try:
                if os.waitpid(pid, os.WNOHANG)[0] == pid:
                    break
            except ChildProcessError:  # not ours (yet), or waited for by its own handle
                if not Path(f"/proc/{pid}").exists():
                    break
            time.sleep(0.01)


def end_all() -> int:
    """At the end: whatever is still below us is killed; how many there were."""
    left = descendants(os.getpid())
    for pid in left:
        kill_tree(pid)
    return len(left)

"""`outreach` in processes that are forked from one that has everything loaded: a new one works after a tenth of a
second, so that one may be killed every second even on a busy machine."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path

#: What a worker loads on its way, as `outreach.cli` loads a command's file only when it is called.
LOADED = [
    "outreach.cli.serving", "outreach.store.tables", "outreach.senders.twilio", "psycopg", "tests.scheduler.forked",
]  # fmt: skip


class Crowd:
    """Workers of one business; `log` has what they say."""

    def __init__(self, env: dict[str, str], log: Path):
        self.env, self.log = env, log
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(LOADED)
        self.living: list[BaseProcess] = []
        self.began = self.killed = 0

    def begin(self) -> None:
        """One more."""
        one = self._context.Process(target=work, args=(self.env, self.log), daemon=True)
        one.start()
        self.living.append(one)
        self.began += 1

    def kill(self, place: int) -> None:
        """kill -9, now; another takes its place."""
        one = self.living.pop(place)
        self.killed += one.exitcode is None
        one.kill()
        one.join(10)
        self.begin()

    def fallen(self) -> list[int | None]:
        """The exit codes of those that ended by themselves: there should be none."""
        return [one.exitcode for one in self.living if not one.is_alive()]


def work(env: dict[str, str], log: Path) -> None:
    """`outreach worker`, in the forked process."""
    os.environ.clear()
    os.environ.update(env)
    descriptor = os.open(log, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    from outreach.cli import main

    sys.argv = ["outreach", "worker"]
    main()


@contextmanager
def crowd(env: dict[str, str], log: Path, size: int) -> Iterator[Crowd]:
    """So many; none outlives the test."""
    all_of_them = Crowd(env, log)
    path = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(sys.path)  # for the process they are forked from
    try:
        for _ in range(size):
            all_of_them.begin()
    finally:
        os.environ.pop("PYTHONPATH") if path is None else os.environ.update(PYTHONPATH=path)
    try:
        yield all_of_them
    finally:
        for one in all_of_them.living:
            one.kill()
            one.join(10)

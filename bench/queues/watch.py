"""A stopwatch for wall time and this process's own CPU time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

Took = dict[str, float]


class Watch:
    """Seconds by phase: `persist` and `dispatch`; the CPU's under `persist_cpu` and `dispatch_cpu`."""

    def __init__(self) -> None:
        self.took: Took = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time what is done in the block."""
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.took |= {name: time.perf_counter() - wall, f"{name}_cpu": time.process_time() - cpu}


class Countdown:
    """Counts what was done, and says when it was all."""

    def __init__(self, number: int) -> None:
        self.left = number

    def one(self) -> bool:
        """One more is done; whether it was the last."""
        self.left -= 1
        return self.left <= 0

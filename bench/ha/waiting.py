"""Waiting for something to happen."""

from __future__ import annotations

import time
from collections.abc import Callable


def wait_for(happened: Callable[[], object], seconds: float, otherwise: str) -> float:
    """Wait for it; how long it took. Raises TimeoutError."""
    start = time.monotonic()
    while not happened():
        if time.monotonic() - start > seconds:
            raise TimeoutError(f"{otherwise} after {seconds:.0f} s")
        time.sleep(0.1)
    return time.monotonic() - start

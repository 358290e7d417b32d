"""Waiting for the database at a process's start: a server that is just being restarted is no reason to give up."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from outreach.store.database import LostError

log = logging.getLogger("outreach.start")
T = TypeVar("T")
#: Seconds before each further try, about a minute in all: whoever started the process may do so again after that.
WAITS = (0.5, 1.0, 2.0, 3.0, 5.0, 5.0, 10.0, 10.0, 10.0, 15.0)


def patiently(begin: Callable[[], T], waits: Sequence[float] = WAITS) -> T:
    """What `begin` returns, tried again while the database is away or busy; says so each time. Anything else (a wrong
    password, no such database) is raised at once, and in the end so is this. Raises DatabaseError."""
    for n, wait in enumerate(waits, 2):
        try:
            return begin()
        except LostError as error:
            log.warning("%s (try %d of %d in %s s)", error, n, len(waits) + 1, wait)
            time.sleep(wait)
    return begin()

"""First come, first served (nearly), where several processes write to one SQLite file.

SQLite has no queue: who finds the file busy sleeps, longer each time, and looks again. Of eight busy writers one was
passed by five hundred others. So who wants to write stands in a line before it asks SQLite: the system hands on an
exclusive lock on a file beside the database in about the order of asking, and takes it from a process that dies. It is
advice and nothing more. What keeps writers apart is SQLite's own lock: who can't have a place in the line, or has
waited for long enough, asks for that one all the same.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from typing import Any

fcntl: Any
try:
    import fcntl
except ModuleNotFoundError:  # not on every system
    fcntl = None

#: Seconds. One who stands still with the place in the line keeps nobody from asking SQLite for longer.
PATIENCE = 2.0
_HERE = "line"


class Place:
    """One connection's place in the line of the database `file`."""

    def __init__(self, file: str):
        self._file = f"{file}-line"
        self._handle: int | None = None

    def take(self) -> None:
        """Wait for one's turn; after a while go without. Where there can't be a line (a folder that is read-only, a
        file system or a whole system that knows no such locks), there is none."""
        if fcntl is None:
            return
        try:
            if self._handle is None:
                self._handle = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if self._handle is not None and not _Wait(self._handle).over(PATIENCE):
                self._handle = None  # the one who waits sees to it
        except OSError:
            self.close()

    def leave(self) -> None:
        """The next one's turn."""
        if self._handle is not None:
            with suppress(OSError):
                fcntl.flock(self._handle, fcntl.LOCK_UN)

    def close(self) -> None:
        """No longer in the line."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


class _Wait:
    """The system can't be asked to give up waiting for a lock, so another thread waits."""

    def __init__(self, handle: int):
        self._handle, self._lock = handle, threading.Lock()
        self._given_up = self._had = False
        self._thread = threading.Thread(target=self._wait, daemon=True)

    def over(self, seconds: float) -> bool:
        """Whether the lock came in time."""
        self._thread.start()
        self._thread.join(seconds)
        with self._lock:
            self._given_up = not self._had
            return self._had

    def _wait(self) -> None:
        with suppress(OSError):
            fcntl.flock(self._handle, fcntl.LOCK_EX)
        with self._lock:
            self._had = not self._given_up
            if self._given_up:
                os.close(self._handle)


def place_of(info: dict[Any, Any], file: str) -> Place:
    """The place of the connection whose `info` this is."""
    place: Place | None = info.get(_HERE)
    if place is None:
        place = info[_HERE] = Place(file)
    return place


def leave(info: dict[Any, Any]) -> None:
    """Whoever had the turn is done."""
    place = info.get(_HERE)
    if place is not None:
        place.leave()


def close(info: dict[Any, Any]) -> None:
    """The connection is closed."""
    place = info.pop(_HERE, None)
    if place is not None:
        place.close()

"""Hearing that another process has planned something, so that a sleeping scheduler looks at once.

It shortens the wait, and nothing rests on it: where nothing is heard (behind PgBouncer, while the server is away), the
scheduler looks every few seconds by itself.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from sqlalchemy import Engine

log = logging.getLogger("outreach.store")

#: Seconds between looks whether to stop, and before the connection is tried again.
TURN, AFTER_LOSS = 1.0, 5.0


def channel(tenant: str) -> str:
    """The name under which one house's workers wake each other."""
    return "outreach_" + "".join(c if c.isalnum() and c.isascii() else "_" for c in tenant.lower())[:40]


class Ear:
    """A thread with a connection of its own, that calls `wake` at each notice."""

    def __init__(self, database: Engine, tenant: str):
        self._database, self._channel = database, channel(tenant)
        self._wake: Callable[[], None] = lambda: None
        self._stopping = threading.Event()
        self._deaf = False
        self._thread = threading.Thread(target=self._run, name="outreach-ear", daemon=True)

    def start(self, wake: Callable[[], None]) -> None:
        """Begin; in a SQLite file nobody is heard."""
        self._wake = wake
        if self._database.dialect.name != "sqlite":
            self._thread.start()

    def stop(self) -> None:
        """End; it takes a second at most."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(2 * TURN + 1)

    def _run(self) -> None:
        import psycopg

        while not self._stopping.is_set():
            try:
                self._listen()
            except psycopg.Error as error:
                if not self._deaf:  # one word for each loss, however long it lasts
                    log.warning("nothing is heard from other workers for now: %s", type(error).__name__)
                self._deaf = True
                self._stopping.wait(AFTER_LOSS)

    def _listen(self) -> None:
        import psycopg

        url = self._database.url.render_as_string(hide_password=False)
        with psycopg.connect(url, autocommit=True, connect_timeout=10, application_name="outreach ear") as conn:
            conn.execute(f"LISTEN {self._channel}".encode())
            if self._deaf:
                log.info("other workers are heard again")
                self._deaf = False
            self._wake()  # what was planned while nobody listened
            while not self._stopping.is_set():
                for _ in conn.notifies(timeout=TURN, stop_after=1):
                    self._wake()

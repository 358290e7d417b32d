"""The database's clock: all workers on one PostgreSQL decide by it, whatever their own computers think."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta

from sqlalchemy import Engine

from outreach.errors import DatabaseError
from outreach.store.codec import instant
from outreach.store.database import transaction

#: Seconds after which the database is asked anew; between, a steady counter of this computer's is gone by.
ASK_EVERY = 30.0
#: A computer whose own clock is further off than this is told so.
TOO_FAR = timedelta(seconds=2)
_NOW = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"


class DatabaseClock:
    """Follows the database's clock, and never goes back. While the database is away it goes on by itself."""

    def __init__(self, database: Engine):
        self._database = database
        self._lock = threading.Lock()
        self._last, self._steady = _ask(database)
        self._latest = self._last

    def now(self) -> datetime:
        """This instant, UTC."""
        with self._lock:
            if time.monotonic() - self._steady > ASK_EVERY:
                self._ask_again()
            at = self._last + timedelta(seconds=time.monotonic() - self._steady)
            self._latest = max(self._latest, at)
            return self._latest

    def _ask_again(self) -> None:
        try:
            self._last, self._steady = _ask(self._database)
        except DatabaseError:
            passed = time.monotonic() - self._steady
            self._last, self._steady = self._last + timedelta(seconds=passed), self._steady + passed


def _ask(database: Engine) -> tuple[datetime, float]:
    """Its time, and the steady counter at that moment: half way between question and answer."""
    with transaction(database, reading=True) as conn:
        before = time.monotonic()
        at = instant(conn.exec_driver_sql(_NOW).scalar_one())
        return at, (before + time.monotonic()) / 2


def skew(database: Engine, own: datetime) -> str:
    """A word when this computer's clock, which says `own`, is too far from PostgreSQL's; "" when it isn't."""
    if database.dialect.name == "sqlite":
        return ""
    off = own - _ask(database)[0]
    if abs(off) <= TOO_FAR:
        return ""
    how = "ahead of" if off > timedelta() else "behind"
    return f"this computer's clock is {abs(off).total_seconds():.1f} s {how} PostgreSQL's: set it (NTP)"

"""The list's pulse: what is on it and who has which card, looked at once for all pages that stand open.

One look every other second, however many listen, and none when nobody does. A stream ends by itself after a while, and
at once when the server stops: a browser connects anew by itself.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from fastapi.concurrency import run_in_threadpool

from outreach.bootstrap import App
from outreach.errors import DatabaseError

#: Seconds between two looks; seconds after which a stream ends; streams at once.
PERIOD: Final = 1.5
LONGEST: Final = 600.0
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Seen:
    """One card as all pages see it: for whom it is, who has it open."""

    assign: str
    holder: str


Look = dict[str, Seen]


class Pulse:
    """Shared by all streams of one process."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.listeners = 0
        self._closing = asyncio.Event()
        self._lock = asyncio.Lock()
        self._latest: Look = {}
        self._at = -PERIOD

    def close(self) -> None:
        """The server stops: all streams end now."""
        self._closing.set()

    async def look(self, *, anew: bool = False) -> Look:
        """What is on the list, not older than a period, or seen `anew`. Raises DatabaseError."""
        async with self._lock:
            if anew or time.monotonic() - self._at >= PERIOD:
                self._latest = await run_in_threadpool(look_at, self.app)
                self._at = time.monotonic()
            return self._latest

    async def changes(self, assign: str) -> AsyncIterator[dict[str, Any]]:
        """First all there is, then what changes, until it is time to connect anew."""
        self.listeners += 1
        try:
            async for change in self._changes(assign):
                yield change
        finally:
            self.listeners -= 1

    async def _changes(self, assign: str) -> AsyncIterator[dict[str, Any]]:
        end = time.monotonic() + LONGEST
        known: dict[str, str] | None = None
        while time.monotonic() < end and not self._closing.is_set():
            with suppress(DatabaseError):  # the page goes on with what it has
                now = holders(await self.look(anew=known is None), assign)
                if known is None:
                    yield whole(now)
                elif change := difference(known, now):
                    yield change
                known = now
            await self._pause()

    async def _pause(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), PERIOD)


def look_at(app: App) -> Look:
    """What is on the list, and who has which card open. Raises DatabaseError."""
    now = app.engine.clock.now()
    with app.store.reading() as tx:
        listed = tx.follow_ups.listed()
        handled = tx.cards.of({f.customer for f in listed})
    return {f.id: Seen(f.assign, handled[f.id].held(now) if f.id in handled else "") for f in listed}


def holders(look: Look, assign: str) -> dict[str, str]:
    """Who has which card, of one person's or role's list."""
    wanted = assign.casefold()
    return {id_: seen.holder for id_, seen in look.items() if not wanted or seen.assign.casefold() == wanted}


def whole(now: dict[str, str]) -> dict[str, Any]:
    """Everything, for a page that knows nothing yet."""
    return {"all": True, "held": now, "gone": []}


def difference(before: dict[str, str], now: dict[str, str]) -> dict[str, Any]:
    """What is new or held by another, and what is gone; empty when nothing is."""
    held = {id_: holder for id_, holder in now.items() if before.get(id_) != holder}
    gone = sorted(before.keys() - now.keys())
    return {"all": False, "held": held, "gone": gone} if held or gone else {}

"""The list's pulse: what is on it and who has which card, looked at once for all pages that stand open.

One look every other second, however many listen, and none when nobody does. A stream ends by itself after a while, at
once when the server stops, and with the next look when who listens is signed in no more: a browser connects anew by
itself, and is let in or not.
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
from outreach.desk import figures
from outreach.errors import DatabaseError
from outreach.staff import sessions
from outreach.web.front import lasting

#: Seconds between two looks; seconds after which a stream ends; streams at once.
PERIOD: Final = 1.5
LONGEST: Final = 600.0
MOST: Final = 200
#: Seconds after which figures are counted anew although the list is the same: a day ends, what is snoozed moves on.
COUNTED: Final = 60.0
NOBODY: Final = ""


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
        self._alive: frozenset[str] = frozenset()
        self._days: dict[str, tuple[Look, float, str]] = {}
        self._at = -PERIOD

    def close(self) -> None:
        """The server stops: all streams end now."""
        self._closing.set()

    async def look(self, *, anew: bool = False) -> Look:
        """What is on the list, not older than a period, or seen `anew`. Raises DatabaseError."""
        async with self._lock:
            if anew or time.monotonic() - self._at >= PERIOD:
                self._latest = await run_in_threadpool(look_at, self.app)
                self._alive = await run_in_threadpool(signed_in, self.app)
                self._at = time.monotonic()
            return self._latest

    async def news_of_day(self, assign: str, shown: str) -> dict[str, Any]:
        """Today's figures, where a page shows others; counted anew when the list has changed. Raises DatabaseError."""
        if not shown:
            return {}
        look, at, day = self._days.get(assign, ({}, -COUNTED, ""))
        if not day or look != self._latest or time.monotonic() - at >= COUNTED:
            found = await run_in_threadpool(figures, self.app.engine, assign=assign)
            day = f"{found.done}-{found.total}"
            self._days = dict([*self._days.items(), (assign, (self._latest, time.monotonic(), day))][-MOST:])
        return {"day": day} if day != shown else {}

    async def changes(self, assign: str, who: str = NOBODY, day: str = "") -> AsyncIterator[dict[str, Any]]:
        """First all there is, then what changes, until it is time to connect anew, or `who` listens (see `listener`)
        is signed in no more. `day`: which figures the page shows."""
        self.listeners += 1
        try:
            async for change in self._changes(assign, who, day):
                yield change
        finally:
            self.listeners -= 1

    async def _changes(self, assign: str, who: str, day: str) -> AsyncIterator[dict[str, Any]]:
        end = time.monotonic() + LONGEST
        known: dict[str, str] | None = None
        while time.monotonic() < end and not self._closing.is_set():
            with suppress(DatabaseError):  # the page goes on with what it has
                now = holders(await self.look(anew=known is None), assign)
                if who not in self._alive:
                    return
                figures_now = await self.news_of_day(assign, day)
                day = figures_now.get("day", day)
                change = whole(now) if known is None else difference(known, now)
                if change or figures_now:
                    yield (change or nothing()) | figures_now
                known = now
            await self._pause()

    async def _pause(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), PERIOD)


def listener(word: str) -> str:
    """By what a session is known here; `NOBODY` where nobody has to sign in."""
    return sessions.id_of(word) if word else NOBODY


def signed_in(app: App) -> frozenset[str]:
    """The sessions that hold, and `NOBODY` while there is no account. Raises DatabaseError."""
    now, lasts = app.engine.clock.now(), lasting(app.settings)
    with app.store.reading() as tx:
        alive = tx.access.alive(now - lasts.whole, now - lasts.idle)
        return alive if alive or tx.access.anybody() else frozenset({NOBODY})


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


def nothing() -> dict[str, Any]:
    """Nothing that is new on the list."""
    return {"all": False, "held": {}, "gone": []}


def difference(before: dict[str, str], now: dict[str, str]) -> dict[str, Any]:
    """What is new or held by another, and what is gone; empty when nothing is."""
    held = {id_: holder for id_, holder in now.items() if before.get(id_) != holder}
    gone = sorted(before.keys() - now.keys())
    return nothing() | {"held": held, "gone": gone} if held or gone else {}

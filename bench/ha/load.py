"""The load: events over HTTP, batch after batch, each until it is acknowledged; what was is written down at once."""

from __future__ import annotations

import http.client
import json
import os
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from random import Random

#: Events in one call, and seconds until a call that was refused is repeated.
BATCH, AGAIN = 10, 0.2


@dataclass(slots=True)
class Load:
    """Runs on a thread of its own. `log` holds the ids that were acknowledged; `refusals` counts what was answered
    instead; `stored` when each acknowledged call was made, and when it came back (monotonic)."""

    port: int
    log: Path
    customers: int
    rate: float
    refusals: Counter[str] = field(default_factory=Counter)
    stored: list[tuple[float, float]] = field(default_factory=list)
    offered: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """No new batch; the last one is brought home first."""
        self._stop.set()
        if self._thread:
            self._thread.join(120)

    def acknowledged(self) -> list[str]:
        """All ids that were."""
        return self.log.read_text().split()

    def refused(self, since: float) -> float:
        """Seconds from that moment until an event was stored by a call made after it; 0 while none was."""
        return next((back - since for made, back in list(self.stored) if made > since), 0.0)

    def pause(self, since: float) -> float:
        """The longest time since then without an acknowledgement, in seconds."""
        backs = [back for _, back in list(self.stored) if back > since]
        return max((b - a for a, b in pairwise([since, *backs])), default=0.0)

    def _work(self) -> None:
        chance, start = Random(20261120), time.monotonic()
        book = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        while not self._stop.is_set():
            body = self._batch(chance)
            made = time.monotonic()
            while not (taken := self._post(body)):
                time.sleep(AGAIN)
                made = time.monotonic()
            os.write(book, "".join(f"{event}\n" for event in taken).encode())
            os.fdatasync(book)
            self.stored.append((made, time.monotonic()))
            ahead = self.offered / self.rate - (time.monotonic() - start)
            self._stop.wait(min(max(0.0, ahead), BATCH / self.rate))
        os.close(book)

    def _batch(self, chance: Random) -> bytes:
        now = datetime.now(UTC).isoformat()
        told = []
        for _ in range(BATCH):
            self.offered += 1
            who, n = f"c{chance.randrange(self.customers)}", f"e{self.offered:07d}"
            told.append({"id": n, "type": "ping", "customer": who, "time": now, "data": {"n": n}})
        return json.dumps(told).encode()

    def _post(self, body: bytes) -> list[str]:
        """The ids that are stored now; none when it was refused."""
        door = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            door.request("POST", "/v1/events", body, {"Content-Type": "application/json"})
            reply = door.getresponse()
            told = json.loads(reply.read() or b"{}")
            if reply.status == 200:
                return [one["id"] for one in told["events"] if one["status"] in ("accepted", "duplicate")]
            self.refusals[f"{reply.status} {told.get('detail', '')}"[:160]] += 1
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.refusals[f"no answer: {type(error).__name__}"] += 1
        finally:
            door.close()
        return []

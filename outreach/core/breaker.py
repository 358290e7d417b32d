"""How fast, and whether at all, a sender may be used: a breaker and a bucket. Pure: `now` is an argument.

The breaker opens when a provider can't be reached or breaks down; while it is open nothing is claimed for the sender.
The bucket keeps what waits in the provider's own queue small: there a message is out of reach of a STOP.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

#: Opens at so many failures in a row; or when half of so many or more calls within this time failed.
IN_A_ROW, ENOUGH, LATELY = 5, 20, timedelta(seconds=30)
#: Then one probe after the first wait; doubled each time the probe fails, up to the longest.
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=10)
#: A sender that says our account is at fault is left alone for so long at first, doubled too, up to the longest.
STOPPED_WAIT, LONGEST_STOP = timedelta(minutes=10), timedelta(hours=6)
#: A probe whose answer never came is given up.
PROBE = timedelta(minutes=1)
#: What may wait in the provider's queue.
QUEUE = timedelta(seconds=60)
#: The slowest that a provider's "not so fast" makes us, as a part of what was set; and each message makes it up again.
SLOWEST, FASTER = 1 / 16, 1.02


@dataclass(slots=True)
class Breaker:
    """Closed while `until` is None. `why` says what opened it, and whether a person has to mend something."""

    calls: deque[tuple[datetime, bool]] = field(default_factory=deque)
    in_a_row: int = 0
    openings: int = 0
    until: datetime | None = None
    probing: datetime | None = None
    why: str = ""
    stopped: bool = False

    def shut(self, now: datetime) -> datetime | None:
        """Until when nothing may be claimed; None when something may. Half open, it lets one through."""
        if self.until is None:
            return None
        if now < self.until:
            return self.until
        if self.probing is not None and now < self.probing + PROBE:
            return self.probing + PROBE
        self.probing = now
        return None

    def heard(self, now: datetime, *, well: bool, why: str = "") -> None:
        """A call was answered, or wasn't. A provider that says no to one message is well."""
        self.calls.append((now, well))
        while self.calls[0][0] < now - LATELY:
            self.calls.popleft()
        if well:
            self.in_a_row, self.until, self.probing, self.openings, self.stopped = 0, None, None, 0, False
            return
        self.in_a_row += 1
        failed = sum(not ok for _, ok in self.calls)
        half = len(self.calls) >= ENOUGH and failed * 2 >= len(self.calls)
        if self.probing is not None or (self.until is None and (self.in_a_row >= IN_A_ROW or half)):
            self._open(now, why, FIRST_WAIT, LONGEST_WAIT)

    def stop(self, now: datetime, why: str) -> None:
        """Every further message would fail alike: our account is at fault."""
        if self.until is None or self.probing is not None or not self.stopped:
            self.stopped = True
            self._open(now, why, STOPPED_WAIT, LONGEST_STOP)

    def _open(self, now: datetime, why: str, first: timedelta, longest: timedelta) -> None:
        self.until = now + min(first * 2 ** min(self.openings, 20), longest)
        self.openings, self.probing, self.why, self.in_a_row = self.openings + 1, None, why, 0
        self.calls.clear()


@dataclass(slots=True)
class Bucket:
    """`rate` units a second (SMS segments, mails), and at first as many at once as the provider works off in QUEUE."""

    rate: float
    at: datetime
    level: float = field(init=False)
    part: float = 1.0
    promised: datetime | None = None

    def __post_init__(self) -> None:
        self.level = self._most

    @property
    def _most(self) -> float:
        return max(1.0, self.rate * self.part * QUEUE.total_seconds())

    def wait(self, now: datetime) -> datetime | None:
        """When there will be room; None: there is. Who asks in vain is given a moment of its own."""
        self._fill(now)
        if self.level >= 1:
            return None
        each = timedelta(seconds=1 / (self.rate * self.part))
        there = now + each * (1 - self.level)
        self.promised = max(there, self.promised + each) if self.promised and self.promised > now else there
        return self.promised

    def take(self, units: float) -> None:
        """So many go out."""
        self.level -= units
        self.part = min(1.0, self.part * FASTER)

    def slower(self, now: datetime) -> None:
        """The provider says that this is too fast: half as fast, and nothing at once."""
        self._fill(now)
        self.part = max(self.part / 2, SLOWEST)
        self.level = min(self.level, 0.0)

    def _fill(self, now: datetime) -> None:
        passed = max(0.0, (now - self.at).total_seconds())
        self.level = min(self._most, self.level + passed * self.rate * self.part)
        self.at = max(self.at, now)

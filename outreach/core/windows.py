"""Rolling windows: when may one more touch take place?

Half-open and in UTC: a touch at `s` counts at `t` while `t - s < window`. Windows are looked at both ways, because a
plan places touches before others that lie further ahead.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from outreach.core.cadence import Cap
from outreach.core.ledger import COUNTING, Touch


def crowded(at: datetime, times: Sequence[datetime], most: int, window: timedelta) -> bool:
    """Whether one more touch at `at` puts more than `most` into some window that contains it. `times` is sorted."""
    if most <= 0:
        return True
    if len(times) < most:
        return False
    some = [*times[bisect_right(times, at - window) : bisect_left(times, at + window)]]
    if len(some) < most:
        return False
    insort(some, at)
    return any([some[n + most] - some[n] < window for n in range(len(some) - most)])


def near(at: datetime, times: Sequence[datetime], window: timedelta) -> int:
    """How many of these (sorted) are in some window that contains `at`."""
    return bisect_left(times, at + window) - bisect_right(times, at - window)


def first_free(at: datetime, times: Sequence[datetime], most: int, window: timedelta) -> datetime | None:
    """The earliest instant from `at` on at which one more touch fits; None when none ever does (`most` 0). `times` is
    sorted.

    Room opens only at the instants where a touch ages out, so only those need to be tried.
    """
    if most <= 0:
        return None
    if not crowded(at, times, most, window):
        return at
    exits = (t + window for t in times[bisect_right(times, at - window) :])
    return next((e for e in exits if not crowded(e, times, most, window)), None)


def counted(cap: Cap, touches: Iterable[Touch]) -> list[datetime]:
    """The sorted instants of the touches that take a place under this cap."""
    yes = [t for t in touches if t.counts == "yes" and t.state in COUNTING]
    return sorted([t.at for t in yes if cap.covers(t.channel, t.purpose)])


def gap_counted(touches: Iterable[Touch]) -> list[datetime]:
    """The sorted instants of the touches that count for the minimum gap."""
    return sorted([t.at for t in touches if t.counting])

"""Times of the week or month, on a wall clock: `mon 09:00`, or the five fields of cron."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from outreach.core.zone import to_local, to_utc

EVERY_DAY = frozenset(range(1, 32))
EVERY_MONTH = frozenset(range(1, 13))
EVERY_WEEKDAY = frozenset(range(7))
#: The longest way to a day that exists: 29 February over 2096-2104. What finds none in it never comes.
LONGEST = 8 * 366 + 1
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticks:
    """`clocks` sorted, at minutes. `weekdays` has 0 for Monday. `either`: as cron does, when both days of the month and
    weekdays are restricted a day that fits one of them is enough."""

    clocks: tuple[time, ...]
    days: frozenset[int] = EVERY_DAY
    months: frozenset[int] = EVERY_MONTH
    weekdays: frozenset[int] = EVERY_WEEKDAY
    either: bool = False
    source: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.source

    def on(self, day: datetime) -> bool:
        """Whether it ticks on that day at all."""
        if day.month not in self.months:
            return False
        of_month, of_week = day.day in self.days, day.weekday() in self.weekdays
        return of_month or of_week if self.either else of_month and of_week


def next_tick(ticks: Ticks, after: datetime, zone: str) -> datetime | None:
    """The first tick later than `after` (UTC) on that zone's wall clock; None when none comes within eight years.

    A time that doesn't exist moves forward by the gap; one that exists twice ticks once, the first time. So a tick is
    never left out and never doubled when the clocks change.
    """
    return next((at for at in _ticks(ticks, to_local(after, zone) - DAY, zone, 1) if at > after), None)


def latest_tick(ticks: Ticks, until: datetime, zone: str) -> datetime | None:
    """The last tick at or before `until` (UTC); None when there was none within eight years."""
    return next((at for at in _ticks(ticks, to_local(until, zone) + DAY, zone, -1) if at <= until), None)


def _ticks(ticks: Ticks, local: datetime, zone: str, sign: int) -> Iterator[datetime]:
    """The ticks (UTC) day by day, forward from that local day, or back."""
    midnight = datetime.combine(local.date(), time())
    for ahead in range(LONGEST):
        day = midnight + sign * ahead * DAY
        if ticks.on(day):
            # Sorted once more: what a gap moves forward may pass what comes after it.
            yield from sorted({to_utc(datetime.combine(day, clock), zone) for clock in ticks.clocks})[::sign]

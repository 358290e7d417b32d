"""Opening hours of a week on the customer's wall clock: whether a touch may go out now, and if not, when it may."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from outreach.core.calendar import LOOK_AHEAD
from outreach.core.zone import stretches, to_local

#: Minutes of a day in which it is open: sorted, apart from each other, ends exclusive.
Day = tuple[tuple[int, int], ...]
#: Says of a local date whether it is closed altogether (a holiday).
ClosedDay = Callable[[date], bool] | None

_DAY: Final = timedelta(days=1)
_WHOLE: Final[Day] = ((0, 1440),)


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days, Monday first. Ends are exclusive: at 20:00:00 a day until 20:00 is closed. Make it with `week`."""

    days: tuple[Day, Day, Day, Day, Day, Day, Day] = ((),) * 7

    def is_open(self, local: datetime) -> bool:
        """Whether it is open when the wall clock shows `local` (naive).

        >>> ALWAYS.is_open(datetime(2026, 11, 1, 3)), NEVER.is_open(datetime(2026, 11, 1, 3))
        (True, False)
        """
        minute = local.hour * 60 + local.minute
        return any(start <= minute < end for start, end in self.days[local.weekday()])

    def next_open(self, instant: datetime, zone: str, closed_day: ClosedDay = None) -> datetime | None:
        """The first instant (UTC) from `instant` (UTC) on at which it is open there; None if not within 400 days.

        `closed_day` says which local dates are closed altogether (holidays). Exact across changes of the clocks: an
        opening that falls into a gap begins after it, and an hour that comes twice is open twice.
        """
        local = to_local(instant, zone)
        today = local.date()
        if self.is_open(local) and not (closed_day and closed_day(today)):
            return instant
        if not any(self.days):
            return None
        best = None
        for ahead in range(0 if len(stretches(zone, today)) == 1 else -1, LOOK_AHEAD):
            day = today + ahead * _DAY
            found, regular = self._opening(day, zone, instant, closed_day)
            # Clocks that go back over midnight come to the next day before they come to this one again.
            if best is not None:
                return best if found is None else min(best, found)
            if found is not None and regular:
                return found
            best = found
        return best

    def closes(self, instant: datetime, zone: str, closed_day: ClosedDay = None) -> datetime | None:
        """The end (UTC, exclusive) of the opening that `instant` lies in; None when closed then, or never closing."""
        if not self._open_at(instant, zone, closed_day) or (self == ALWAYS and closed_day is None):
            return None
        for _ in range(2 * LOOK_AHEAD):
            instant = self._end_of_piece(instant, zone)
            if not self._open_at(instant, zone, closed_day):
                return instant
        return None

    def __and__(self, other: Week) -> Week:
        """Open when both are: the house's hours within the law's."""
        return _week(_both(mine, theirs) for mine, theirs in zip(self.days, other.days, strict=True))

    def _open_at(self, instant: datetime, zone: str, closed_day: ClosedDay) -> bool:
        local = to_local(instant, zone)
        return self.is_open(local) and not (closed_day and closed_day(local.date()))

    def _opening(self, day: date, zone: str, since: datetime, closed_day: ClosedDay) -> tuple[datetime | None, bool]:
        """The first open instant of that local date from `since` on, and whether the clocks stay as they are."""
        spans = self.days[day.weekday()]
        if not spans or (closed_day and closed_day(day)):
            return None, True
        pieces = stretches(zone, day)
        for first, last, offset in pieces:
            midnight = _midnight(day, offset)
            for start, end in spans:
                begin = max(midnight + timedelta(minutes=start), first, since)
                if begin < min(midnight + timedelta(minutes=end), last):
                    return begin, len(pieces) == 1
        return None, len(pieces) == 1

    def _end_of_piece(self, instant: datetime, zone: str) -> datetime:
        """The end of the span, or of the stretch between two changes of the clocks, that an open instant lies in."""
        local = to_local(instant, zone)
        last, offset = next((end, o) for start, end, o in stretches(zone, local.date()) if start <= instant < end)
        minute = local.hour * 60 + local.minute
        end = next(end for start, end in self.days[local.weekday()] if start <= minute < end)
        return min(_midnight(local.date(), offset) + timedelta(minutes=end), last)


def _midnight(day: date, offset: timedelta) -> datetime:
    """Midnight of `day` by this offset, as an instant (whether or not a clock ever showed it)."""
    return datetime.combine(day, time(), UTC) - offset


def _both(mine: Day, theirs: Day) -> Day:
    cut = ((max(a, c), min(b, d)) for a, b in mine for c, d in theirs)
    return tuple((start, end) for start, end in cut if start < end)


def week(openings: dict[int, list[tuple[int, int]]]) -> Week:
    """A week from spans (minutes) by weekday (0 is Monday); a span that ends before it begins goes on after midnight.

    >>> week({6: [(1320, 120)]}).days[0], week({6: [(1320, 120)]}).days[6]
    (((0, 120),), ((1320, 1440),))
    """
    minutes: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for day, spans in openings.items():
        for start, end in spans:
            minutes[day].append((start, end if start < end else 1440))
            if end < start:
                minutes[(day + 1) % 7].append((0, end))
    return _week(_merged(spans) for spans in minutes)


def _week(days: Iterable[Day]) -> Week:
    monday, tuesday, wednesday, thursday, friday, saturday, sunday = days
    return Week((monday, tuesday, wednesday, thursday, friday, saturday, sunday))


def _merged(spans: list[tuple[int, int]]) -> Day:
    """Sorted, overlapping and touching ones joined, empty ones left out."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if joined and start <= joined[-1][1]:
            start, end = joined[-1][0], max(end, joined.pop()[1])
        joined.append((start, end))
    return tuple(joined)


ALWAYS: Final = Week((_WHOLE,) * 7)
NEVER: Final = Week()

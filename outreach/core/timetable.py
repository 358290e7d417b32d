"""Timetables: when hours, holidays and the hours of laws allow a contact, as plain numbers.

The guards ask the same question of one instant, and give reasons. A plan asks for hundreds of instants: here each UTC
day is worked out once, for all customers who keep the same hours on the same clocks. Instants are microseconds.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from outreach.core.calendar import LOOK_AHEAD, Calendar, HolidaysOf
from outreach.core.follow_up import FollowUp
from outreach.core.hours import ALWAYS
from outreach.core.law import Place, in_force
from outreach.core.policy import Policy
from outreach.core.room import LATE, micros, number
from outreach.core.standing import Standing
from outreach.core.week import Week
from outreach.core.zone import stretches

#: Openings in order of time, apart from each other: from (inclusive), to (exclusive).
Spans = list[tuple[int, int]]

_DAY: Final = timedelta(days=1)
_LENGTH: Final = micros(_DAY)
_MINUTE: Final = micros(timedelta(minutes=1))
_EPOCH: Final = date(1970, 1, 1).toordinal()
#: The last days of the calendar aren't looked at: local dates may lie a day ahead, and have eves.
_LAST: Final = date.max.toordinal() - _EPOCH - 2


class Hours(NamedTuple):
    """Hours that hold on each of these clocks: the house's, or one law's.

    On a public holiday in `places` it is closed, if it is `shut` then; the house's calendar may close other dates and
    open these. On the eve of one, `eves` hold too.
    """

    week: Week
    clocks: tuple[str, ...]
    places: tuple[Place, ...] = ()
    shut: bool = False
    eves: Week | None = None
    house: Calendar | None = None

    def on(self, day: date, holidays: HolidaysOf) -> Week | None:
        """The hours of that local date; None when it is closed."""
        if self.shut:
            closed = self._holiday(day, holidays) or (self.house is not None and day in self.house.closed)
            if closed and not (self.house is not None and day in self.house.open):
                return None
        return self.week & self.eves if self.eves and self._holiday(day + _DAY, holidays) else self.week

    def _holiday(self, day: date, holidays: HolidaysOf) -> bool:
        return any(day in holidays(country, part, day.year) for country, part in self.places)


class Timetable:
    """When all of these hours allow a contact."""

    def __init__(self, hours: Sequence[Hours], holidays: HolidaysOf) -> None:
        self._hours, self._holidays = hours, holidays
        self._days: dict[int, tuple[list[int], list[int]]] = {}

    def opens(self, t: int) -> int:
        """The first moment from `t` on that they allow; LATE when there is none within 400 days."""
        if not self._hours:
            return t
        first = t // _LENGTH
        known = self._days.get(first)
        if known is not None:
            starts, ends = known
            place = bisect_right(ends, t)
            if place < len(starts):
                return t if t > starts[place] else starts[place]
        for day in range(first, min(first + LOOK_AHEAD, _LAST)):
            starts, ends = self._days.get(day) or self._learn(day)
            place = bisect_right(ends, t)
            if place < len(starts):
                return max(t, starts[place])
        return LATE

    def _learn(self, day: int) -> tuple[list[int], list[int]]:
        """The beginnings and the ends of the openings of this day (UTC, counted from 1970)."""
        open_: Spans = [(day * _LENGTH, (day + 1) * _LENGTH)]
        for hours in self._hours:
            for zone in hours.clocks:
                open_ = _both(open_, list(self._spans(hours, zone, day)))
        found = self._days[day] = [start for start, _ in open_], [end for _, end in open_]
        return found

    def _spans(self, hours: Hours, zone: str, day: int) -> Iterator[tuple[int, int]]:
        """The openings of the local dates that this day (UTC) may have a share of, on one clock."""
        for ordinal in range(_EPOCH + day - 1, _EPOCH + day + 2):
            local = date.fromordinal(ordinal)
            week = hours.on(local, self._holidays)
            for first, last, offset in stretches(zone, local) if week else ():
                midnight = (ordinal - _EPOCH) * _LENGTH - micros(offset)
                for start, end in week.days[local.weekday()] if week else ():
                    begin = max(midnight + start * _MINUTE, number(first))
                    over = min(midnight + end * _MINUTE, number(last))
                    if begin < over:
                        yield begin, over


#: A timetable learns its days as they are asked for, so it is kept for the next customer.
_made: Final = lru_cache(maxsize=512)(Timetable)


def timetable(f: FollowUp, standing: Standing, policy: Policy) -> Timetable | None:
    """When the house's hours and those of laws allow such a contact; None when the customer's zone or place isn't
    known, and hours ask for it."""
    c = standing.customer
    key = timetable, f.channel, f.purpose, standing.zones, standing.places, c.country, c.region
    return policy.worked_out(key, lambda: _timetable(f, standing, policy))


def _timetable(f: FollowUp, standing: Standing, policy: Policy) -> Timetable | None:
    laws = in_force(policy.cadence.laws, standing.places, f.channel, f.purpose)
    if laws is None:
        return None
    hours = list(_house(f, standing, policy))
    for law, places in laws:
        if law.hours is not None or law.holidays:
            clocks = tuple(dict.fromkeys((*standing.zones, *law.zones)))
            hours.append(Hours(law.hours or ALWAYS, clocks, places, law.holidays, law.eves))
    if hours and not standing.zones:
        return None
    return _made(tuple(hours), policy.holidays)


def _house(f: FollowUp, standing: Standing, policy: Policy) -> Iterator[Hours]:
    week = policy.cadence.hours.get(f.channel)
    shut = policy.cadence.holidays == "customer" and f.channel in ("call", "sms")
    if (week is not None or shut) and not policy.cadence.policy(f.purpose).any_hours:
        c = standing.customer
        places = ((c.country, c.region),)
        yield Hours(week or ALWAYS, standing.zones, places, shut, house=policy.calendar)


def _both(mine: Spans, theirs: Spans) -> Spans:
    cut = ((max(a, c), min(b, d)) for a, b in mine for c, d in sorted(theirs))
    return [(start, end) for start, end in cut if start < end]

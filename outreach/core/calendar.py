"""Business days: when the house works, and when nobody does where the customer is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

#: Public holidays of (country, region, year); empty for places it doesn't know. Injected: the core has no tables.
HolidaysOf = Callable[[str, str, int], frozenset[date]]

#: So many closed days in a row mean that it never opens.
LOOK_AHEAD = 400
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The house's days (0 is Monday), its `closed` dates and its exceptional `open` ones.

    An exceptional opening beats everything else here, public holidays too: it is a date that someone wrote on
    purpose. Whether a customer may be *called* on her own public holiday is the cadence's question, not this one's.
    """

    days: frozenset[int] = frozenset(range(5))
    closed: frozenset[date] = frozenset()
    open: frozenset[date] = frozenset()
    holidays: HolidaysOf | None = None

    def is_open(self, day: date, country: str = "", region: str = "") -> bool:
        """Whether `day` is a business day for a customer in this place.

        >>> Calendar().is_open(date(2026, 10, 30)), Calendar().is_open(date(2026, 10, 31))
        (True, False)
        """
        if day in self.open:
            return True
        if day.weekday() not in self.days or day in self.closed:
            return False
        return self.holidays is None or day not in self.holidays(country, region, day.year)

    def next_open(self, day: date, n: int = 1, country: str = "", region: str = "") -> date | None:
        """The n-th business day strictly after `day`; None after 400 closed days in a row.

        >>> Calendar().next_open(date(2026, 10, 30), 2)
        datetime.date(2026, 11, 3)
        """
        return self._walk(day, n, _DAY, country, region)

    def previous_open(self, day: date, n: int = 1, country: str = "", region: str = "") -> date | None:
        """The n-th business day strictly before `day`; None after 400 closed days in a row."""
        return self._walk(day, n, -_DAY, country, region)

    def _walk(self, day: date, n: int, step: timedelta, country: str, region: str) -> date | None:
        for _ in range(n):
            for _ in range(LOOK_AHEAD):
                try:
                    day += step
                except OverflowError:
                    return None
                if self.is_open(day, country, region):
                    break
            else:
                return None
        return day

"""Capacity: how many calls and tasks people can do in a day, in all, at one site, by one person.

What doesn't fit today waits for the next day on which the house is open, the least important first; what can't wait
that long expires.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from outreach.core.calendar import Calendar
from outreach.core.follow_up import FollowUp
from outreach.core.trace import Reason
from outreach.core.zone import to_local, to_utc


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """So many in one day of the house's; None: as many as there are."""

    calls: int | None = None
    tasks: int | None = None

    def of(self, channel: str) -> int | None:
        """The limit for this channel."""
        return self.calls if channel == "call" else self.tasks


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """Limits of the whole house, of sites, and of people or roles (as in `assign`, whatever its case)."""

    house: Limits = field(default_factory=Limits)
    sites: Mapping[str, Limits] = field(default_factory=dict)
    people: Mapping[str, Limits] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self != Capacity()

    def limits(self, f: FollowUp) -> Iterator[tuple[str, int]]:
        """The limits that hold for this call or task, each with its name (`house`, `site:salon`, `lena`)."""
        for name, limits in (
            ("house", self.house), (f"site:{f.site}", self.sites.get(f.site)),
            (f.assign.lower(), self.people.get(f.assign.lower())),
        ):  # fmt: skip
            limit = limits.of(f.channel) if limits is not None else None
            if limit is not None:
                yield name, limit


class Day:
    """One day's list: what was handed out, and what wants to be."""

    def __init__(
        self, day: date, zone: str, calendar: Calendar, handed_out: Iterable[FollowUp], wanting: Iterable[FollowUp]
    ):
        following = calendar.next_open(day) or day + timedelta(days=1)
        self.open, self.ends = calendar.is_open(day), bounds(following, zone)[0]
        self._taken: Counter[tuple[str, str]] = Counter()
        self._wanting = sorted(wanting, key=importance)
        for f in handed_out:
            self.take(f)

    def take(self, f: FollowUp) -> None:
        """This one is on the list now."""
        self._taken.update((f.channel, name) for name in _scopes(f))
        self._wanting = [other for other in self._wanting if other.id != f.id]

    def no_room(self, f: FollowUp, capacity: Capacity, now: datetime) -> tuple[datetime, Reason] | None:
        """When to look again and why, if there is no room for `f`; None when there is.

        A place is kept for what is more important and still to come today; once that had its chance, it is free. On a
        day on which the house is closed nobody is there to do anything.
        """
        limits = list(capacity.limits(f))
        if limits and not self.open:
            return self.ends, _reason(f, "the house is closed today", {"again": self.ends.isoformat()})
        before = self._before(f, capacity) if limits else []
        for name, limit in limits:
            taken = self._taken[f.channel, name]
            better = [o for o in before if name in _scopes(o)]
            if taken + len(better) < limit:
                continue
            again = self.ends if taken >= limit else min(_after(better, now), self.ends)
            numbers = {"taken": taken, "before": len(better), "limit": limit, "of": name, "again": again.isoformat()}
            text = f"{taken} of {limit} {f.channel}s a day are handed out, {len(better)} more important ones come first"
            return again, _reason(f, text, numbers)
        return None

    def _before(self, f: FollowUp, capacity: Capacity) -> list[FollowUp]:
        """The more important ones of today that find room themselves: what a person has no hand free for keeps no
        place of the house's."""
        taken, found = self._taken.copy(), []
        for o in self._wanting:
            if importance(o) >= importance(f):
                break
            if o.channel == f.channel and all(taken[o.channel, name] < limit for name, limit in capacity.limits(o)):
                taken.update((o.channel, name) for name in _scopes(o))
                found.append(o)
        return found


def _reason(f: FollowUp, text: str, numbers: dict[str, object]) -> Reason:
    return Reason(code=f"capacity:{f.channel}s", text=text, numbers=numbers)


def _after(better: list[FollowUp], now: datetime) -> datetime:
    """A minute after the last of these has been looked at."""
    return max(now, *(o.wake or o.due for o in better)) + timedelta(minutes=1)


def importance(f: FollowUp) -> tuple[int, datetime, datetime, str, str]:
    """The order in which the list is filled: priority, then what ends soonest."""
    return (-f.priority, f.valid_until, f.due, f.rule, f.id)


def bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """A day of the house's, UTC: from midnight (inclusive) to midnight (exclusive)."""
    return tuple(to_utc(datetime.combine(day + timedelta(days=n), time()), zone) for n in (0, 1))  # type: ignore[return-value]


def today(now: datetime, zone: str) -> date:
    """The house's date."""
    return to_local(now, zone).date()


def _scopes(f: FollowUp) -> tuple[str, str, str]:
    return ("house", f"site:{f.site}", f.assign.lower())

"""How often something may be tried: counted in memory, bounded, by whatever name."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict, deque
from datetime import datetime, timedelta
from threading import Lock

#: Names that are remembered; the one that was quiet longest is forgotten first.
NAMES = 10_000


class Limit:
    """`most` times in `per`, for each name."""

    def __init__(self, most: int, per: timedelta):
        self.most, self.per = most, per
        self._times: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = Lock()

    def take(self, name: str, now: datetime) -> float:
        """Counts one try and lets it through (0.0), or the seconds until the next one will be."""
        with self._lock:
            times = self._recent(name, now)
            if len(times) >= self.most:
                return (times[0] + self.per - now).total_seconds()
            times.append(now)
            self._times[name] = times
            self._times.move_to_end(name)
            while len(self._times) > NAMES:
                self._times.popitem(last=False)
            return 0.0

    def give_back(self, name: str) -> None:
        """The last try was no guess: it doesn't count."""
        with self._lock:
            if self._times.get(name):
                self._times[name].pop()

    def _recent(self, name: str, now: datetime) -> deque[datetime]:
        times = self._times.get(name) or deque()
        while times and now - times[0] >= self.per:
            times.popleft()
        return times


class Rate:
    """So many calls a minute for each name, spread or in one go (a leaking bucket)."""

    def __init__(self) -> None:
        self._level: OrderedDict[str, tuple[float, datetime]] = OrderedDict()
        self._lock = Lock()

    def wait(self, name: str, a_minute: int, now: datetime) -> float:
        """Counts one call; the seconds after which it would have been let through, 0 if it is."""
        with self._lock:
            level, since = self._level.get(name, (0.0, now))
            level = max(0.0, level - (now - since).total_seconds() * a_minute / 60)
            late = level + 1 > a_minute
            self._level[name] = (level if late else level + 1, now)
            self._level.move_to_end(name)
            while len(self._level) > NAMES:
                self._level.popitem(last=False)
            return (level + 1 - a_minute) * 60 / a_minute if late else 0.0


def network(address: str) -> str:
    """To whom tries are counted: an IPv4 address, or the /64 of an IPv6 one, all of which is one customer's."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    mapped = getattr(found, "ipv4_mapped", None) or found
    return str(mapped) if mapped.version == 4 else str(ipaddress.ip_network((mapped, 64), strict=False))

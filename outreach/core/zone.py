"""Local time and UTC, both ways: the customer's wall clock decides, UTC is what is stored and subtracted.

A zone's offset is looked up once a day and zone; the days on which the clocks change are asked of `zoneinfo` anew.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PLAIN_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - the epoch on a wall clock
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_LAST: Final = timedelta(days=1, microseconds=-1)
#: Files beside the zones that say something about this machine, or nothing.
_NO_ZONES: Final = frozenset({"", "localtime", "posixrules", "Factory"})

#: Instants that share an offset: from (UTC, inclusive), to (UTC, exclusive), offset.
Stretch = tuple[datetime, datetime, timedelta]

#: `ZoneInfo` itself keeps only the eight latest from being read from the disk again.
_zone: Final = lru_cache(maxsize=1024)(ZoneInfo)


@lru_cache(maxsize=2048)
def known(zone: str) -> bool:
    """Whether this is a zone of the IANA database; `right/…` counts leap seconds, which nobody's clock shows."""
    if zone in _NO_ZONES or zone.startswith(("right/", "posix/")) or not zone.isprintable():
        return False
    try:
        ZoneInfo(zone)
    except (OSError, LookupError, ValueError):
        return False
    return True


def to_utc(local: datetime, zone: str) -> datetime:
    """The instant (aware, UTC) at which that wall clock shows `local` (naive).

    A time that doesn't exist moves forward by the gap, one that exists twice means the first (PEP 495, fold=0).
    Raises ZoneInfoNotFoundError (a KeyError) for an unknown zone, OverflowError beyond the years 1 to 9999.

    >>> to_utc(datetime(2027, 3, 14, 2, 30), "America/New_York").isoformat()
    '2027-03-14T07:30:00+00:00'
    """
    epoch = _local_epoch(zone, local.toordinal())
    if epoch is not None:
        return _EPOCH + (local - epoch)
    return local.replace(tzinfo=_zone(zone), fold=0).astimezone(UTC)


def to_local(instant: datetime, zone: str) -> datetime:
    """What that wall clock shows (naive) at this instant (aware). Raises as `to_utc`; ValueError when naive."""
    if instant.tzinfo is not UTC:
        if instant.tzinfo is None:
            raise ValueError("an instant needs an offset")
        instant = instant.astimezone(UTC)
    epoch = _utc_epoch(zone, instant.toordinal())
    if epoch is not None:
        return epoch + (instant - _EPOCH)
    return instant.astimezone(_zone(zone)).replace(tzinfo=None, fold=0)


@lru_cache(maxsize=4096)
def stretches(zone: str, day: date) -> tuple[Stretch, ...]:
    """Every instant whose local date is `day`, in order: one stretch, two when the clocks change, none when the zone
    has skipped the day (Apia, 2011-12-30)."""
    epoch = _local_epoch(zone, day.toordinal())
    if epoch is not None:
        start = _EPOCH + (_midnight(day.toordinal()) - epoch)
        return ((start, start + _DAY, epoch - _PLAIN_EPOCH),)
    midnight = _midnight(day.toordinal())
    cut = [_on_that_day(piece, midnight) for piece in _pieces(zone, midnight.replace(tzinfo=UTC))]
    return tuple(piece for piece in cut if piece[0] < piece[1])


@lru_cache(maxsize=65536)
def _local_epoch(zone: str, ordinal: int) -> datetime | None:
    """1970-01-01 UTC on a wall clock with this local day's offset; None when the day has more than one.

    Both folds are asked at both ends: clocks that go back over midnight (St. John's until 2011) visit a day twice.
    """
    tz, start = _zone(zone), _midnight(ordinal)
    if ordinal >= date.max.toordinal():
        return None
    probes = (start, start + _DAY / 2, start + _DAY)
    offsets = {p.replace(tzinfo=tz, fold=fold).utcoffset() for p in probes for fold in (0, 1)}
    return _PLAIN_EPOCH + offset if len(offsets) == 1 and (offset := offsets.pop()) is not None else None


@lru_cache(maxsize=65536)
def _utc_epoch(zone: str, ordinal: int) -> datetime | None:
    """1970-01-01 UTC on a wall clock with this UTC day's offset; None when the day has more than one."""
    if not 2 < ordinal < date.max.toordinal() - 2:
        return None
    start, tz = _midnight(ordinal).replace(tzinfo=UTC), _zone(zone)
    offsets = {(start + part).astimezone(tz).utcoffset() for part in (timedelta(0), _DAY / 2, _LAST)}
    return _PLAIN_EPOCH + offset if len(offsets) == 1 and (offset := offsets.pop()) is not None else None


def _midnight(ordinal: int) -> datetime:
    return datetime.fromordinal(ordinal)


def _on_that_day(piece: Stretch, midnight: datetime) -> Stretch:
    start, end, offset = piece
    first = _EPOCH + (midnight - offset - _PLAIN_EPOCH)
    return max(start, first), min(end, first + _DAY), offset


def _pieces(zone: str, around: datetime) -> list[Stretch]:
    """Stretches of one offset from 26 hours before to 50 hours after; no offset is larger than a day."""
    tz, end = _zone(zone), around + 50 * _HOUR
    start = here = around - 26 * _HOUR
    found: list[Stretch] = []
    while here < end:
        offset = _offset(tz, start)
        if _offset(tz, here + _HOUR) != offset:
            change = _change(tz, here, here + _HOUR)
            found.append((start, change, offset))
            start = change
        here += _HOUR
    return [*found, (start, end, _offset(tz, start))]


def _change(tz: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The second at which the offset changes, between two instants whose offsets differ."""
    before = _offset(tz, low)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        low, high = (middle, high) if _offset(tz, middle) == before else (low, middle)
    return high


def _offset(tz: ZoneInfo, instant: datetime) -> timedelta:
    return instant.astimezone(tz).utcoffset() or timedelta(0)

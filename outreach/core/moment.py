"""The moments that rules speak of: `next business day 10:00` and a customer's facts in, one instant (UTC) out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, Literal

from outreach.core.anchor import Anchor, read_anchor, yearly
from outreach.core.calendar import Calendar
from outreach.core.span import MomentError, Span, parse_span
from outreach.core.zone import known, to_local, to_utc

__all__ = [
    "Base", "Moment", "MomentError", "NoMoment", "Span", "When", "again", "instant", "parse_span", "resolve", "yearly",
]  # fmt: skip

ZERO: Final = Span()

#: `in` counts from the trigger, `weekday` finds the next such day, `previous` counts from the previous step's end;
#: `before`, `on` and `after` turn around an anchor, a date of the event or of the customer.
Kind = Literal["immediately", "in", "weekday", "before", "on", "after", "previous"]


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A moment as written: `next day 10:00` is kind `in`, span 1 day, clock 10:00. Two spellings are equal."""

    kind: Kind
    span: Span = ZERO
    clock: time | None = None
    path: tuple[str, ...] = ()
    weekday: int | None = None
    source: str = field(default="", compare=False)

    @property
    def needs_previous(self) -> bool:
        """Whether it can't be known before the previous step has ended."""
        return self.kind == "previous"

    @property
    def anchor(self) -> str:
        """The field it turns around (`event.arrival`), empty when there is none: when it changes, the moment moves."""
        return ".".join(self.path)

    def __str__(self) -> str:
        return self.source or self.kind


@dataclass(slots=True, kw_only=True)
class Base:
    """What a moment is reckoned from. `now`, `started` (the trigger's time) and `previous` (the end of the previous
    step) are UTC; `lookup` gives an anchor's raw value, None when unknown. Not frozen: it is made tens of thousands
    of times a second."""

    now: datetime
    started: datetime
    zone: str
    calendar: Calendar
    country: str = ""
    region: str = ""
    previous: datetime | None = None
    lookup: Callable[[str], object] = lambda _: None
    feb29: str = "feb28"


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant (UTC) and the wish behind it: a wall time (`2026-11-03T10:00 America/New_York`) that moves with the
    customer's zone, or an instant (`2026-11-03T15:00:00Z`) that doesn't."""

    at: datetime
    intent: str


@dataclass(frozen=True, slots=True)
class NoMoment:
    """Why there is none: `no_value:event.arrival`, `bad_value:event.arrival`, `no_previous`, `no_business_day`,
    `unknown_timezone`, `out_of_range`; and the same for people."""

    reason: str
    text: str


def resolve(when: When, base: Base) -> Moment | NoMoment:
    """The instant that `when` means for this customer. Never raises; what can't be reckoned says why.

    >>> friday_night = datetime(2026, 10, 31, 3, tzinfo=UTC)  # 23:00 in New York, where the clocks change on Sunday
    >>> base = Base(now=friday_night, started=friday_night, zone="America/New_York", calendar=Calendar())
    >>> resolve(When(kind="in", span=Span(business=1), clock=time(10)), base).intent
    '2026-11-02T10:00 America/New_York'
    """
    if not known(base.zone):
        return NoMoment("unknown_timezone", f"the time zone `{base.zone}` is not known")
    try:
        found = _resolve(when, base)
    except OverflowError:
        return NoMoment("out_of_range", f"`{when}` leads out of the calendar")
    if isinstance(found, Moment) and not 1900 <= found.at.year < 2200:
        return NoMoment("out_of_range", f"`{when}` leads to the year {found.at.year}")
    return found


def again(intent: str, zone: str) -> datetime | None:
    """The instant of an earlier moment's `intent` in another zone: wall times move, instants stay; None if unreadable.

    >>> again("2026-11-03T10:00 America/New_York", "Europe/Paris")
    datetime.datetime(2026, 11, 3, 9, 0, tzinfo=datetime.timezone.utc)
    """
    wish, _, wall = intent.partition(" ")
    try:
        at = datetime.fromisoformat(wish)
        if not wall:
            return at.astimezone(UTC) if at.tzinfo else None
        return to_utc(at, zone) if at.tzinfo is None and known(zone) else None
    except (ValueError, OverflowError):
        return None


def _resolve(when: When, base: Base) -> Moment | NoMoment:
    match when.kind:
        case "immediately":
            return instant(max(base.now, base.started))
        case "in":
            return _after(base.started, when, base)
        case "weekday":
            return _weekday(when, base)
        case "previous":
            if base.previous is None:
                return NoMoment("no_previous", "the previous step has not ended")
            return _after(base.previous, when, base)
    return _around(when, base)


def _after(start: datetime, when: When, base: Base) -> Moment | NoMoment:
    if when.clock is None and when.span.elapses:
        return instant(start + timedelta(seconds=when.span.seconds))
    return _days(to_local(start, base.zone), 1, when, base)


def _weekday(when: When, base: Base) -> Moment:
    local = to_local(base.started, base.zone)
    ahead = ((when.weekday or 0) - local.weekday() - 1) % 7 + 1
    return _wall(local.date() + timedelta(days=ahead), when.clock or local.time(), base.zone)


def _around(when: When, base: Base) -> Moment | NoMoment:
    """Before, on or after a date of the event or the customer."""
    name = when.anchor
    value = base.lookup(name)
    if value is None or value == "":
        return NoMoment(f"no_value:{name}", f"`{name}` is not known")
    anchor = read_anchor(value, base.zone, repeats=when.path == ("customer", "birthday"))
    if anchor is None:
        seen = repr(value[:40]) if isinstance(value, str) else type(value).__name__
        return NoMoment(f"bad_value:{name}", f"`{name}` is no date: {seen}")
    sign = -1 if when.kind == "before" else 1
    if anchor.instant is not None and when.clock is None and when.span.elapses:
        return instant(anchor.instant + sign * timedelta(seconds=when.span.seconds))
    local = anchor.local if anchor.local is not None else _occurrence(anchor, when, base)
    if when.clock is None and when.span.elapses:
        return instant(to_utc(local, base.zone) + sign * timedelta(seconds=when.span.seconds))
    return _days(local, sign, when, base)


def _occurrence(anchor: Anchor, when: When, base: Base) -> datetime:
    """The yearly date that is meant: the first on or after the trigger's local date; for `after`, the first whose
    moment is (a week after the birthday, seen three days after it, is in four days, not next year)."""
    today = to_local(base.started, base.zone).date()
    since = today - when.span.elapsed if when.kind == "after" else today
    found = (yearly(anchor.yearly, year, base.feb29) for year in range(since.year, since.year + 2))
    day = next((day for day in found if day is not None and day >= since), None)
    if day is None:
        raise OverflowError("no such date")
    return datetime.combine(day, time())


def _days(local: datetime, sign: int, when: When, base: Base) -> Moment | NoMoment:
    day = when.span.move(local.date(), sign, base.calendar, (base.country, base.region))
    if day is None:
        return NoMoment("no_business_day", "the calendar has no open day within 400 days")
    return _wall(day, local.time(), base.zone) if when.clock is None else _same(day, when.clock, base.zone)


def _wall(day: date, clock: time, zone: str) -> Moment:
    local = datetime.combine(day, clock)
    wish = local.isoformat("T", "auto" if clock.second or clock.microsecond else "minutes")
    return Moment(to_utc(local, zone), f"{wish} {zone}")


#: A rule's clock strikes for many customers at once: of a thousand events of one day, a dozen moments in as many zones.
_same: Final = lru_cache(maxsize=65536)(_wall)


def instant(at: datetime) -> Moment:
    """A moment that doesn't move with the zone."""
    at = at if at.tzinfo is UTC else at.astimezone(UTC)
    return Moment(at, at.isoformat()[:-6] + "Z")

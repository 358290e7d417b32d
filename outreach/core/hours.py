"""Opening hours as marketers write them: `mon-fri: "10:00-13:00, 14:00-18:00"`."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from outreach.core.week import ALWAYS, NEVER, ClosedDay, Week, week
from outreach.core.words import WEEKDAYS, MomentError, clock_minutes, weekday

__all__ = ["ALWAYS", "NEVER", "ClosedDay", "MomentError", "Week", "parse_days", "parse_hours", "spell"]

_SAID = {"weekdays": "mon-fri", "weekday": "mon-fri", "weekend": "sat-sun", "daily": "mon-sun", "all": "mon-sun"}
_LIST = "weekdays are mon, tue, wed, thu, fri, sat, sun"


def parse_days(text: str) -> tuple[int, ...]:
    """Weekdays (0 is Monday) in the order written: `mon-fri`, `sat`, `mon, wed-thu`, `fri-mon`. Raises MomentError.

    >>> parse_days("mon-fri"), parse_days("sat, mon"), parse_days("sat-mon")
    ((0, 1, 2, 3, 4), (5, 0), (5, 6, 0))
    """
    days: list[int] = []
    for part, offset in _parts(text):
        first, dash, last = (piece.strip() for piece in _plain(part).partition("-"))
        start = _weekday(first, offset)
        end = _weekday(last, offset + part.rindex(last)) if dash else start
        found = [(start + ahead) % 7 for ahead in range((end - start) % 7 + 1)]
        twice = next((day for day in found if day in days), None)
        if twice is not None:
            raise MomentError(f"{WEEKDAYS[twice]} stands here twice", offset)
        days += found
    return tuple(days)


def parse_hours(written: Mapping[str, str]) -> Week:
    """Days → openings: `{"mon-fri": "10:00-13:00, 14:00-18:00", "sat": "22:00-02:00"}`. Raises MomentError.

    An opening may end at 24:00; one that ends before it begins goes on after midnight; `closed` has none, `any` is
    the whole day. Days that aren't named are closed. The error's offset counts in the text that its message names.
    """
    openings: dict[int, list[tuple[int, int]]] = {}
    for days, text in written.items():
        spans = _openings(text)
        for day in parse_days(days):
            if day in openings:
                raise MomentError(f"{WEEKDAYS[day]} is given twice", 0, "name each weekday once")
            openings[day] = spans
    return week(openings)


def spell(hours: Week) -> str:
    """A week in words, neighbouring days with the same hours together.

    >>> spell(parse_hours({"mon-sat": "09:00-21:00", "sun": "12:00-21:00"})), spell(NEVER)
    ('mon-sat 09:00-21:00, sun 12:00-21:00', 'no hours')
    """
    found = []
    for day, spans in enumerate(hours.days):
        if spans and (not day or hours.days[day - 1] != spans):
            last = next((n for n in range(day, 6) if hours.days[n + 1] != spans), 6)
            days = WEEKDAYS[day][:3] + (f"-{WEEKDAYS[last][:3]}" if last > day else "")
            found.append(f"{days} {' and '.join(f'{_clock(a)}-{_clock(b)}' for a, b in spans)}")
    return ", ".join(found) or "no hours"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _openings(text: str) -> list[tuple[int, int]]:
    if text.strip().lower() == "closed":
        return []
    if text.strip().lower() == "any":
        return [(0, 1440)]
    return [_opening(part, offset) for part, offset in _parts(text)]


def _opening(part: str, offset: int) -> tuple[int, int]:
    """Minutes of `10:00-13:00`."""
    first, dash, last = (piece.strip() for piece in _plain(part).partition("-"))
    if not dash or not last:
        raise MomentError(f"`{part}` is no opening", offset, "write it as `10:00-18:00`")
    start = clock_minutes(first, offset)
    end = clock_minutes(last, offset + part.rindex(last), end=True)
    if start == end:
        raise MomentError(f"`{part}` is empty", offset, "the whole day is `00:00-24:00`")
    return start, end


def _parts(text: str) -> list[tuple[str, int]]:
    """The parts between commas, each with where it begins."""
    if len(text) > 200:
        raise MomentError("longer than 200 characters", 200)
    found, offset = [], 0
    for part in text.split(","):
        bare = part.strip()
        if not bare:
            raise MomentError("something is missing here", offset, "write `mon-fri` for days, `10:00-18:00` for hours")
        found.append((bare, offset + part.index(bare)))
        offset += len(part) + 1
    return found


def _plain(part: str) -> str:
    """With a plain hyphen: word processors write an en dash."""
    return part.replace("–", "-")


def _weekday(name: str, offset: int) -> int:
    low = name.lower()
    if not low:
        raise MomentError("a weekday is missing here", offset, _LIST)
    day = weekday(low)
    if day is None:
        near = get_close_matches(low, (*WEEKDAYS, *(name[:3] for name in WEEKDAYS)), 1, 0.6)
        meant = _SAID.get(low) or (near[0][:3] if near else "")
        hint = f"did you mean `{meant}`?" if meant else _LIST
        raise MomentError(f"no weekday is called `{name}`", offset, hint)
    return day

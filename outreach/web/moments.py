"""Moments as people give them on a page: one of a few buttons, or a date and time on somebody's clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from outreach.core.zone import known, to_local, to_utc
from outreach.web.problems import ProblemError

#: The buttons: what they say, and how long that is; None: tomorrow at ten.
PICKS: Mapping[str, tuple[str, timedelta | None]] = {
    "15m": ("15 minutes", timedelta(minutes=15)), "1h": ("1 hour", timedelta(hours=1)),
    "3h": ("3 hours", timedelta(hours=3)), "tomorrow": ("Tomorrow 10:00", None),
}  # fmt: skip
MORNING = time(10)


def picked(pick: str, zone: str, now: datetime) -> datetime:
    """The moment of a button, UTC. Raises ProblemError."""
    if pick not in PICKS:
        raise ProblemError(422, "That can't be read", f"{pick!r} is no time: use the buttons, or a date and a time.")
    lasts = PICKS[pick][1]
    if lasts is not None:
        return now + lasts
    return to_utc(datetime.combine(to_local(now, zone).date() + timedelta(days=1), MORNING), zone)


def typed(text: str, zone: str) -> datetime:
    """A date and time as a browser's field sends it, on the clock of that zone; UTC. Raises ProblemError."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ProblemError(422, "When?", "Give a date and a time, such as 2026-11-30T10:00.") from None
    if at.tzinfo is not None or not 2000 <= at.year <= 2100:
        raise ProblemError(422, "When?", "Give a date and a time of this century, such as 2026-11-30T10:00.")
    return to_utc(at, zone)


def moment(form: Mapping[str, str], field: str, zone: str, now: datetime) -> datetime:
    """What the form says: the button that was pressed, else what was typed into `field`. The form may name the
    customer's zone. Raises ProblemError."""
    if form.get("pick"):
        return picked(form["pick"], zone, now)
    named = form.get("zone", "")
    return typed(form.get(field, ""), named if named and known(named) else zone)

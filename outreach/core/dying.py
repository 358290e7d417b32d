"""How long an SMS may lie in a provider's queue. What lies there is out of reach of a STOP and of every pause, and
would come at night if it came late: so it dies before the hours end, and before it is worth nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from outreach.core.follow_up import FollowUp
from outreach.core.guard import Policy
from outreach.core.lawful import law_guards
from outreach.core.open_hours import hours_guards
from outreach.core.standing import Standing

LONGEST: Final = timedelta(hours=4)
#: What networks and phones may take on top of it.
MARGIN: Final = timedelta(minutes=10)
#: Less would not even leave a phone the time to be found.
SHORTEST: Final = timedelta(minutes=1)
#: No hours are closed for less than this in between.
_STEP: Final = timedelta(minutes=30)
_NEAR: Final = timedelta(minutes=1)


def dies(f: FollowUp, now: datetime, standing: Standing, policy: Policy) -> datetime:
    """The moment by which a message that is sent now must have been delivered."""
    end = min(hours_end(f, now, standing, policy), f.valid_until, now + LONGEST + MARGIN)
    return max(end - MARGIN, now + SHORTEST)


def hours_end(f: FollowUp, now: datetime, standing: Standing, policy: Policy) -> datetime:
    """When the hours that are open now end, to the minute; as far ahead as anybody asks, if they don't by then. Most
    messages of one claim ask for the same hours."""
    c = standing.customer
    asked = (hours_end, now, f.channel, f.purpose, standing.zones, standing.places, c.country, c.region)
    return policy.worked_out(asked, lambda: _searched(f, now, standing, policy))


def _searched(f: FollowUp, now: datetime, standing: Standing, policy: Policy) -> datetime:
    guards = [*hours_guards(f, standing, policy), *law_guards(f, standing, policy, ())]

    def is_open(at: datetime) -> bool:
        return all(guard(at) is None for guard in guards)

    last = now + LONGEST + MARGIN
    known = now
    while known < last:
        at = min(known + _STEP, last)
        if not is_open(at):
            return _between(known, at, is_open)
        known = at
    return last


def _between(opened: datetime, closed: datetime, is_open: Callable[[datetime], bool]) -> datetime:
    while closed - opened > _NEAR:
        middle = opened + (closed - opened) / 2
        opened, closed = (middle, closed) if is_open(middle) else (opened, middle)
    return opened

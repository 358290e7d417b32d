"""The house's hours and the customer's public holidays, as a guard: in every zone that she may be in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime

from outreach.core.follow_up import FollowUp
from outreach.core.hours import ALWAYS
from outreach.core.objecting import Guard, Objection
from outreach.core.policy import Policy
from outreach.core.standing import Standing
from outreach.core.trace import Reason

UNKNOWN_ZONE = Reason(code="unknown_timezone", text="the customer's time zone isn't known, so no hour is safe")


def hours_guards(f: FollowUp, standing: Standing, policy: Policy) -> Iterator[Guard]:
    """The guard of the cadence's hours for this channel; none when it may be used at any time."""
    week = policy.cadence.hours.get(f.channel)
    holidays = policy.cadence.holidays == "customer" and f.channel in ("call", "sms")
    if policy.cadence.policy(f.purpose).any_hours or (week is None and not holidays):
        return
    if not standing.zones:
        yield lambda at: (None, UNKNOWN_ZONE)
        return
    hours, closed = week or ALWAYS, _closed_day(standing, policy) if holidays else None
    text = f"outside {f.channel} hours" if week else "a public holiday where the customer is"
    said: list[Reason] = []  # the first time it says no is told; the search may ask a hundred times

    def guard(at: datetime) -> Objection | None:
        for zone in standing.zones:
            until = hours.next_open(at, zone, closed)
            if until != at:
                if not said:
                    numbers = {"zone": zone, "opens": until.isoformat() if until else None}
                    said.append(Reason(code=f"hours:{f.channel}", text=text, numbers=numbers))
                return until, said[0]
        return None

    yield guard


def _closed_day(standing: Standing, policy: Policy) -> Callable[[date], bool]:
    """Closed: a public holiday where the customer is, and a day on which the house itself is shut."""
    c, house = standing.customer, policy.calendar
    return lambda day: (
        (day in policy.holidays(c.country, c.region, day.year) or day in house.closed) and day not in house.open
    )

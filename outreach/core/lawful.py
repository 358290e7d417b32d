"""The guards of the law: its hours, days and limits, each with a reason that names the law and its source.

They hold beside the house's own, so the strictest wins. A house can't switch one off by a purpose that obeys no caps or
may come at any hour, nor by a day on which it is open all the same; only by naming no packs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from outreach.core.calendar import LOOK_AHEAD, HolidaysOf
from outreach.core.consenting import word
from outreach.core.follow_up import FollowUp
from outreach.core.hours import ALWAYS, spell
from outreach.core.law import InForce, Law, Limit, in_force
from outreach.core.ledger import COUNTING, Touch
from outreach.core.objecting import Guard, Objection
from outreach.core.open_hours import UNKNOWN_ZONE
from outreach.core.policy import Policy
from outreach.core.standing import Standing
from outreach.core.trace import Reason
from outreach.core.windows import first_free, near
from outreach.core.zone import to_local

UNKNOWN_PLACE = Reason(
    code="unknown_place", text="nothing says in which country the customer is, so no law can be kept"
)
_DAY = timedelta(days=1)


def unlawful(f: FollowUp, standing: Standing, policy: Policy) -> Reason | None:
    """The law that wants a recorded consent for this contact. Not asked where one is recorded."""
    if f.purpose != "marketing" or word(standing.consents, f.channel, f.purpose, standing.now).status == "given":
        return None
    for law, _ in in_force(policy.cadence.laws, standing.places, f.channel, f.purpose) or ():
        if law.consent:
            return _reason(law, "consent", f"wants consent for marketing by {f.channel}; none is recorded")
    return None


def law_guards(f: FollowUp, standing: Standing, policy: Policy, touches: Sequence[Touch]) -> Iterator[Guard]:
    """The guards of all laws that hold for this contact."""
    yield from lawful_hours(f, standing, policy)
    for law, _ in in_force(policy.cadence.laws, standing.places, f.channel, f.purpose) or ():
        for limit in law.limits:
            yield _limit_guard(law, limit, touches)


def lawful_hours(f: FollowUp, standing: Standing, policy: Policy) -> Iterator[Guard]:
    """Those of them that ask for no other contact."""
    found = in_force(policy.cadence.laws, standing.places, f.channel, f.purpose)
    if found is None:
        yield lambda at: (None, UNKNOWN_PLACE)
        return
    for one in found:
        if one.law.hours is not None or one.law.holidays:
            yield _hours_guard(one, standing.zones, policy.holidays)


def _hours_guard(one: InForce, zones: tuple[str, ...], holidays: HolidaysOf) -> Guard:
    law = one.law
    if not zones:
        return lambda at: (None, UNKNOWN_ZONE)
    clocks = (*zones, *(zone for zone in law.zones if zone not in zones))
    holiday = _holiday(one, holidays)
    closed = holiday if law.holidays else None
    said: dict[bool, Reason] = {}  # the first time it says no is told; the search may ask a hundred times

    def guard(at: datetime) -> Objection | None:
        for zone in clocks:
            until = next_lawful(law, at, zone, closed, holiday)
            if until != at:
                shut = closed is not None and closed(to_local(at, zone).date())
                if shut not in said:
                    said[shut] = _closed(law, shut, zone, until)
                return until, said[shut]
        return None

    return guard


def next_lawful(
    law: Law, at: datetime, zone: str, closed: Callable[[date], bool] | None, holiday: Callable[[date], bool]
) -> datetime | None:
    """The first instant from `at` on in the hours of this law, on one clock; None when not within 400 days."""
    week, eves = law.hours or ALWAYS, law.eves
    moment = week.next_open(at, zone, closed)
    if eves is None:
        return moment
    for _ in range(LOOK_AHEAD):
        if moment is None or not holiday(to_local(moment, zone).date() + _DAY):
            return moment
        narrowed = eves.next_open(moment, zone)
        if narrowed is None or narrowed == moment:
            return narrowed
        moment = week.next_open(narrowed, zone, closed)
    return None


def _holiday(one: InForce, holidays: HolidaysOf) -> Callable[[date], bool]:
    return lambda day: any(day in holidays(country, part, day.year) for country, part in one.places)


def _closed(law: Law, shut: bool, zone: str, until: datetime | None) -> Reason:
    numbers = {"zone": zone, "opens": until.isoformat() if until else None}
    if shut:
        return _reason(law, "holiday", "has no such contacts on a public holiday", **numbers)
    return _reason(law, "hours", f"allows {spell(law.hours or ALWAYS)}", **numbers)


def law_counted(law: Law, touches: Iterable[Touch]) -> list[datetime]:
    """The sorted instants of the touches that count in this law's limits: of all that it speaks of, whatever the
    house's own counting says."""
    return sorted([t.at for t in touches if t.state in COUNTING and law.covers(t.channel, t.purpose)])


def _limit_guard(law: Law, limit: Limit, touches: Sequence[Touch]) -> Guard:
    times = law_counted(law, touches)
    said: list[Reason] = []  # the first time it says no is told

    def guard(at: datetime) -> Objection | None:
        until = first_free(at, times, limit.max, limit.per)
        if until == at:
            return None
        if not said:
            numbers = {
                "used": near(at, times, limit.per),
                "limit": limit.max,
                "free": until.isoformat() if until else None,
            }
            text = f"allows {limit.max} in {limit.label.partition('/')[2]}"
            said.append(_reason(law, limit.label, text, **numbers))
        return until, said[0]

    return guard


def _reason(law: Law, part: str, said: str, **numbers: object) -> Reason:
    where = {"source": law.source, "confidence": law.confidence}
    return Reason(code=f"{law.code}:{part}", text=f"the law of {law.place} {said}", numbers=numbers | where)

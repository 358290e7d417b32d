"""The guard: may this contact happen now? Allow, defer until, or refuse; always with reasons and numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from outreach.core.back_off import back_off_guards
from outreach.core.cadence import Cadence, Cap, length
from outreach.core.calendar import Calendar, HolidaysOf
from outreach.core.consenting import refused
from outreach.core.follow_up import TOUCHING, FollowUp
from outreach.core.hours import ALWAYS
from outreach.core.ledger import Touch
from outreach.core.objecting import Guard, Objection
from outreach.core.quiet import quiet_guards
from outreach.core.standing import Standing
from outreach.core.trace import Reason
from outreach.core.windows import counted, first_free, gap_counted

#: A bound on the search for a common opening of all guards: each round moves at least one guard's opening ahead.
ROUNDS = 200
HORIZON = timedelta(days=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The cadence, the house's calendar and the public holidays of any place: what the guard needs besides the
    customer's standing. `zone` is the house's own."""

    cadence: Cadence
    calendar: Calendar
    holidays: HolidaysOf
    zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The first instant at which every guard lets the contact pass (None: not in sight), and what stood in the way."""

    at: datetime | None
    reasons: tuple[Reason, ...] = ()


def refusal(f: FollowUp, standing: Standing, policy: Policy) -> Reason | None:
    """Why this contact must not happen at all as things stand: no address, opted out, no consent."""
    return refused(f, standing, policy.cadence)


def opening(f: FollowUp, at: datetime, standing: Standing, policy: Policy, planned: Sequence[Touch] = ()) -> Opening:
    """The earliest instant from `at` on that consent, holds, hours, gap, back-off and caps all allow.

    `planned` are touches that lie ahead and must keep their room. Each guard names the first instant it would open;
    the search goes on from there until none objects.
    """
    if f.channel not in TOUCHING:
        return Opening(at=at)
    guards = _guards(f, standing, policy, planned)
    reasons: dict[str, Reason] = {}
    moment, end = at, at + HORIZON
    for _ in range(ROUNDS):
        later = next((found for guard in guards if (found := guard(moment)) is not None), None)
        if later is None:
            return Opening(at=moment, reasons=tuple(reasons.values()))
        until, reason = later
        reasons.setdefault(reason.code, reason)
        if until is None or until > end:
            return Opening(at=None, reasons=tuple(reasons.values()))
        moment = until
    return Opening(at=None, reasons=tuple(reasons.values()))


def _guards(f: FollowUp, standing: Standing, policy: Policy, planned: Sequence[Touch]) -> list[Guard]:
    guards = own_guards(f, standing, policy)
    if policy.cadence.policy(f.purpose).obeys_caps:
        touches = (*standing.touches_for(f.channel), *planned)
        guards.append(_gap_guard(policy.cadence, touches))
        guards.extend(back_off_guards(standing, policy.cadence, planned))
        guards.extend(_cap_guards(f, policy.cadence, touches))
    return guards


def own_guards(f: FollowUp, standing: Standing, policy: Policy) -> list[Guard]:
    """The guards that ask for no other touch: holds, silence, consent that ends, hours."""
    guards = [_hold_guard(f, standing, policy.cadence), *quiet_guards(f, standing, policy.cadence)]
    if not policy.cadence.policy(f.purpose).any_hours:
        guards.append(_hours_guard(f, standing, policy))
    return guards


def _hold_guard(f: FollowUp, standing: Standing, cadence: Cadence) -> Guard:
    held = next((h for h in cadence.holds if h.name in standing.holds and f.purpose in h.purposes), None)
    if held is None:
        return lambda at: None
    since = standing.holds[held.name]
    reason = Reason(
        code=f"hold:{held.name}", text=f"an open {held.name} holds {f.purpose}", numbers={"since": since.isoformat()}
    )
    return lambda at: (None, reason)


def _hours_guard(f: FollowUp, standing: Standing, policy: Policy) -> Guard:
    week = policy.cadence.hours.get(f.channel)
    holidays = policy.cadence.holidays == "customer" and f.channel in ("call", "sms")
    if week is None and not holidays:
        return lambda at: None
    if not standing.zone:
        unknown = Reason(code="unknown_timezone", text="the customer's time zone isn't known, so no hour is safe")
        return lambda at: (None, unknown)
    closed = _closed_day(standing, policy) if holidays else _never_closed

    def guard(at: datetime) -> Objection | None:
        until = (week or ALWAYS).next_open(at, standing.zone, closed)
        if until == at:
            return None
        text = f"outside {f.channel} hours" if week else "a public holiday where the customer is"
        numbers = {"zone": standing.zone, "opens": until.isoformat() if until else None}
        return until, Reason(code=f"hours:{f.channel}", text=text, numbers=numbers)

    return guard


def _gap_guard(cadence: Cadence, touches: Sequence[Touch]) -> Guard:
    times, gap = gap_counted(touches), cadence.min_gap

    def guard(at: datetime) -> Objection | None:
        until = first_free(at, times, 1, gap) if gap else at
        if until == at:
            return None
        near = [t for t in times if abs(t - at) < gap]
        numbers = {"touch": near[-1].isoformat() if near else None, "gap": length(gap), "free": _iso(until)}
        return until, Reason(
            code=f"gap:{length(gap)}", text=f"less than {length(gap)} from another touch", numbers=numbers
        )

    return guard


def _cap_guards(f: FollowUp, cadence: Cadence, touches: Sequence[Touch]) -> Iterator[Guard]:
    return (_cap_guard(cap, counted(cap, touches)) for cap in cadence.caps if cap.covers(f.channel, f.purpose))


def _cap_guard(cap: Cap, times: Sequence[datetime]) -> Guard:
    def guard(at: datetime) -> Objection | None:
        until = first_free(at, times, cap.max, cap.per)
        if until == at:
            return None
        used = sum(1 for t in times if at - cap.per < t < at + cap.per)  # with what is planned ahead and keeps its room
        numbers = {"used": used, "limit": cap.max, "window": length(cap.per), "free": _iso(until)}
        return until, Reason(code=f"cap:{cap.label}", text=f"{used} of {cap.max} in {length(cap.per)}", numbers=numbers)

    return guard


def _closed_day(standing: Standing, policy: Policy) -> Callable[[date], bool]:
    """Closed: a public holiday where the customer is, and a day on which the house itself is shut."""
    c, house = standing.customer, policy.calendar
    return lambda day: (
        (day in policy.holidays(c.country, c.region, day.year) or day in house.closed) and day not in house.open
    )


def _never_closed(day: date) -> bool:
    return False


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None

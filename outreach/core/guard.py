"""The guard: may this contact happen now? Allow, defer until, or refuse; always with reasons and numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from outreach.core.back_off import back_off_guards
from outreach.core.cadence import Cadence, Cap, length
from outreach.core.consenting import refused
from outreach.core.follow_up import TOUCHING, FollowUp
from outreach.core.lawful import law_guards, unlawful
from outreach.core.ledger import Touch
from outreach.core.objecting import Guard, Objection
from outreach.core.open_hours import hours_guards
from outreach.core.policy import Policy
from outreach.core.quiet import quiet_guards
from outreach.core.standing import Standing
from outreach.core.trace import Reason
from outreach.core.windows import counted, first_free, gap_counted, near

__all__ = ["HORIZON", "Opening", "Policy", "objections", "opening", "refusal"]

#: A bound on the search for a common opening of all guards: each round moves at least one guard's opening ahead. Hours
#: that meet at all meet within a week or two, which takes a few rounds a day and zone.
ROUNDS, MORE, MOST = 200, 40, 400
HORIZON = timedelta(days=400)


@dataclass(slots=True, kw_only=True)
class Opening:
    """The first instant at which every guard lets the contact pass (None: not in sight), and what stood in the way."""

    at: datetime | None
    reasons: tuple[Reason, ...] = ()


def refusal(f: FollowUp, standing: Standing, policy: Policy) -> Reason | None:
    """Why this contact must not happen at all as things stand: no address, opted out, no consent."""
    no = refused(f, standing, policy.cadence)
    if no is not None or f.channel not in TOUCHING or not policy.cadence.laws:
        return no
    return None if policy.cadence.policy(f.purpose).consent == "not needed" else unlawful(f, standing, policy)


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
    for _ in range(min(ROUNDS + MORE * len(standing.zones), MOST)):
        later = None
        for guard in guards:
            later = guard(moment)
            if later is not None:
                break
        if later is None:
            return Opening(at=moment, reasons=tuple(reasons.values()))
        until, reason = later
        reasons.setdefault(reason.code, reason)
        if until is None or until > end:
            return Opening(at=None, reasons=tuple(reasons.values()))
        moment = until
    reasons["no_common_hour"] = Reason(code="no_common_hour", text="no hour is allowed by all of these, in every zone")
    return Opening(at=None, reasons=tuple(reasons.values()))


def objections(
    f: FollowUp, at: datetime, standing: Standing, policy: Policy, planned: Sequence[Touch] = ()
) -> tuple[Reason, ...]:
    """All that stands in the way at this very instant, where `opening` tells what stands in the way until its own."""
    if f.channel not in TOUCHING:
        return ()
    return tuple(no[1] for guard in _guards(f, standing, policy, planned) if (no := guard(at)) is not None)


def _guards(f: FollowUp, standing: Standing, policy: Policy, planned: Sequence[Touch]) -> list[Guard]:
    touches = (*standing.touches_for(f.channel), *planned)
    guards = lasting_guards(f, standing, policy)
    guards += [*hours_guards(f, standing, policy), *law_guards(f, standing, policy, touches)]
    if policy.cadence.policy(f.purpose).obeys_caps:
        if touches:  # else nothing is near
            guards.append(_gap_guard(policy.cadence, touches))
            guards.extend(back_off_guards(standing, policy.cadence, planned))
        guards.extend(_cap_guards(f, policy.cadence, touches))
    return guards


def lasting_guards(f: FollowUp, standing: Standing, policy: Policy) -> list[Guard]:
    """The guards that ask for no other touch and for no hours: holds, silence, consent that ends."""
    guards = quiet_guards(f, standing, policy.cadence)
    if standing.holds:
        holds = (h for h in policy.cadence.holds if h.name in standing.holds and f.purpose in h.purposes)
        guards[:0] = [_hold_guard(f, hold.name, standing) for hold in islice(holds, 1)]
    return guards


def _hold_guard(f: FollowUp, name: str, standing: Standing) -> Guard:
    numbers = {"since": standing.holds[name].isoformat()}
    reason = Reason(code=f"hold:{name}", text=f"an open {name} holds {f.purpose}", numbers=numbers)
    return lambda at: (None, reason)


def _gap_guard(cadence: Cadence, touches: Sequence[Touch]) -> Guard:
    times, gap = gap_counted(touches), cadence.min_gap
    said: list[Reason] = []  # the first time it says no is told

    def guard(at: datetime) -> Objection | None:
        until = first_free(at, times, 1, gap) if gap else at
        if until == at:
            return None
        if not said:
            last, span = max([t for t in times if abs(t - at) < gap], default=None), length(gap)
            numbers = {"touch": _iso(last), "gap": span, "free": _iso(until)}
            said.append(Reason(code=f"gap:{span}", text=f"less than {span} from another touch", numbers=numbers))
        return until, said[0]

    return guard


def _cap_guards(f: FollowUp, cadence: Cadence, touches: Sequence[Touch]) -> Iterator[Guard]:
    caps = (cap for cap in cadence.caps if touches or cap.max <= 0)
    return (_cap_guard(cap, counted(cap, touches)) for cap in caps if cap.covers(f.channel, f.purpose))


def _cap_guard(cap: Cap, times: Sequence[datetime]) -> Guard:
    said: list[Reason] = []  # the first time it says no is told

    def guard(at: datetime) -> Objection | None:
        until = first_free(at, times, cap.max, cap.per)
        if until == at:
            return None
        if not said:
            used, span = near(at, times, cap.per), length(cap.per)  # with what is planned ahead and keeps its room
            numbers = {"used": used, "limit": cap.max, "window": span, "free": _iso(until)}
            said.append(Reason(code=f"cap:{cap.label}", text=f"{used} of {cap.max} in {span}", numbers=numbers))
        return until, said[0]

    return guard


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None

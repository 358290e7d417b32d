"""The guard: may this contact happen now? Allow, defer until, or refuse; always with reasons and numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from outreach.core.cadence import Cadence, Cap, length
from outreach.core.follow_up import TOUCHING, FollowUp
from outreach.core.lawful import law_guards, unlawful
from outreach.core.ledger import Touch
from outreach.core.open_hours import Guard, Objection, hours_guards
from outreach.core.policy import Policy
from outreach.core.standing import Standing
from outreach.core.trace import Reason
from outreach.core.windows import counted, first_free, gap_counted

__all__ = ["HORIZON", "Opening", "Policy", "opening", "refusal"]

#: A bound on the search for a common opening of all guards: each round moves at least one guard's opening ahead. Hours
#: that meet at all meet within a week or two, which takes a few rounds a day and zone.
ROUNDS, MORE, MOST = 200, 40, 400
HORIZON = timedelta(days=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The first instant at which every guard lets the contact pass (None: not in sight), and what stood in the way."""

    at: datetime | None
    reasons: tuple[Reason, ...] = ()


def refusal(f: FollowUp, standing: Standing, policy: Policy) -> Reason | None:
    """Why this contact must not happen at all as things stand: no address, opted out, no consent."""
    if f.channel not in TOUCHING:
        return None
    address = standing.customer.address(f.channel)
    if not address:
        return Reason(code=f"no_address:{f.channel}", text=f"no {_kind(f.channel)} is known for this customer")
    rule = policy.cadence.policy(f.purpose)
    if rule.consent == "not needed":
        return None
    key = standing.address_keys.get(f.channel, "")
    if (key, f.channel) in standing.suppressed or (key, "all") in standing.suppressed:
        return Reason(code=f"suppressed:{f.channel}", text="this address has asked not to be contacted")
    said = standing.consent(f.channel, f.purpose)
    if said is not None and not said.given:
        return Reason(
            code=f"opted_out:{f.channel}", text=f"withdrawn on {said.at:%Y-%m-%d}", numbers=_from(said.source)
        )
    if rule.consent == "required" and said is None:
        return Reason(
            code=f"no_consent:{f.channel}", text=f"{f.purpose} by {f.channel} needs consent; none is recorded"
        )
    return unlawful(f, standing, policy) if policy.cadence.laws else None


def opening(f: FollowUp, at: datetime, standing: Standing, policy: Policy, planned: Sequence[Touch] = ()) -> Opening:
    """The earliest instant from `at` on that holds, hours, gap and caps all allow.

    `planned` are touches that lie ahead and must keep their room. Each guard names the first instant it would open;
    the search goes on from there until none objects.
    """
    if f.channel not in TOUCHING:
        return Opening(at=at)
    touches = (*standing.touches_for(f.channel), *planned)
    guards = _guards(f, standing, policy, touches)
    reasons: dict[str, Reason] = {}
    moment, end = at, at + HORIZON
    for _ in range(min(ROUNDS + MORE * len(standing.zones), MOST)):
        later = next((found for guard in guards if (found := guard(moment)) is not None), None)
        if later is None:
            return Opening(at=moment, reasons=tuple(reasons.values()))
        until, reason = later
        reasons.setdefault(reason.code, reason)
        if until is None or until > end:
            return Opening(at=None, reasons=tuple(reasons.values()))
        moment = until
    reasons["no_common_hour"] = Reason(code="no_common_hour", text="no hour is allowed by all of these, in every zone")
    return Opening(at=None, reasons=tuple(reasons.values()))


def _guards(f: FollowUp, standing: Standing, policy: Policy, touches: Sequence[Touch]) -> list[Guard]:
    rule = policy.cadence.policy(f.purpose)
    guards = [_hold_guard(f, standing, policy.cadence), *hours_guards(f, standing, policy)]
    guards.extend(law_guards(f, standing, policy, touches))
    if rule.obeys_caps:
        guards.append(_gap_guard(policy.cadence, touches))
        guards.extend(_cap_guards(f, policy.cadence, touches))
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


def _kind(channel: str) -> str:
    return "e-mail address" if channel == "email" else "phone number"


def _from(source: str) -> dict[str, str]:
    return {"source": source} if source else {}


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None

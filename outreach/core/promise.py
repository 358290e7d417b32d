"""A promise: she asked to be rung back at some time. The call that keeps it is a follow-up of the same step, with the
promise in its overlay.

She has asked for it, so it is `transactional` whatever its rule is for: it waits for no cap and no silence, keeps the
hours of house and law, and counts towards the gap like any other call of that kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from outreach.core.follow_up import FollowUp, evolve
from outreach.core.keys import bucket_of, make_id

#: Where the promise stands in a follow-up's overlay.
PROMISE: Final = "promise"
#: Nobody promises a call later than this.
LATEST: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A call at `at` (UTC), promised `by` somebody; `to` is who said to make it in person, "" for anyone."""

    at: datetime
    by: str
    to: str


def promise_of(f: FollowUp) -> Promise | None:
    """What was promised with this call; None when nothing was."""
    told = (f.overlay or {}).get(PROMISE)
    if not isinstance(told, Mapping):
        return None
    return Promise(at=datetime.fromisoformat(told["at"]), by=str(told.get("by", "")), to=str(told.get("to", "")))


def promised(f: FollowUp, tenant: str, promise: Promise, until: datetime) -> FollowUp:
    """The call that keeps this promise: the same step once more, worth it until `until` (UTC)."""
    told = {"at": promise.at.isoformat(), "by": promise.by, "to": promise.to}
    return evolve(
        f, id=promise_id(f, tenant, f.customer, told["at"]), state="scheduled", reason="", due=promise.at,
        wake=promise.at, valid_until=until, purpose="safety" if f.purpose == "safety" else "transactional",
        priority=100, intent=told["at"], outcome="", outcome_by="", note="", attempt=0, address="", listed=None,
        ended=None, worker="", assign=promise.to or f.assign, overlay={**(f.overlay or {}), PROMISE: told},
    )  # fmt: skip


def promise_id(f: FollowUp, tenant: str, customer: str, at: str) -> str:
    """The id of such a call: that of its step, and the promised moment."""
    return make_id(bucket_of(tenant, customer), tenant, customer, f.rule, f.trigger, str(f.index), PROMISE, at)


def handed_on(f: FollowUp) -> dict[str, Any]:
    """The overlay of a promised call that somebody else is to make now."""
    overlay = f.overlay or {}
    return overlay | {PROMISE: overlay[PROMISE] | {"to": ""}}


def without(overlay: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """An overlay that speaks of no promise, for the steps that come after."""
    return {name: value for name, value in overlay.items() if name != PROMISE} or None if overlay else None


def wrong(data: Mapping[str, object], told: datetime) -> str:
    """Why what an outcome, told at that moment, says of a promise can't be taken; "" when it can."""
    said = data.get("call_back_at")
    if said in (None, ""):
        return "`only_me` needs `call_back_at`: when is she to be rung?" if data.get("only_me") else ""
    if data.get("outcome") != "call_back":
        return f"`call_back_at` belongs to the outcome call_back, not to {data.get('outcome')}"
    if data.get("only_me") and not data.get("by"):
        return "`only_me` needs `by`: who is to ring her?"
    at = moment(said)
    if at is None:
        return f"`call_back_at` {said!r} is no time: write 2026-11-03T14:00:00-05:00, with its offset"
    if at <= told:
        return f"`call_back_at` {said} is past: name a time that is still to come"
    return f"`call_back_at` {said} is more than a year ahead" if at > told + LATEST else ""


def moment(said: object) -> datetime | None:
    """An instant as programs write it; None when it is none, or says no offset."""
    try:
        at = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return at if at.tzinfo is not None else None

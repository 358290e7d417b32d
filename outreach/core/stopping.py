"""Stopping and moving runs: what a new event makes needless, and what it shifts."""

from __future__ import annotations

from datetime import datetime

from outreach.core.event import Event
from outreach.core.follow_up import FollowUp, evolve
from outreach.core.moment import Moment, resolve
from outreach.core.promise import promise_of
from outreach.core.rule import OnMissing, Rule, type_matches
from outreach.core.situation import Situation
from outreach.core.trace import Reason


def stop_reason(rule: Rule, f: FollowUp, event: Event) -> str:
    """Why this event ends the run that `f` belongs to: `stop_on:TYPE`, `came:TYPE`; "" when it doesn't.

    An event that carries the rule's key reaches just the run with that value; one without it reaches all.
    The event that started the run never ends it.
    """
    if (event.id, event.source) == (f.event, f.event_source):
        return ""
    if isinstance(rule.trigger, OnMissing) and _covered(rule.trigger.missing, event.type):
        return f"came:{event.type}" if str(event.data.get(rule.trigger.key, "")) == f.key else ""
    if not _covered(rule.stop_on, event.type):
        return ""
    value = event.data.get(key_name(rule)) if f.key else None
    return f"stop_on:{event.type}" if value is None or str(value) == f.key else ""


def moves(rule: Rule, f: FollowUp, event: Event) -> bool:
    """Whether this event tells a new date of the thing that `f`'s run is about."""
    step = rule.steps[f.index] if f.index < len(rule.steps) else None
    if step is None or not f.key or promise_of(f) or not step.at.anchor.startswith("event."):
        return False
    name = step.at.anchor.removeprefix("event.")
    return (
        str(event.data.get(key_name(rule), "")) == f.key
        and event.data.get(name) is not None
        and (event.id, event.source) != (f.event, f.event_source)
    )


def moved(rule: Rule, f: FollowUp, here: Situation) -> FollowUp:
    """`f` at its new moment, by the data of `here` (its overlay carries what changed). Unchanged if none is found."""
    step = rule.steps[f.index]
    found = resolve(step.at, here.base(f.started, rule))
    if not isinstance(found, Moment) or found.at == f.due:
        return evolve(f, overlay=dict(here.overlay or {}))
    until = step.valid_for.add(found.at, here.zone, here.policy.calendar, here.place)
    return evolve(
        f, due=found.at, wake=found.at, valid_until=until, intent=found.intent, reason="", state="scheduled",
        listed=None, overlay=dict(here.overlay or {}),
    )  # fmt: skip


def no_longer(rule: Rule, here: Situation) -> Reason:
    """Why a run ends whose condition no longer holds, with the values seen."""
    assert rule.when is not None
    return Reason(code="no_longer_matches", text=rule.when.source, numbers=dict(rule.when.seen(here.scope())))


def ended(f: FollowUp, state: str, reason: str, now: datetime, **more: str) -> FollowUp:
    """`f` at its end; `more` is what else has changed about it."""
    return evolve(f, state=state, reason=reason, wake=None, ended=now, **more)


def key_name(rule: Rule) -> str:
    """The event field that names what a run is about; "" when the rule has none."""
    return rule.key or (rule.trigger.key if isinstance(rule.trigger, OnMissing) else "")


def _covered(patterns: tuple[str, ...], event_type: str) -> bool:
    return any(type_matches(pattern, event_type) for pattern in patterns)

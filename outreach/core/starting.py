"""Starting a run: this event, this rule, this customer — do its steps become follow-ups, and when are they due?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from outreach.core.event import Event
from outreach.core.follow_up import FollowUp, evolve
from outreach.core.keys import share
from outreach.core.occasions import CLOCK, occasion_key
from outreach.core.rule import OnEvent, OnMissing, Rule, type_matches
from outreach.core.situation import Scope, Situation
from outreach.core.stepping import plan_step, planned
from outreach.core.trace import Reason, Trace
from outreach.core.zone import to_local


@dataclass(slots=True, kw_only=True)
class Started:
    """The follow-ups of a new run, with their traces."""

    follow_ups: list[FollowUp]
    traces: list[Trace]


def fires_on(rule: Rule) -> tuple[str, ...]:
    """The event types (or `order.*`) that may start a run of this rule; none where the clock does."""
    if isinstance(rule.trigger, OnMissing):
        return rule.trigger.after
    return rule.trigger.types if isinstance(rule.trigger, OnEvent) else ()


def start(rule: Rule, here: Situation, scope: Scope) -> Started | None:
    """A new run of this rule, whose condition holds; None when it starts nothing all the same."""
    if why_not(rule, here) is not None:
        return None
    started = moment_of_start(rule, here)
    trigger = trigger_key(rule, here)
    first = [s for s in rule.steps if not s.at.needs_previous]
    made = [plan_step(rule, step, here, trigger, started) for step in first]
    made = _apply_late(rule, made, here.now)
    if rule.holdout and share(here.customer.id, f"{rule.name}/holdout") < rule.holdout:
        made = [_held_out(rule, f, here.now) for f in made]
    why = started_because(rule, here.event, scope)
    return Started(follow_ups=made, traces=[planned(f, here.now, why) for f in made])


def why_not(rule: Rule, here: Situation) -> Reason | None:
    """Why a rule whose condition holds starts nothing all the same: inactive, out of season, too old, not again yet."""
    event, policy = here.event, here.policy
    if not rule.active:
        return Reason(code="rule_inactive", text="the rule is switched off")
    if rule.sites and (event.site or here.customer.site) not in rule.sites:
        return Reason(code="site", text=f"the rule is for {', '.join(rule.sites)}")
    if rule.starts or rule.ends:
        day = to_local(event.time, here.zone).date()
        if (rule.starts and day < rule.starts) or (rule.ends and day > rule.ends):
            return Reason(code="season", text=f"the rule runs from {rule.starts or 'ever'} until {rule.ends or 'ever'}")
    if rule.max_event_age is not None and rule.young is not None and here.now - event.time > rule.young:
        oldest = rule.max_event_age.add(event.time, here.zone, policy.calendar, here.place)
        if oldest < here.now:
            numbers = {"happened": event.time.isoformat(), "known": here.now.isoformat(), "until": oldest.isoformat()}
            return Reason(code="max_event_age", text=f"news older than {rule.max_event_age} starts nothing",
                          numbers=numbers)  # fmt: skip
    last = here.last_started.get(rule.name)
    if rule.once_window is not None and last is not None and event.time - last < rule.once_window:
        numbers = {"last": last.isoformat(), "free": (last + rule.once_window).isoformat()}
        return Reason(code="once_per", text=f"started on {last:%Y-%m-%d}; once per {rule.once_per}", numbers=numbers)
    return _already_came(rule, here)


def _already_came(rule: Rule, here: Situation) -> Reason | None:
    """A step that isn't missing, because news of it overtook the news it follows."""
    if not isinstance(rule.trigger, OnMissing):
        return None
    value = here.event.data.get(rule.trigger.key, "")
    for event_type in rule.trigger.missing:
        if here.past.has(event_type, rule.trigger.key, value):
            return Reason(code=f"came:{event_type}", text=f"{event_type} came before")
    return None


def moment_of_start(rule: Rule, here: Situation) -> datetime:
    """The instant from which a run's times count: the event's, or the end of the time in which something should have
    come."""
    if isinstance(rule.trigger, OnMissing):
        return rule.trigger.within.add(here.event.time, here.zone, here.policy.calendar, here.place)
    return here.event.time


def trigger_key(rule: Rule, here: Situation) -> str:
    """What makes a run the only one: the same key is the same run, so planning twice plans once."""
    if rule.once_per == "customer":
        return "customer"
    if rule.once_per == "year":
        return f"year:{to_local(here.event.time, here.zone).year}"
    if here.event.source == CLOCK:
        return occasion_key(rule, here.event)
    value = here.event.data.get(rule.key) if rule.key else None
    return f"key:{value}" if value is not None else f"event:{here.event.source}:{here.event.id}"


def started_because(rule: Rule, event: Event, scope: Scope) -> tuple[Reason, ...]:
    """The reasons of a start: the event, and the condition with the values seen."""
    on = Reason(code=f"on:{event.type}", numbers={"event": event.id, "time": event.time.isoformat()})
    if rule.when is None:
        return (on,)
    return (on, Reason(code="when", text=rule.when.source, numbers=rule.when.seen(scope)))


def _apply_late(rule: Rule, made: list[FollowUp], now: datetime) -> list[FollowUp]:
    """Steps whose worth was over before the run began: skipped, or done now (all, or the latest only)."""
    late = [f for f in made if f.state == "scheduled" and f.valid_until <= now]
    if not late:
        return made
    keep = {"skip": [], "all": late, "latest": [max(late, key=lambda f: f.due)]}[rule.late]
    out = []
    for f in made:
        if f not in late:
            out.append(f)
        elif f in keep:
            out.append(evolve(f, wake=now, valid_until=now + (f.valid_until - f.due)))
        else:
            out.append(evolve(f, state="expired", reason="late", wake=None, ended=now))
    return out


def _held_out(rule: Rule, f: FollowUp, now: datetime) -> FollowUp:
    """Nothing happens for this customer, so that what the rule does for the others can be told from chance."""
    if f.state != "scheduled":
        return f
    return evolve(f, state="held_out", reason=f"holdout:{rule.holdout * 100:g}%", wake=None, ended=now)


def covers(rule: Rule, event_type: str) -> bool:
    """Whether an event of this type may start this rule."""
    return any(type_matches(pattern, event_type) for pattern in fires_on(rule))

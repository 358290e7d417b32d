"""Starting a run: this event, this rule, this customer — do its steps become follow-ups, and when are they due?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from outreach.core.follow_up import FollowUp, evolve
from outreach.core.keys import make_id, share
from outreach.core.moment import Moment, NoMoment, resolve
from outreach.core.rule import OnMissing, Rule, Step, type_matches
from outreach.core.situation import Scope, Situation
from outreach.core.trace import Reason, Trace
from outreach.core.zone import to_local


@dataclass(slots=True, kw_only=True)
class Started:
    """The follow-ups of a new run, with their traces."""

    follow_ups: list[FollowUp]
    traces: list[Trace]


#: A day on a wall clock may be shorter or longer than 24 hours, but never by as much as this.
A_DAY = timedelta(days=1)


def fires_on(rule: Rule) -> tuple[str, ...]:
    """The event types (or `order.*`) that may start a run of this rule."""
    return rule.trigger.after if isinstance(rule.trigger, OnMissing) else rule.trigger.types


def start(rule: Rule, here: Situation, scope: Scope) -> Started | None:
    """A new run of this rule, whose condition holds; None when it starts nothing all the same."""
    if why_not(rule, here) is not None:
        return None
    started = moment_of_start(rule, here)
    trigger = trigger_key(rule, here)
    first = [s for s in rule.steps if not s.at.needs_previous]
    made = [plan_step(rule, step, here, trigger, started) for step in first]
    made = _apply_late(rule, made, here.now)
    why = started_because(rule, here, scope)
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
    if rule.max_event_age is not None and here.now - event.time > rule.max_event_age.elapsed - A_DAY:
        oldest = rule.max_event_age.add(event.time, here.zone, policy.calendar, here.place)
        if oldest < here.now:
            return Reason(code="max_event_age", text=f"news older than {rule.max_event_age} starts nothing")
    last = here.last_started.get(rule.name)
    if rule.once_window is not None and last is not None and event.time - last < rule.once_window:
        return Reason(code="once_per", text=f"started on {last:%Y-%m-%d}; once per {rule.once_per}")
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
    value = here.event.data.get(rule.key) if rule.key else None
    return f"key:{value}" if value is not None else f"event:{here.event.source}:{here.event.id}"


def plan_step(rule: Rule, step: Step, here: Situation, trigger: str, started: datetime) -> FollowUp:
    """One step as a follow-up. One whose moment can't be reckoned is born cancelled, with the reason."""
    names = (here.tenant, here.customer.id, rule.name, trigger)
    found = resolve(step.at, here.base(started))
    due = found.at if isinstance(found, Moment) else here.now
    until = step.valid_for.add(due, here.zone, here.policy.calendar, here.place)
    lost = isinstance(found, NoMoment)
    return FollowUp(
        id=make_id(here.bucket, *names, str(step.index)), customer=here.customer.id, run=make_id(here.bucket, *names),
        rule=rule.name, step=step.name, index=step.index, channel=step.channel, purpose=rule.purpose,
        priority=rule.priority, due=due, wake=None if lost else due, valid_until=until, trigger=trigger,
        started=started, event=here.event.id, event_source=here.event.source, key=_key_value(rule, here),
        intent=found.intent if isinstance(found, Moment) else "", state="cancelled" if lost else "scheduled",
        reason=found.reason if isinstance(found, NoMoment) else "", version=rule.version,
        variant=choose_variant(rule, step, here.customer.id), assign=assigned(step, here),
        ended=here.now if lost else None, overlay=dict(here.overlay) if here.overlay else None,
        site=here.event.site or here.customer.site,
    )  # fmt: skip


def next_step(rule: Rule, done: FollowUp, here: Situation) -> FollowUp | None:
    """The step that comes after `done` has ended, if the rule has one that waits for it.

    A step whose condition doesn't hold is passed over: it is born cancelled, and the next one looks at `done` again.
    """
    scope = here.scope()
    for step in rule.steps[done.index + 1 :]:
        if not step.at.needs_previous:
            return None
        if step.when is None or step.when.holds(scope):
            return plan_step(rule, step, here, done.trigger, done.started)
    return None


def choose_variant(rule: Rule, step: Step, customer: str) -> str:
    """Which template of a split this customer gets: stable, evenly spread."""
    if len(step.templates) < 2:
        return next(iter(step.templates), "")
    names = sorted(step.templates)
    return names[int(share(customer, f"{rule.name}/{step.name}") * len(names))]


def assigned(step: Step, here: Situation) -> str:
    """Who is to do it: a person or a role, or the value of `event.staff`."""
    if not step.assign.startswith(("event.", "customer.")):
        return step.assign
    value = here.lookup(step.assign)
    return str(value) if value is not None else ""


def started_because(rule: Rule, here: Situation, scope: Scope) -> tuple[Reason, ...]:
    """The reasons of a start: the event, and the condition with the values seen."""
    event = here.event
    on = Reason(code=f"on:{event.type}", numbers={"event": event.id, "time": event.time.isoformat()})
    if rule.when is None:
        return (on,)
    return (on, Reason(code="when", text=rule.when.source, numbers=rule.when.seen(scope)))


def planned(f: FollowUp, now: datetime, why: tuple[Reason, ...]) -> Trace:
    """The trace of a planning."""
    wish = Reason(code="due", text=f.intent, numbers={"due": f.due.isoformat(), "until": f.valid_until.isoformat()})
    ended = (Reason(code=f.reason),) if f.reason else ()
    decision = "planned" if f.state == "scheduled" else f.state
    return Trace(at=now, customer=f.customer, follow_up=f.id, rule=f.rule, step=f.step, decision=decision,
                 reasons=(*why, wish, *ended))  # fmt: skip


def _key_value(rule: Rule, here: Situation) -> str:
    name = rule.key or (rule.trigger.key if isinstance(rule.trigger, OnMissing) else "")
    value = here.event.data.get(name) if name else None
    return "" if value is None else str(value)


def _apply_late(rule: Rule, made: Sequence[FollowUp], now: datetime) -> list[FollowUp]:
    """Steps whose worth was over before the run began: skipped, or done now (all, or the latest only)."""
    late = [f for f in made if f.state == "scheduled" and f.valid_until <= now]
    if not late:
        return list(made)
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


def covers(rule: Rule, event_type: str) -> bool:
    """Whether an event of this type may start this rule."""
    return any(type_matches(pattern, event_type) for pattern in fires_on(rule))

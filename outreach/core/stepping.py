"""One step of a run as a follow-up: when it is due, who does it, which text it gets."""

from __future__ import annotations

from datetime import datetime

from outreach.core.follow_up import FollowUp
from outreach.core.keys import make_ids, share
from outreach.core.moment import Moment, NoMoment, resolve
from outreach.core.rule import Rule, Step
from outreach.core.situation import Situation
from outreach.core.stopping import key_name
from outreach.core.trace import Reason, Trace

#: Why a step was taken back: the one before it was not sent after all. It may be planned anew.
UNSENT = "previous_unsent"


def plan_step(rule: Rule, step: Step, here: Situation, trigger: str, started: datetime) -> FollowUp:
    """One step as a follow-up. One whose moment can't be reckoned is born cancelled, with the reason."""
    run, id_ = make_ids(here.bucket, (here.tenant, here.customer.id, rule.name, trigger), str(step.index))
    base = here.base(started, rule)
    found = resolve(step.at, base)
    due = found.at if isinstance(found, Moment) else here.now
    until = step.valid_for.add(due, base.zone, base.calendar, (base.country, base.region))
    lost = isinstance(found, NoMoment)
    return FollowUp(
        id=id_, customer=here.customer.id, run=run, rule=rule.name, step=step.name, index=step.index,
        channel=step.channel, purpose=rule.purpose, priority=rule.priority, due=due, wake=None if lost else due,
        valid_until=until, trigger=trigger, started=started,
        event=here.event.id, event_source=here.event.source, key=_key_value(rule, here),
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


def told(done: FollowUp) -> dict[str, str]:
    """What conditions see as `previous` of a step that has ended."""
    return {"outcome": done.outcome or done.state, "by": done.outcome_by, "note": done.note}


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


def planned(f: FollowUp, now: datetime, why: tuple[Reason, ...]) -> Trace:
    """The trace of a planning."""
    wish = Reason(code="due", text=f.intent, numbers={"due": f.due.isoformat(), "until": f.valid_until.isoformat()})
    ended = (Reason(code=f.reason),) if f.reason else ()
    decision = "planned" if f.state == "scheduled" else f.state
    return Trace(at=now, customer=f.customer, follow_up=f.id, rule=f.rule, step=f.step, decision=decision,
                 reasons=(*why, wish, *ended))  # fmt: skip


def _key_value(rule: Rule, here: Situation) -> str:
    name = key_name(rule)
    value = here.event.data.get(name) if name else None
    return "" if value is None else str(value)

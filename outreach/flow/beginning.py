"""Beginning runs: the rules that an event or an occasion may set off, one by one; and what they begin."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any

from outreach.core.alike import another, its_trace, kind_of
from outreach.core.event import Event
from outreach.core.follow_up import AHEAD, FollowUp, evolve
from outreach.core.history import as_scope
from outreach.core.keys import bucket_of
from outreach.core.occasions import CLOCK, dates_of
from outreach.core.rule import Rule
from outreach.core.situation import Scope, Situation
from outreach.core.starting import Started, start, started_because
from outreach.core.stepping import next_step, planned
from outreach.core.stopping import stop_reason
from outreach.core.trace import Reason
from outreach.core.zone import known, to_local
from outreach.flow.batch import Batch
from outreach.flow.remembering import remember


def begin(batch: Batch, event: Event, rules: Iterable[Rule]) -> None:
    """The runs that this event sets off. Nearly every rule says no, so the situation is only made for one whose
    condition holds."""
    here: Situation | None = None
    scope = Scope(event=as_scope(event), previous=None, now=batch.now)
    scope.make = partial(_asked_for, batch, event)
    for rule in rules:
        if rule.when is not None and not rule.when.holds(scope):
            continue
        alike = rule.name in batch.rules.alike and event.source != CLOCK
        if alike and _like_another(batch, rule, event, scope):
            continue
        if here is None:
            here = batch.situation(event)
        if event.source == CLOCK:
            here.dates = dates_of(rule, event)
        begun = start(rule, here, scope)
        if begun is not None and not _is_known(batch, rule, begun):
            _add_run(batch, rule, here, _within_limit(batch, rule, begun))
            if alike:
                _keep_kind(batch, rule, here, begun)


def _asked_for(batch: Batch, event: Event, name: str) -> Any:
    """What few conditions ask for."""
    if name == "customer":
        return batch.customers[event.customer].as_dict(batch.now)
    if name == "facts":
        return batch.situation(event).past
    raise KeyError(name)


def _like_another(batch: Batch, rule: Rule, event: Event, scope: Scope) -> bool:
    """Begin a run as another was begun; False when none of its kind was."""
    customer, tenant, changes = batch.customers[event.customer], batch.tx.tenant, batch.changes
    zone = customer.timezone if known(customer.timezone) else batch.policy.wall_zone(customer)
    kind = batch.rules.kind((rule.name, zone, customer.country, customer.region), batch.policy)
    f = another(kind, event, customer, batch.now, tenant, bucket_of(tenant, customer.id)) if kind is not None else None
    if kind is None or f is None:
        return False
    if f.id not in changes.new and f.id not in batch.began:
        changes.new[f.id] = f
        changes.traces.append(its_trace(kind, f, batch.now, started_because(rule, event, scope)))
        batch.open.setdefault(customer.id, []).append(f)
        if rule.stop_on:
            _end_if_overtaken(batch, rule, event, [f])
    return True


def _keep_kind(batch: Batch, rule: Rule, here: Situation, begun: Started) -> None:
    """The runs that are like this one may take after it."""
    (f,), (trace,) = begun.follow_ups, begun.traces
    kind = kind_of(rule, f, trace.reasons[-1], here)
    if kind is not None:
        batch.rules.keep(kind, *here.place)


def _is_known(batch: Batch, rule: Rule, begun: Started) -> bool:
    """Whether this run goes on already. What isn't among the loaded ones is found when the batch is stored, except
    where runs are counted or something is done at once."""
    run, new, began = begun.follow_ups, batch.changes.new, batch.began
    for f in run:
        if f.id in new or f.id in began:
            return True
    if not run or run[0].trigger.startswith("event:"):
        return False
    if rule.max_per_day is None and all(f.channel != "remember" for f in run):
        return False
    return bool(batch.tx.follow_ups.known((f.customer, f.id) for f in run))


def _within_limit(batch: Batch, rule: Rule, begun: Started) -> Started:
    """A rule that suddenly fires more than it may in a day is held for a person to release."""
    if rule.max_per_day is None:
        return begun
    day = to_local(batch.now, batch.policy.zone).date().isoformat()
    batch.tx.house.count(rule.name, day, 1)  # first: from now on no other worker counts
    runs, released = batch.tx.house.tally(rule.name, day)
    runs -= 1
    if released or runs < rule.max_per_day:
        return begun
    code = f"max_per_day:{rule.max_per_day}"
    held = [
        evolve(f, state="held", reason=code, wake=None, ended=batch.now) if f.state == "scheduled" else f
        for f in begun.follow_ups
    ]
    text = f"more than {rule.max_per_day} runs on {day}; `outreach resume {rule.name}` lets them go"
    why = (Reason(code=code, text=text, numbers={"run": runs + 1, "limit": rule.max_per_day}),)
    return Started(follow_ups=held, traces=[planned(f, batch.now, why) for f in held])


def _add_run(batch: Batch, rule: Rule, here: Situation, begun: Started) -> None:
    batch.changes.add(begun.follow_ups, begun.traces)
    if rule.once_window is not None and begun.follow_ups:
        batch.last_started.setdefault(here.customer.id, {})[rule.name] = begun.follow_ups[0].started
    if (known := batch.open.get(here.customer.id)) is None:
        batch.open[here.customer.id] = begun.follow_ups.copy()
    else:
        known += begun.follow_ups
    if rule.stop_on and begun.follow_ups:
        _end_if_overtaken(batch, rule, here.event, begun.follow_ups)
    for f in begun.follow_ups:
        if f.channel == "remember" and batch.latest(f).state == "scheduled" and f.due <= batch.now:
            _remember_now(batch, rule, here, f)


def _end_if_overtaken(batch: Batch, rule: Rule, event: Event, run: list[FollowUp]) -> None:
    """News of the end may overtake news of the beginning: a cancellation that came before the booking it cancels."""
    known = [e for e in batch.news_that_ends(rule, event.customer) if e.time > event.time]
    for later in sorted(known, key=lambda e: (e.time, e.id)):
        for f in map(batch.latest, run):
            reason = stop_reason(rule, f, later) if f.state in AHEAD else ""
            if reason:
                batch.end(f, "cancelled", Reason(code=reason, numbers={"event": later.id}))


def _remember_now(batch: Batch, rule: Rule, here: Situation, f: FollowUp) -> None:
    """In the same transaction, so that the next event already meets a customer of whom it is known."""
    here.customer = batch.customers[f.customer]
    over, customer, reason = remember(f, rule, here, batch.say)
    batch.changes.change(over, over.state, (reason,), batch.now)
    if customer is None:
        return
    batch.customers[f.customer] = here.customer = customer
    batch.tx.customers.save([customer], batch.now)
    after = next_step(rule, over, replace(here, previous_end=batch.now))
    if after is not None:
        why = (Reason(code=f"after:{f.step}"),)
        batch.changes.add([after], [planned(after, batch.now, why)])

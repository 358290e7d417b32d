"""Runs that begin alike: most rules wish for the same moment for all who live by one wall clock, so the first run of a
kind is planned with care, and those that are like it take after it.

What differs between them is who and by which event; `starting.start` would come to the same, and a test holds both to
it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from outreach.core.customer import Customer
from outreach.core.event import Event
from outreach.core.evolving import copier
from outreach.core.follow_up import FollowUp
from outreach.core.keys import make_ids
from outreach.core.moment import When, instant
from outreach.core.policy import Policy
from outreach.core.rule import OnEvent, Rule
from outreach.core.situation import Situation
from outreach.core.stepping import planned
from outreach.core.trace import Reason, Trace
from outreach.core.zone import stretches, to_local

_EVER = datetime(1, 1, 1, tzinfo=UTC)
_NEVER = datetime(2200, 1, 1, tzinfo=UTC)  # as for `resolve`
_TICK = timedelta(microseconds=1)
_copy = copier(FollowUp)


class Kind(NamedTuple):
    """`first` stands for all runs of its rule that events from `since` on and before `until` begin in one zone and
    place, under this policy; `wish` is the reason that tells the moment. That is the same for all, at this `now` if one
    is named, or so much `later` than the event."""

    policy: Policy
    rule: Rule
    zone: str
    since: datetime
    until: datetime
    first: FollowUp
    wish: Reason
    now: datetime | None = None
    later: timedelta | None = None


def has_kinds(rule: Rule) -> bool:
    """Whether nothing about its runs hangs on more than the event, the wall clock and the place: no past, no limits, no
    key, no field that names a date or a person, one step only to begin with."""
    begun = [step for step in rule.steps if not step.at.needs_previous]
    return (
        rule.active
        and isinstance(rule.trigger, OnEvent)
        and rule.once_per == "event"
        and not (rule.once_window or rule.key or rule.sites or rule.starts or rule.ends or rule.holdout)
        and rule.max_per_day is None
        and len(begun) == 1
        and begun[0].channel != "remember"
        and len(begun[0].templates) < 2
        and not begun[0].assign.startswith(("event.", "customer."))
        and (begun[0].at.kind == "immediately" or _strikes(begun[0].at) or _elapses(begun[0].at))
    )


def kind_of(rule: Rule, f: FollowUp, wish: Reason, here: Situation) -> Kind | None:
    """The kind that `f`, which was begun just now, is the first of; None when it is one of its own."""
    if f.state != "scheduled" or f.wake != f.due:
        return None
    at, kind = rule.steps[f.index].at, Kind(here.policy, rule, here.zone, _EVER, _NEVER, f, wish)
    if at.kind == "immediately":
        kind = kind._replace(now=here.now, until=here.now + _TICK)
    elif _elapses(at):
        kind = kind._replace(later=f.due - f.started, until=_NEVER - (f.due - f.started))
    else:
        day = stretches(kind.zone, to_local(f.started, kind.zone).date())
        since, until = next(((a, b) for a, b, _ in day if a <= f.started < b), (_NEVER, _EVER))
        kind = kind._replace(since=since, until=until)
    return kind if kind.since <= f.started < kind.until else None


def another(kind: Kind, event: Event, here: Customer, now: datetime, tenant: str, bucket: int) -> FollowUp | None:
    """The follow-up that this event of hers begins, if it is of this kind; she lives in its zone and place."""
    young, time = kind.rule.young, event.time
    if (
        not kind.since <= time < kind.until
        or (kind.now is not None and kind.now != now)
        or (young is not None and now - time > young)
    ):
        return None
    f: FollowUp = _copy(kind.first, object.__new__(FollowUp))
    if kind.later is not None:
        _put_off(kind, f, time + kind.later, here)
    if f.valid_until <= now:
        return None
    f.trigger = trigger = f"event:{event.source}:{event.id}"
    f.run, f.id = make_ids(bucket, (tenant, here.id, f.rule, trigger), str(f.index))
    f.customer, f.started, f.event, f.event_source = here.id, time, event.id, event.source
    f.site = event.site or here.site
    return f


def _put_off(kind: Kind, f: FollowUp, due: datetime, here: Customer) -> None:
    worth, calendar = kind.rule.steps[f.index].valid_for, kind.policy.calendar
    f.valid_until = worth.add(due, kind.zone, calendar, (here.country, here.region))
    f.due = f.wake = due
    f.intent = instant(due).intent


def its_trace(kind: Kind, f: FollowUp, now: datetime, why: tuple[Reason, ...]) -> Trace:
    """The trace of its planning."""
    if kind.later is not None:
        return planned(f, now, why)
    return Trace(at=now, customer=f.customer, follow_up=f.id, rule=f.rule, step=f.step, decision="planned",
                 reasons=(*why, kind.wish))  # fmt: skip


def _strikes(at: When) -> bool:
    """Whether it names an hour of a day that only the day tells on which the run begins."""
    return at.clock is not None and at.kind in ("in", "weekday")


def _elapses(at: When) -> bool:
    """Whether it is so much after the event on a stopwatch."""
    return at.clock is None and at.kind == "in" and at.span.elapses

"""Occasions: what sets off a rule that no event sets off. A date comes, a silence gets too long, a clock strikes.

An occasion stands in an event's place: conditions, times and traces speak of it as of any other event. It isn't stored,
because its follow-ups carry its name, and the name says all there is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from outreach.core.anchor import read_anchor, yearly
from outreach.core.event import Event
from outreach.core.follow_up import FollowUp
from outreach.core.moment import Moment, resolve
from outreach.core.rule import OnDate, OnEvery, OnInactive, Rule
from outreach.core.situation import Situation
from outreach.core.ticks import latest_tick, next_tick
from outreach.core.zone import to_local, to_utc

#: The `source` of an occasion: no door lets an event in under it.
CLOCK = "@clock"
#: Fields that a condition may name, by kind of occasion.
FIELDS: Mapping[str, frozenset[str]] = {
    "date": frozenset({"date"}), "inactive": frozenset({"since", "days"}), "every": frozenset(),
}  # fmt: skip
#: By so much a day's beginning may have moved since a watch was set: the house or the customer changed zones.
SLACK = timedelta(hours=26)


@dataclass(frozen=True, slots=True)
class Occasion:
    """`fires` is when the run begins: the event's own time, or earlier when some step lies before the date."""

    fires: datetime
    event: Event


def first_occasion(rule: Rule, here: Situation, last: datetime | None) -> Occasion | None:
    """What a rule that looks at this customer for the first time waits for; it may lie some hours back (a birthday
    that is today). `last` is the latest event that breaks a silence, None if there was none."""
    match rule.trigger:
        case OnDate():
            return next(_dates(rule, rule.trigger, here, to_local(here.now, here.zone).date()), None)
        case OnInactive() as on:
            return None if last is None else _silence(on, here, last)
        case OnEvery() as on:
            return _tick(here, next_tick(on.ticks, here.now, here.zone))
    return None


def due_occasion(rule: Rule, here: Situation, wake: datetime, last: datetime | None) -> Occasion | None:
    """What the rule woke for at `wake`, as things stand now: it may have been put off since, or not come at all.

    Of a clock's strikes that were missed only the latest counts.
    """
    match rule.trigger:
        case OnDate() as on:
            since = wake - SLACK
            day = to_local(since, here.zone).date()
            return next((o for o in _dates(rule, on, here, day) if o.fires >= since), None)
        case OnEvery() as on:
            struck = latest_tick(on.ticks, max(here.now, wake), here.zone)
            return _tick(here, None if struck is not None and struck < wake else struck)
    return first_occasion(rule, here, last)


def next_occasion(rule: Rule, here: Situation, after: Occasion) -> Occasion | None:
    """What comes after one that has fired. A silence waits for the event that breaks it."""
    match rule.trigger:
        case OnDate(yearly=True) as on:
            day = date.fromisoformat(after.event.data["date"]) + timedelta(days=1)
            return next((o for o in _dates(rule, on, here, day) if o.fires > after.fires), None)
        case OnEvery() as on:
            return _tick(here, next_tick(on.ticks, max(here.now, after.fires), here.zone))
    return None


def occasion_of(f: FollowUp) -> Event:
    """The occasion that set off the run of this follow-up."""
    kind, _, rest = f.event.partition(":")
    return _event(kind, rest, f.customer, f.started)


def dates_of(rule: Rule, event: Event) -> Mapping[str, date]:
    """The customer's dates as this occasion means them: steps of a yearly rule turn around this year's date."""
    if not isinstance(rule.trigger, OnDate) or event.source != CLOCK:
        return {}
    return {f"customer.{rule.trigger.field}": date.fromisoformat(event.data["date"])}


def occasion_key(rule: Rule, event: Event) -> str:
    """What makes the run of an occasion the only one. A birthday comes once a year, even when it is corrected."""
    if isinstance(rule.trigger, OnDate) and rule.trigger.field == "birthday":
        return event.id[: len("date:2026")]
    return event.id


def as_it_is_now(rule: Rule, here: Situation, event: Event) -> Event | None:
    """A date's occasion by what is known of the customer now: the same day in another zone, a corrected birthday of the
    same year; None when the date is no longer hers."""
    assert isinstance(rule.trigger, OnDate)
    day = date.fromisoformat(event.data["date"])
    birthday = rule.trigger.field == "birthday"
    found = next(days_between(rule.trigger, here, day.replace(month=1, day=1) if birthday else day, years=0), None)
    if found is None or (found != day and not birthday):
        return None
    return _event("date", found.isoformat(), here.customer.id, to_utc(datetime.combine(found, time()), here.zone))


def days_between(on: OnDate, here: Situation, since: date, years: int) -> Iterator[date]:
    """The dates of this customer from `since` on, as long as one comes within so many years."""
    raw = here.customer.value(on.field)
    known = read_anchor(raw, here.zone, repeats=on.field == "birthday") if raw is not None else None
    if known is None:
        return
    first = known.local.date() if known.local is not None else None
    if not on.yearly and first is not None:
        yield from [first] if first >= since else []
        return
    text = known.yearly or f"{first}"
    for year in range(since.year, since.year + years + 1):
        day = yearly(text, year, on.feb29)
        if day is not None and day >= since and (first is None or day >= first):
            yield day
            if not on.yearly:
                return


def _dates(rule: Rule, on: OnDate, here: Situation, since: date) -> Iterator[Occasion]:
    for day in days_between(on, here, since, years=9):
        try:
            midnight = to_utc(datetime.combine(day, time()), here.zone)
        except OverflowError:
            return
        event = _event("date", day.isoformat(), here.customer.id, midnight)
        yield Occasion(_earliest(rule, here.at(event, dates_of(rule, event)), midnight), event)


def _earliest(rule: Rule, here: Situation, midnight: datetime) -> datetime:
    """The beginning of the day on which the first step is due, or of the date itself: a step that lies before the date
    must be planned before."""
    found = (resolve(s.at, here.base(midnight, rule)) for s in rule.steps if s.at.kind == "before")
    dues = [m.at for m in found if isinstance(m, Moment)]
    if not dues or min(dues) >= midnight:
        return midnight
    return to_utc(datetime.combine(to_local(min(dues), here.zone).date(), time()), here.zone)


def _silence(on: OnInactive, here: Situation, last: datetime) -> Occasion | None:
    try:
        over = on.after.add(last, here.zone, here.policy.calendar, here.place)
    except OverflowError:
        return None
    return Occasion(over, _event("inactive", _stamp(last), here.customer.id, over))


def _tick(here: Situation, at: datetime | None) -> Occasion | None:
    if at is None:
        return None
    name = to_local(at, here.zone).isoformat("T", "minutes")  # by the wall clock: a new zone doesn't strike it again
    return Occasion(at, _event("every", name, here.customer.id, at))


def _event(kind: str, name: str, customer: str, at: datetime) -> Event:
    data: dict[str, object] = {}
    if kind == "date":
        data = {"date": name}
    elif kind == "inactive":
        since = datetime.fromisoformat(name)
        data = {"since": since, "days": (at - since).days}
    return Event(id=f"{kind}:{name}", type=kind, customer=customer, time=at, data=data, source=CLOCK)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")

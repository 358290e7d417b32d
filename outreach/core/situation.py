"""One customer and one event at the moment of a decision: what rules are matched against and moments reckoned from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from outreach.core.customer import Customer
from outreach.core.event import Event
from outreach.core.history import History, as_scope
from outreach.core.moment import Base
from outreach.core.policy import Policy
from outreach.core.rule import OnDate, Rule


class Scope(dict[str, Any]):
    """The names a condition may use. What few conditions ask for (the customer as plain data, the past) is made when
    one does, by `make`, which raises KeyError for a name that means nothing."""

    __slots__ = ("make",)
    make: Callable[[str], Any]

    def __missing__(self, name: str) -> Any:
        self[name] = made = self.make(name)
        return made

    def get(self, name: str, default: Any = None) -> Any:
        """As of any mapping: `dict.get` alone would pass over what hasn't been made yet."""
        try:
            return self[name]
        except KeyError:
            return default


@dataclass(slots=True, kw_only=True)
class Situation:
    """`overlay` is what later events with the same key have changed about the event's data; `previous` and
    `previous_end` tell of the step before; `dates` are the customer's as this run means them (this year's birthday)."""

    tenant: str
    bucket: int
    customer: Customer
    event: Event
    now: datetime
    policy: Policy
    past: History
    last_started: Mapping[str, datetime] = field(default_factory=dict)
    overlay: Mapping[str, Any] | None = None
    previous: Mapping[str, Any] | None = None
    previous_end: datetime | None = None
    dates: Mapping[str, date] = field(default_factory=dict)

    def at(self, event: Event, dates: Mapping[str, date]) -> Situation:
        """The same customer at the same moment, at another event."""
        return replace(self, event=event, dates=dates)

    @property
    def zone(self) -> str:
        """The zone of the wall clock that her moments are reckoned on."""
        return self.policy.wall_zone(self.customer)

    @property
    def place(self) -> tuple[str, str]:
        """Country and region, for business days."""
        return (self.customer.country, self.customer.region)

    def scope(self) -> Scope:
        """The scope of conditions."""
        event = as_scope(self.event)
        if self.overlay:
            event |= self.overlay
        scope = Scope(event=event, previous=self.previous, now=self.now, facts=self.past)
        scope.make = self._make
        return scope

    def _make(self, name: str) -> Any:
        return {"customer": self.customer}[name].as_dict(self.now)

    def base(self, started: datetime, rule: Rule) -> Base:
        """What `at` is reckoned from, for a run of this rule that started then."""
        country, region = self.place
        return Base(
            now=self.now, started=started, zone=self.zone, calendar=self.policy.calendar, country=country,
            region=region, previous=self.previous_end, lookup=self.lookup,
            feb29=rule.trigger.feb29 if isinstance(rule.trigger, OnDate) else "feb28",
        )  # fmt: skip

    def lookup(self, path: str) -> object:
        """The raw value of `event.FIELD` or `customer.FIELD`; None when it is missing."""
        if path in self.dates:
            return self.dates[path]
        root, _, name = path.partition(".")
        if root == "customer":
            return self.customer.value(name)
        value = _walk(self.overlay or {}, name)
        if value is None:
            value = _walk(self.event.data, name)
        return self.event.time if value is None and name == "time" else value


def _walk(data: object, path: str) -> object:
    """`stay.arrival` of {"stay": {"arrival": …}}; None when a part is missing."""
    for name in path.split("."):
        data = data.get(name) if isinstance(data, Mapping) else None
    return data

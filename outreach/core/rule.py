"""What marketing wrote, as values: rules, triggers, steps. Built by `rulebook`, read by everything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Protocol

from outreach.core.moment import Span, When
from outreach.core.ticks import Ticks

#: A day on a wall clock may be shorter or longer than 24 hours, but never by as much as this.
A_DAY = timedelta(days=1)


class Condition(Protocol):
    """A checked CEL condition. Never raises: what can't be evaluated is false, and `explain` says why."""

    source: str
    #: Event types of the past that `last`, `count` and `sum` ask for.
    needs_facts: frozenset[str]
    #: Whether it speaks of the step before.
    uses_previous: bool

    def holds(self, scope: Mapping[str, Any]) -> bool:
        """Whether the condition is true in this scope (`event`, `customer`, `previous`, `now`, `facts`)."""

    def seen(self, scope: Mapping[str, Any]) -> dict[str, Any]:
        """The values it sees, by the path or call that gives them."""

    def explain(self, scope: Mapping[str, Any]) -> list[tuple[str, bool, dict[str, Any]]]:
        """Each part with its result and the values seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnEvent:
    """Fires when an event of one of these types comes in; `order.*` matches every type that starts with `order.`."""

    types: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnMissing:
    """Fires `within` after an `after` event unless a `missing` event with the same key value came."""

    missing: tuple[str, ...]
    within: Span
    after: tuple[str, ...]
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDate:
    """Fires when a date of the customer's comes, on the customer's calendar: every year, or once. `field` is the
    customer's field; `feb29` says where 29 February falls in a common year (`feb28` or `mar1`)."""

    field: str
    yearly: bool = True
    feb29: str = "feb28"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnInactive:
    """Fires when none of these events came for so long; without types, none that the customer made."""

    after: Span
    types: tuple[str, ...] = ()

    def resets(self, event_type: str) -> bool:
        """Whether such an event ends the silence."""
        if not self.types:
            return made_by_customer(event_type)
        return any(type_matches(pattern, event_type) for pattern in self.types)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnEvery:
    """Fires at certain times of the week or month, for every customer for whom the condition holds."""

    ticks: Ticks


ByClock = OnDate | OnInactive | OnEvery
Trigger = OnEvent | OnMissing | ByClock


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step. `templates` maps variant to template name ({"": name} when there is no split); `facts` are what a
    `remember` step puts into the customer's memory, for as long as `keep` says (None: for ever).

    `history` are the event types of the past that its texts speak of; `tells_previous`: they speak of the step before.
    """

    name: str
    index: int
    channel: str
    at: When
    valid_for: Span
    when: Condition | None = None
    templates: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    details: str = ""
    assign: str = ""
    number: str = ""
    done_by: When | None = None
    facts: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    keep: Span | None = None
    history: frozenset[str] = frozenset()
    tells_previous: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. `version` is the hash of what it says; follow-ups remember the version that planned them.

    `must_still_match`: a run ends when its condition no longer holds. `holdout` is the share (0 to 1) of customers for
    whom nothing happens, so that what the rule does can be measured.
    """

    name: str
    trigger: Trigger
    steps: tuple[Step, ...]
    version: str
    about: str = ""
    when: Condition | None = None
    purpose: str = "marketing"
    priority: int = 50
    once_per: str = "event"
    once_window: timedelta | None = None
    stop_on: tuple[str, ...] = ()
    key: str = ""
    on_cap: str = "defer"
    late: str = "skip"
    max_event_age: Span | None = None
    must_still_match: bool = False
    holdout: float = 0.0
    max_per_day: int | None = None
    active: bool = True
    starts: date | None = None
    ends: date | None = None
    sites: tuple[str, ...] = ()
    owner: str = ""
    file: str = ""
    line: int = 0
    #: Event types of the past that its conditions ask for and its templates speak of.
    facts: frozenset[str] = field(init=False, repr=False, compare=False)
    #: News that is younger than this is young enough on every calendar.
    young: timedelta | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """What is asked at every event is worked out once."""
        asked = (self.when, *(step.when for step in self.steps))
        told = frozenset(t for step in self.steps for t in step.history)
        facts = told | {t for condition in asked if condition is not None for t in condition.needs_facts}
        object.__setattr__(self, "facts", facts)
        young = self.max_event_age.elapsed - A_DAY if self.max_event_age is not None else None
        object.__setattr__(self, "young", young)

    @property
    def by_clock(self) -> bool:
        """Whether no event sets it off."""
        return isinstance(self.trigger, OnDate | OnInactive | OnEvery)


def type_matches(pattern: str, event_type: str) -> bool:
    """Whether `order.*` (or a plain type) covers this event type."""
    return event_type.startswith(pattern[:-1]) if pattern.endswith(".*") else pattern == event_type


def comes_again(rule: Rule) -> bool:
    """Whether the clock sets it off again and again, with nothing else happening."""
    return isinstance(rule.trigger, OnEvery) or (isinstance(rule.trigger, OnDate) and rule.trigger.yearly)


#: Events that report what the business did or noted: none of them is a deed of the customer's.
NOT_MADE_BY_CUSTOMER = frozenset(
    {"outcome", "contact.made", "customer.changed", "customer.merged", "consent.given", "consent.withdrawn",
     "complaint.resolved", "message.bounced"}
)  # fmt: skip


def made_by_customer(event_type: str) -> bool:
    """Whether such an event is a deed of the customer's. What only a business knows (`order.shipped`) counts as one."""
    return event_type not in NOT_MADE_BY_CUSTOMER

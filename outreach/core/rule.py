"""What marketing wrote, as values: rules, triggers, steps. Built by `rulebook`, read by everything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Protocol

from outreach.core.moment import Span, When


class Condition(Protocol):
    """A checked CEL condition. Never raises: what can't be evaluated is false, and `explain` says why."""

    source: str
    #: Event types of the past that `last`, `count` and `sum` ask for.
    needs_facts: frozenset[str]
    #: Whether it asks how the step before came out.
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


Trigger = OnEvent | OnMissing


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step. `templates` maps variant to template name ({"": name} when there is no split).

    `history`: event types of the past that its templates speak of; `asks_previous`: they, or its condition,
    ask how the step before came out.
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
    history: frozenset[str] = frozenset()
    asks_previous: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. `version` is the hash of what it says; follow-ups remember the version that planned them."""

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
    active: bool = True
    starts: date | None = None
    ends: date | None = None
    sites: tuple[str, ...] = ()
    owner: str = ""
    file: str = ""
    line: int = 0

    @property
    def facts(self) -> frozenset[str]:
        """Event types of the past that its conditions ask for and its templates speak of."""
        asked = (self.when, *(step.when for step in self.steps))
        told = frozenset(t for step in self.steps for t in step.history)
        return told | {t for condition in asked if condition is not None for t in condition.needs_facts}


def type_matches(pattern: str, event_type: str) -> bool:
    """Whether `order.*` (or a plain type) covers this event type."""
    return event_type.startswith(pattern[:-1]) if pattern.endswith(".*") else pattern == event_type

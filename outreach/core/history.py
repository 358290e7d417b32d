"""What a condition may ask about the past: `last`, `count`, `sum`, `open`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from outreach.core.event import Event


def as_scope(event: Event) -> dict[str, Any]:
    """An event as conditions and templates see it: its data, plus its type, time, site and id."""
    return {**event.data, "type": event.type, "time": event.time, "site": event.site, "id": event.id}


class History:
    """One customer's events up to the moment of a decision, by type. What lies after `until` hasn't happened yet.

    The triggering event is counted by `count` and `sum`; `last` of its own type is the one before it, because "days
    since the last visit" asked at a visit means the visit before.
    """

    def __init__(
        self, events: Iterable[Event], until: datetime, current: Event | None = None, holds: Iterable[str] = ()
    ):
        self._events = [e for e in events if e.time <= until]
        self._current = current
        self._holds = frozenset(holds)

    def last(self, event_type: str) -> dict[str, Any] | None:
        """The latest event of this type before the triggering one; None if there is none."""
        found = max(
            (e for e in self._of(event_type) if not self._is_current(e)), key=lambda e: (e.time, e.id), default=None
        )
        return as_scope(found) if found else None

    def has(self, event_type: str, field: str, value: object) -> bool:
        """Whether an event of this type came, before or after the triggering one, with this value in this field."""
        return any(str(e.data.get(field, "")) == str(value) for e in self._of(event_type) if not self._is_current(e))

    def count(self, event_type: str, since: datetime | None = None) -> int:
        """How many, from `since` (exclusive) on."""
        return sum(1 for e in self._of(event_type) if since is None or e.time > since)

    def sum(self, event_type: str, field: str, since: datetime | None = None) -> float:
        """The sum of a number field; what is missing or no number counts nothing."""
        values = (e.data.get(field) for e in self._of(event_type) if since is None or e.time > since)
        return float(sum(v for v in values if isinstance(v, int | float) and not isinstance(v, bool)))

    def is_open(self, name: str) -> bool:
        """Whether the hold of this name is open."""
        return name in self._holds

    def latest_by_type(self) -> Mapping[str, dict[str, Any]]:
        """The latest event of each type, for templates."""
        return {e.type: as_scope(e) for e in sorted(self._events, key=lambda e: (e.time, e.id))}

    def _of(self, event_type: str) -> Iterable[Event]:
        if event_type.endswith(".*"):
            return (e for e in self._events if e.type.startswith(event_type[:-1]))
        return (e for e in self._events if e.type == event_type)

    def _is_current(self, event: Event) -> bool:
        return self._current is not None and (event.id, event.source) == (self._current.id, self._current.source)

"""A test, read and checked: who, what happens, what is expected. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from outreach.core.event import Event
from outreach.doors.people import Person
from outreach.rehearsal.moments import Written

#: How a follow-up ends that took place.
TOOK_PLACE = frozenset({"sent", "done"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A contact or task as a test wants it; what is empty isn't compared. Without `status` and `reason` it takes place;
    without `step` any contact is meant. `line` is where it stands in its file."""

    customer: str
    line: int
    rule: str = ""
    step: str = ""
    channel: str = ""
    at: Written | None = None
    due: Written | None = None
    outcome: str = ""
    status: str = ""
    reason: str = ""
    says: tuple[str, ...] = ()
    address: str = ""
    variant: str = ""
    assign: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One test. `rules` are those whose every follow-up must be expected; `since` and `until` are UTC, None where the
    test doesn't say; `outcome` None leaves calls undone; `expected` and `planned` None ask for nothing."""

    file: str
    line: int
    name: str
    about: str
    rules: frozenset[str]
    people: tuple[Person, ...]
    house_zone: str
    given: tuple[Event, ...]
    since: datetime | None
    until: datetime | None
    outcome: str | None
    expected: tuple[Wanted, ...] | None
    never: tuple[Wanted, ...] = ()
    planned: tuple[Wanted, ...] | None = None

    @property
    def zones(self) -> Mapping[str, str]:
        """Whose wall clock is which; the house's where a customer's zone isn't known."""
        return {person.id: person.timezone or self.house_zone for person, _ in self.people}

"""Customers who became others. What the one who disappeared had stays where it is, and there her contacts are judged,
by what was known when they were made. At the one who stays copies stand: they are judged no second time, and later
contacts are judged by them, from the merge on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from outreach.proof.reading import Reader
from outreach.proof.rows import FORWARDED, Entry, Person


class Copy(NamedTuple):
    """A contact at the one who stays: since when, as it stands where it was made, and whether its follow-up has come
    over, too (one that was being sent at the merge comes later)."""

    since: int
    made: Entry
    over: bool


@dataclass(slots=True)
class Taken:
    """What of a customer's rows was others' before, and since when it is hers: contacts by id, events by source and id,
    holds by name and key."""

    touches: dict[str, Copy] = field(default_factory=dict)
    events: dict[tuple[str, str], int] = field(default_factory=dict)
    holds: dict[tuple[str, str], int] = field(default_factory=dict)


@dataclass(slots=True)
class Unions:
    """Who has become whom: `into` maps those who disappeared to who that is, and since when."""

    into: dict[str, tuple[str, int]]

    def end(self, customer: str) -> str:
        """Who she is today."""
        seen = {customer}
        while (step := self.into.get(customer)) is not None and step[0] not in seen:
            customer = step[0]
            seen.add(customer)
        return customer

    def taken(self, reader: Reader, customer: str) -> Taken | None:
        """What she took over; None when she took in nobody."""
        found = list(self._became(customer))
        if not found:
            return None
        taken = Taken()
        for old, since in found:
            _take(taken, reader, old, since)
        return taken

    def _became(self, customer: str) -> Iterator[tuple[str, int]]:
        """Who has become her, and since when; the nearest first."""
        for old, (into, since) in self.into.items():
            if into == customer:
                yield old, since
                yield from ((deeper, since) for deeper, _ in self._became(old))

    def truth(self, reader: Reader, person: Person) -> list[Entry]:
        """The contacts of one who has become another, whose places may have been settled there since."""
        there = {e.id: e for e in reader.entries_of(self.end(person.id))}
        return [e._replace(state=there[e.id].state) if e.id in there else e for e in person.entries]


def _take(taken: Taken, reader: Reader, old: str, since: int) -> None:
    states = dict(reader.of_customer(("id", "state"), "follow_up", old))
    for e in reader.entries_of(old):
        taken.touches[e.id] = Copy(since, e, states.get(e.follow_up, FORWARDED) == FORWARDED)
    for source, id_ in reader.of_customer(("source", "id"), "event", old):
        for name in (source, f"{old}/{source}"):
            taken.events[(name, id_)] = max(since, taken.events.get((name, id_), 0))
    for name, key in reader.of_customer(("name", "key"), "hold", old):
        taken.holds[(name, key)] = max(since, taken.holds.get((name, key), 0))

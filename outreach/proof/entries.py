"""Every touch of an address is entered twice, under the customer and under the address: the two must be the same.

They lie in different buckets, so they are compared by sums that don't depend on the order; only when these differ is
each one looked up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b

from outreach.proof.case import Case
from outreach.proof.findings import Fault, moment
from outreach.proof.rows import Entry, Person

_SUM = 1 << 64


class Sums:
    """What the entries under customers, and those under addresses, add up to."""

    def __init__(self) -> None:
        self.customers = self.addresses = 0

    def add(self, entries: Iterable[Entry]) -> int:
        """Take these in; how many they were. At an address, what is nobody's any more has no other entry."""
        count = 0
        for e in entries:
            count += 1
            if e.subject.startswith("a:"):
                self.addresses = (self.addresses + _of(e)) % _SUM if e.customer else self.addresses
            elif e.address_key:
                self.customers = (self.customers + _of(e)) % _SUM
        return count

    @property
    def equal(self) -> bool:
        """Whether both tell the same."""
        return self.customers == self.addresses


def _of(e: Entry) -> int:
    """A number for all of an entry but its subject and, for merged customers, whose it is today."""
    said = "\x1f".join(map(str, (e.id, e.at, e.gap_until, e.channel, e.purpose, e.state, e.counts, e.address_key)))
    return int.from_bytes(blake2b(said.encode(), digest_size=8).digest(), "big")


def standing(case: Case, person: Person) -> Iterator[Entry]:
    """Her entries, each as it stands under its address. Of one who has become another, those that the other one doesn't
    have; at the other one, those that she took over with the gap they keep where they were made."""
    if person.id in case.unions.into:
        there = {(e.id, e.address_key) for e in case.reader.entries_of(case.unions.end(person.id))}
        yield from (e for e in person.entries if (e.id, e.address_key) not in there)
        return
    for e in person.entries:
        yield _as_made(case, e)


def _as_made(case: Case, e: Entry) -> Entry:
    copy = case.taken_over(e)
    same = copy is not None and copy.made.address_key == e.address_key
    return e._replace(gap_until=copy.made.gap_until) if copy is not None and same else e


def compare_customers(case: Case, people: Iterable[Person]) -> None:
    """Look up, under its address, the other entry of each that stands."""
    for person in people:
        for e in standing(case, person):
            if e.address_key:
                other = case.reader.entry(f"a:{e.address_key}", e.id)
                if other is None or not other.customer:
                    _broke(case, e, "a touch isn't entered at its address")
                elif _of(other) != _of(e):
                    _broke(case, e, "a touch is entered differently at its address")


def compare_addresses(case: Case, entries: Iterable[Entry]) -> None:
    """Look up, under its customer, the other entry of each."""
    for e in entries:
        who = case.unions.end(e.customer)
        if e.customer and not any(case.reader.entry(f"c:{c}", e.id) for c in {who, e.customer}):
            _broke(case, e, "a touch isn't entered at its customer")


def _broke(case: Case, e: Entry, said: str) -> None:
    case.findings.broke(
        Fault(check="entries", rule="entries", subject=e.subject, ids=(e.id,), at=moment(e.at), said=said)
    )

"""Every touch of an address is entered twice, under the customer and under the address: the two must be the same.

They lie in different buckets, so they are compared by sums that don't depend on the order; only when these differ is
each one looked up.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

from outreach.proof.case import Case
from outreach.proof.findings import Fault, moment
from outreach.proof.rows import Entry

_SUM = 1 << 64


class Sums:
    """What the entries under customers, and those under addresses, add up to."""

    def __init__(self) -> None:
        self.customers = self.addresses = 0

    def add(self, entries: Iterable[Entry]) -> int:
        """Take these in; how many they were."""
        count = 0
        for e in entries:
            count += 1
            if e.subject.startswith("a:"):
                self.addresses = (self.addresses + _of(e)) % _SUM
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


def compare(case: Case, entries: Iterable[Entry]) -> None:
    """Look up the other entry of each of these."""
    for e in entries:
        mine = e.subject.startswith("c:")
        if mine and not e.address_key:
            continue
        other = case.reader.entry(f"a:{e.address_key}" if mine else f"c:{e.customer}", e.id)
        if other is None or (mine and _of(other) != _of(e)):
            where = "its address" if mine else "its customer"
            said = (
                f"a touch isn't entered at {where}" if other is None else f"a touch is entered differently at {where}"
            )
            case.findings.broke(
                Fault(check="entries", rule="entries", subject=e.subject, ids=(e.id,), at=moment(e.at), said=said)
            )

"""Which buckets may share a transaction, and where a worker looks for work.

SQLite has one group of all buckets. On PostgreSQL all may share a transaction as well; its ranges keep workers out of
each other's way. Where it is sharded, a transaction keeps to one group: `Topology.apart` (see `elsewhere`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import TypeVar

from outreach.core.keys import BUCKETS

T = TypeVar("T")
#: Ranges on PostgreSQL: two to four for each worker of a middling house; more would only make claims smaller.
RANGES = 16


@dataclass(frozen=True, slots=True)
class Buckets:
    """The buckets from `first` to `last`, both included; of those only `some`, where they don't lie in a row."""

    first: int
    last: int
    some: frozenset[int] | None = None

    def __contains__(self, bucket: int) -> bool:
        return self.first <= bucket <= self.last and (self.some is None or bucket in self.some)


ALL = Buckets(0, BUCKETS - 1)
_SIZE = BUCKETS // RANGES
BY_RANGE = tuple(Buckets(first, first + _SIZE - 1) for first in range(0, BUCKETS, _SIZE))


def groups_of(dialect: str) -> tuple[Buckets, ...]:
    """The groups of this kind of database (`sqlite`, `postgresql`)."""
    return (ALL,) if dialect == "sqlite" else BY_RANGE


@dataclass(frozen=True)
class Topology:
    """`groups` share all buckets out among them; buckets of one group may share a transaction."""

    groups: tuple[Buckets, ...] = (ALL,)

    @property
    def apart(self) -> bool:
        """Whether a transaction must keep to one of several groups."""
        return len(self.groups) > 1

    def split(self, things: Iterable[T], place: Callable[[T], int]) -> list[list[T]]:
        """These things by group, each group's in their order; `place` tells a thing's bucket."""
        listed = list(things)
        if not self.apart:
            return [listed] if listed else []
        found: dict[int, list[T]] = {}
        for thing in listed:
            found.setdefault(self.number(place(thing)), []).append(thing)
        return [found[n] for n in sorted(found)]

    def number(self, bucket: int) -> int:
        """Which of the groups has this bucket."""
        return self._numbers[bucket]

    @cached_property
    def _numbers(self) -> list[int]:
        return [next(n for n, group in enumerate(self.groups) if b in group) for b in range(BUCKETS)]


#: What OUTREACH_TOPOLOGY may say.
TOPOLOGIES = {"one": Topology(), "groups": Topology(BY_RANGE)}


class Turn:
    """Where a worker looks for work first: each begins at another group, and goes where there is some. With `apart` it
    stays in its group for a whole transaction, and moves before the next one (`move`)."""

    def __init__(self, groups: tuple[Buckets, ...], worker: str, *, apart: bool = False):
        self._groups = groups
        self.apart = apart
        self._turns = blake2b(worker.encode(), digest_size=1).digest()[0]
        self.here = groups[self._turns % len(groups)]

    @property
    def reach(self) -> Buckets:
        """Where it may look inside one transaction."""
        return self.here if self.apart else ALL

    def move(self, places: Sequence[int]) -> None:
        """Go to one of the groups with work: `places` are buckets of what is due, the most urgent first. Workers that
        see the same go to different ones, and each to another every time."""
        found = list(dict.fromkeys(next(g for g in self._groups if place in g) for place in places))
        if found:
            self.here = found[self._turns % len(found)]
            self._turns += 1

    def find(self, ask: Callable[[Buckets], list[T]], size: int, place: Callable[[T], int]) -> list[T]:
        """At most `size` pieces of work: those of the group where the worker is and, when that has too few, any.
        `place` tells a piece's bucket."""
        found = ask(self.here)
        if len(found) >= size or self.here == ALL or self.apart:
            return found
        more = [w for w in ask(ALL) if place(w) not in self.here]
        if more:
            self.here = next(g for g in self._groups if place(more[0]) in g)
        return [*found, *more][:size]

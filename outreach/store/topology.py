"""Where a worker looks for work: groups of buckets.

SQLite has one group of all buckets. On PostgreSQL all may share a transaction as well; its ranges keep workers out of
each other's way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import TypeVar

from outreach.core.keys import BUCKETS

T = TypeVar("T")
#: Ranges on PostgreSQL: two to four for each worker of a middling house; more would only make claims smaller.
RANGES = 16


@dataclass(frozen=True, slots=True)
class Buckets:
    """The buckets from `first` to `last`, both included."""

    first: int
    last: int


ALL = Buckets(0, BUCKETS - 1)
_SIZE = BUCKETS // RANGES
BY_RANGE = tuple(Buckets(first, first + _SIZE - 1) for first in range(0, BUCKETS, _SIZE))


def groups_of(dialect: str) -> tuple[Buckets, ...]:
    """The groups of this kind of database (`sqlite`, `postgresql`)."""
    return (ALL,) if dialect == "sqlite" else BY_RANGE


class Turn:
    """Where a worker looks for work first: each begins at another group, and goes where there is some."""

    def __init__(self, groups: tuple[Buckets, ...], worker: str):
        self._groups = groups
        self.here = groups[blake2b(worker.encode(), digest_size=1).digest()[0] % len(groups)]

    def find(self, ask: Callable[[Buckets], list[T]], size: int, place: Callable[[T], int]) -> list[T]:
        """At most `size` pieces of work: those of the group where the worker is and, when that has too few, any.
        `place` tells a piece's bucket."""
        found = ask(self.here)
        if len(found) >= size or self.here == ALL:
            return found
        more = [w for w in ask(ALL) if not self.here.first <= place(w) <= self.here.last]
        if more:
            self.here = next(g for g in self._groups if g.first <= place(more[0]) <= g.last)
        return [*found, *more][:size]

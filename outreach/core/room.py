"""Room: what gap, caps, laws and back-off leave, as plain numbers, for the search that arranges many follow-ups.

Instants and lengths are integer microseconds here: a search compares them thousands of times.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

#: Later than any instant, and earlier.
LATE: Final = 1 << 62
PAST: Final = -LATE

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO: Final = timedelta(microseconds=1)


def number(at: datetime) -> int:
    """An instant as microseconds since 1970."""
    return (at - _EPOCH) // _MICRO


def instant(t: int) -> datetime:
    """The instant (UTC) of such a number."""
    return _EPOCH + timedelta(microseconds=t)


def micros(span: timedelta) -> int:
    """A length in microseconds."""
    return span // _MICRO


@dataclass(slots=True, eq=False)
class Room:
    """One limit in one view of the ledger: at most `most` of `times` in any half-open window of length `per`.

    There are several views when an address is shared: what somebody else was sent at the customer's phone counts for
    her calls and SMS and not for her e-mails. `times` is sorted; in front of it stand `most` instants long past, so
    that there is room again at `times[-most] + per`, however few there are.
    """

    most: int
    per: int
    times: list[int]
    by_law: bool = False

    @property
    def free(self) -> int:
        """From when on one more fits behind all that are there."""
        return self.times[-self.most] + self.per


@dataclass(slots=True, eq=False)
class Row:
    """Unanswered contacts in a row, where there is a back-off: behind the n-th one the next waits `gaps[n]`, the last
    of them behind any more.

    `before` are too long ago to be listed in `times`; these are sorted, and begin with one instant long past. One that
    counts for nobody but must wait all the same has a row of its own, in which it is counted too.
    """

    before: int
    gaps: Sequence[int]
    times: list[int]

    @property
    def count(self) -> int:
        """How many there are so far, but no more than make a difference."""
        many, most = self.before + len(self.times), len(self.gaps)
        return (many if many < most else most) - 1

    @property
    def free(self) -> int:
        """From when on one more may follow."""
        return self.times[-1] + self.gaps[self.count]

    @property
    def settled(self) -> bool:
        """Whether one more makes no gap longer but the one that it begins itself."""
        return self.before + len(self.times) >= len(self.gaps) - 1

    def gap(self, more: int) -> int:
        """What will lie behind the last of so many more."""
        place = self.count + more
        return self.gaps[place if place < len(self.gaps) else -1]


@dataclass(slots=True, eq=False)
class Kind:
    """What all contacts of one channel and purpose have in common.

    `opens` says from which moment on holds and hours allow it; LATE when never. `own` are the rooms in which it must
    find a place, `takes` those in which it takes one, `foreign` those of `takes` that aren't its own but another's, who
    must not be pushed out. `row` is the row in which it must wait, `rows` are those in which others wait for it. Beyond
    `reach` it is in nobody's way, once its rows are settled.
    """

    opens: Callable[[int], int]
    channel: str = ""
    own: list[Room] = field(default_factory=list)
    takes: list[Room] = field(default_factory=list)
    foreign: list[Room] = field(default_factory=list)
    row: Row | None = None
    rows: list[Row] = field(default_factory=list)
    reach: int = 1

    def tells(self, t: int) -> bool:
        """Whether it may be told then in the contact of another one: no new place is taken, but where a law's are all
        taken nothing of the kind is said."""
        return self.opens(t) == t and all(room.free <= t for room in self.own if room.by_law)


@dataclass(slots=True, eq=False)
class Wish:
    """A follow-up as the search sees it: not before `wish`, not after `end`; `rank` 0 is the most important.

    `first` is where it would stand if it were alone. One that is `fixed` goes at that moment whatever else is planned,
    because it doesn't obey caps; the others have to reckon with it. One that `drops` isn't worth anybody's waiting.
    """

    id: str
    rank: int
    wish: int
    end: int
    kind: Kind
    first: int = 0
    fixed: bool = False
    may_join: bool = False
    drops: bool = False


#: Wishes with their moments, in order of time.
Line = list[tuple[int, Wish]]

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
    return _EPOCH + timedelta(0, t // 1_000_000, t % 1_000_000)


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
    """Unanswered contacts in a row, where there is a back-off: behind the n-th one the next waits `gaps[n]`, which are
    the longest from `longest` on; there is one for each that may ever stand in it.

    `times` is sorted, and begins with one instant long past; those that are too long ago to be listed stand in front as
    such instants too, as many as make a difference. One that counts for nobody but must wait all the same has a row of
    its own, in which it is counted too.
    """

    gaps: Sequence[int]
    longest: int
    times: list[int]

    @property
    def free(self) -> int:
        """From when on one more may follow."""
        return self.times[-1] + self.gaps[len(self.times) - 1]


@dataclass(slots=True, eq=False)
class Kind:
    """What all contacts of one channel and purpose have in common.

    `opens` says from which moment on holds and hours allow it; LATE when never. `own` are the rooms in which it must
    find a place, `takes` those in which it takes one, `foreign` those of `takes` that aren't its own but another's, who
    must not be pushed out. `row` is the row in which it must wait, `rows` are those in which others wait for it. Beyond
    `reach` it is in nobody's way, once its rows are settled. `obeys` is whether it obeys caps.

    What a walk asks for at every step is laid out beside: `needs` are the times, the place that counts (from the end)
    and the length of its own rooms; `books` are the times of all in which it is entered.
    """

    opens: Callable[[int], int]
    channel: str = ""
    obeys: bool = False
    own: list[Room] = field(default_factory=list)
    takes: list[Room] = field(default_factory=list)
    foreign: list[Room] = field(default_factory=list)
    row: Row | None = None
    rows: list[Row] = field(default_factory=list)
    reach: int = 1
    needs: list[tuple[list[int], int, int]] = field(default_factory=list)
    books: list[list[int]] = field(default_factory=list)

    def need(self, room: Room) -> None:
        """It must find a place in this room."""
        self.own.append(room)
        self.needs.append((room.times, -room.most, room.per))

    def take(self, room: Room) -> None:
        """It is counted in this room."""
        self.takes.append(room)
        self.books.append(room.times)
        if room.per > self.reach:
            self.reach = room.per

    def stand_in(self, rows: list[Row]) -> None:
        """It is counted in these rows, which are all there are for it."""
        self.rows = rows
        for row in rows:
            self.books.append(row.times)
            self.reach = max(self.reach, row.gaps[row.longest])

    def tells(self, t: int) -> bool:
        """Whether it may be told then in the contact of another one: no new place is taken, but where a law's are all
        taken nothing of the kind is said."""
        return self.opens(t) == t and all(room.free <= t for room in self.own if room.by_law)


@dataclass(slots=True, eq=False)
class Wish:
    """A follow-up as the search sees it: not before `wish`, not after `end`; `rank` 0 is the most important.

    `first` is where it would stand if it were alone, and `opened` where its kind opens from `wish` on: the same, until
    its bounds are narrowed. One that is `fixed` goes at its moment whatever else is planned, because it doesn't obey
    caps; the others have to reckon with it. One that `drops` isn't worth anybody's waiting.
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
    opened: int = 0

    def within(self, wish: int, end: int) -> None:
        """Set its bounds."""
        if wish != self.wish:
            self.wish, self.opened = wish, self.kind.opens(wish)
        self.end = end


#: Wishes with their moments, in order of time.
Line = list[tuple[int, Wish]]

"""Signs of life, as they were known at each moment: from then on contacts went unanswered. Times are microseconds."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from outreach.proof.rows import Heard

#: Events that are no doing of the customer's; and those of which only some are, by one of their fields.
_NOT_HERS: Final = frozenset(
    {"card.assigned", "card.cancelled", "card.snoozed", "card.undone", "complaint.resolved", "consent.given",
     "consent.withdrawn", "customer.changed", "customer.merged", "memory.added", "message.bounced", "note.added",
     "outcome.undone"}
)  # fmt: skip
_HERS_IF: Final = {"outcome": ("outcome", ("reached", "call_back")), "contact.made": ("direction", ("inbound",))}
#: What takes an outcome back has its id, behind this.
_UNDOES: Final = "undo:"


@dataclass(frozen=True, slots=True)
class Signs:
    """`came` are the moments at which they came in, in order, and `latest` the latest sign by then. `undone` are those
    that were taken back: when it came in, when it was, when it was taken back."""

    came: Sequence[int]
    latest: Sequence[int]
    undone: Sequence[tuple[int, int, int]]

    @classmethod
    def of(cls, heard: Sequence[Heard]) -> Self:
        """Those among what was heard of one customer. What came of a call lies just behind it."""
        back = {(h.source, h.id): h.received for h in heard if h.type == "outcome.undone"}
        stand, undone = [], []
        for h in filter(_hers, heard):
            time, at = h.time + (h.type == "outcome"), back.get((h.source, _UNDOES + h.id))
            if h.type == "outcome" and at is not None:
                undone.append((h.received, time, at))
            else:
                stand.append((h.received, time))
        stand.sort()
        latest: list[int] = []
        for _, time in stand:
            latest.append(max(time, latest[-1]) if latest else time)
        return cls([received for received, _ in stand], latest, undone)

    def latest_at(self, at: int) -> int | None:
        """The latest that was known at this moment and not taken back before it; None when there was none."""
        known = bisect_right(self.came, at)
        found = [self.latest[known - 1]] if known else []
        found += [time for received, time, taken_back in self.undone if received <= at <= taken_back]
        return min(max(found), at) if found else None


def _hers(h: Heard) -> bool:
    if h.type in _HERS_IF:
        name, values = _HERS_IF[h.type]
        return h.told(name) in values
    return h.type not in _NOT_HERS

"""The order of the staff's list: what was promised, what ends soon, then what matters most; and the quadrant of a card,
urgent or not, important or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from outreach.core.follow_up import FollowUp
from outreach.core.promise import promise_of

#: What ends within this time can't wait for the more important ones.
URGENT: Final = timedelta(hours=1)
#: The priority of a rule that names none. What a rule puts below that may be left out on a full day.
IMPORTANT: Final = 50
QUADRANTS: Final = ("urgent and important", "important", "urgent", "neither")


@dataclass(frozen=True, slots=True)
class Rank:
    """The place of a card: `key` sorts, `why` is `promised`, `ends` or `priority`."""

    key: tuple[object, ...]
    why: str
    quadrant: str


def rank(f: FollowUp, value: float, now: datetime) -> Rank:
    """Where this card stands at this moment. `value` is what the thing is worth that it is about, 0 if unknown."""
    promise, soon = promise_of(f), f.valid_until - now <= URGENT
    last = (-f.priority, -value, f.valid_until, f.due, f.customer, f.id)
    quadrant = QUADRANTS[(0 if soon or promise else 1) if f.priority >= IMPORTANT or promise else (2 if soon else 3)]
    if promise is not None:
        return Rank((0, promise.at, *last), "promised", quadrant)
    if soon:
        return Rank((1, f.valid_until, *last), "ends", quadrant)
    return Rank((2, *last), "priority", quadrant)


def value_of(data: dict[str, object]) -> float:
    """What the event that set off a card was worth: its `total`, where it has one."""
    total = data.get("total")
    return float(total) if isinstance(total, int | float) and not isinstance(total, bool) else 0.0

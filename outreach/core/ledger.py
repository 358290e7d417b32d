"""The ledger's entries: touches, and how they count in rolling windows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

#: States that count against caps and gap. `released` ones, and those a provider refused before accepting, do not.
COUNTING = frozenset({"reserved", "attempted", "delivered", "unknown"})


@dataclass(slots=True, kw_only=True)
class Touch:
    """One entry: at `at` (UTC), `customer` was touched, or a place in the windows is reserved for it. A value, like
    `FollowUp`: not declared frozen, which would triple what it costs to make.

    `counts` is "yes", "gap" (for the minimum gap only) or "no": the purpose's policy when it was reserved, so that a
    later change of the cadence never reopens a budget. `follow_up` is empty for contacts made outside the engine.
    `known` (JSON) is what the guard knew when it let this one pass, so that it can be judged by that ever after: the
    policy's version, the zones and places she might be in, and her country and region; empty when no guard was asked.
    """

    id: str
    customer: str
    at: datetime
    channel: str
    purpose: str
    state: str = "reserved"
    counts: str = "yes"
    follow_up: str = ""
    address_key: str = ""
    by: str = ""
    known: str = ""

    @property
    def counting(self) -> bool:
        """Whether it holds a place."""
        return self.state in COUNTING and self.counts != "no"

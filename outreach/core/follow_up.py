"""A follow-up: one step of one run, from its planning to its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from outreach.core.evolving import evolve

__all__ = [
    "AHEAD", "BY_STAFF", "ENDED", "FORWARDED", "OPEN", "OUTCOMES", "TOUCHING", "FollowUp", "evolve",
]  # fmt: skip

#: Channels that touch the customer; a task touches nobody, so it counts for nothing.
TOUCHING = frozenset({"sms", "email", "call"})
#: Channels whose follow-ups are done by people.
BY_STAFF = frozenset({"call", "task"})

#: What staff may say came of a call or task.
OUTCOMES = frozenset(
    {"reached", "no_answer", "left_message", "call_back", "wrong_number", "do_not_call", "done", "not_done", "other"}
)

OPEN = frozenset({"scheduled", "claimed", "listed", "unknown"})
#: Still ahead: may be cancelled, moved or arranged anew.
AHEAD = frozenset({"scheduled", "listed"})
#: State of what is left behind when a follow-up goes on under a customer that hers was merged into; the reason is
#: `forwarded:` and the id it has now.
FORWARDED = "forwarded"
ENDED = frozenset(
    {
        "sent",
        "delivered",
        "undelivered",
        "done",
        "failed",
        "expired",
        "cancelled",
        "suppressed",
        "merged",
        "held_out",
        "held",
    }
)


@dataclass(slots=True, kw_only=True)
class FollowUp:
    """A value: what changes is a new one, by `evolve`. Not declared frozen, which would triple what it costs to make.

    `due` is the wished moment, `wake` when the engine looks next (None once it ended), `valid_until` the end of its
    worth; `started` when its run began; all UTC. `intent` keeps the local wish (`2026-11-03T10:00 America/New_York`),
    to plan again when the zone changes. `run` names the run, `trigger` the event (or occurrence) that started it.
    """

    id: str
    customer: str
    run: str
    rule: str
    step: str
    index: int
    channel: str
    purpose: str
    priority: int
    due: datetime
    wake: datetime | None
    valid_until: datetime
    trigger: str
    started: datetime
    event: str = ""
    event_source: str = ""
    key: str = ""
    intent: str = ""
    state: str = "scheduled"
    reason: str = ""
    version: str = ""
    variant: str = ""
    assign: str = ""
    outcome: str = ""
    outcome_by: str = ""
    note: str = ""
    attempt: int = 0
    address: str = ""
    listed: datetime | None = None
    ended: datetime | None = None
    worker: str = ""
    overlay: dict[str, Any] | None = None
    site: str = ""

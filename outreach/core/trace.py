"""Reasons: why a follow-up was planned, put off, sent or not. Readable by a person and by a program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(slots=True, kw_only=True)
class Reason:
    """One reason. `code` is stable (`cap:4/30d`, `gap`, `hours:call`, `stop_on:complaint.opened`); `numbers` are the
    values seen: used, limit, window, next possible instant, the condition's operands."""

    code: str
    text: str = ""
    numbers: dict[str, Any] = field(default_factory=dict)


#: What only time lifts. The rest ends with news: of a hold, a sign of life, consent, where the customer is.
TIMED = ("hours:", "gap:", "cap:", "room", "silence:", "law:")


def awaited(reasons: Sequence[Reason]) -> str:
    """Of the reasons that put something off, the code of the last that news may lift; of those that only time lifts,
    the last. That it came to an hour at which nobody is contacted says little where something else moved it there."""
    lifted = [r for r in reasons if not r.code.startswith(TIMED)]
    waited = [r for r in reasons if not r.code.startswith("hours:")]
    return (lifted or waited or reasons)[-1].code


@dataclass(slots=True, kw_only=True)
class Trace:
    """One decision about one follow-up (or one rule and event): what was decided, when, and for which reasons."""

    at: datetime
    customer: str
    follow_up: str
    rule: str
    step: str
    decision: str
    reasons: tuple[Reason, ...] = ()

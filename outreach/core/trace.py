"""Reasons: why a follow-up was planned, put off, sent or not. Readable by a person and by a program."""

from __future__ import annotations

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

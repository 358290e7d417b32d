"""Objections: what a guard says at an instant."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from outreach.core.trace import Reason

#: The first instant at which the guard would let the contact pass (None: not in sight), and why not now.
Objection = tuple[datetime | None, Reason]
#: Asked about an instant it answers with its objection, or with None.
Guard = Callable[[datetime], Objection | None]

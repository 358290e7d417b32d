"""The whole list in figures: how far today has come, and where the time goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from outreach.engine import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A card that left today's list: `state` is `done`, `snoozed`, `expired`, `withdrawn` or `waiting` (taken off, and
    may come back); `why` in words (the outcome, the reason); `by` whoever did it, "" the engine; `at` (UTC) when;
    `back` (UTC) when it comes back, if it does."""

    id: str
    customer: str
    name: str
    channel: str
    rule: str
    state: str
    why: str
    by: str
    at: datetime
    back: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Today, the house's day. Progress is `done` of `total`: done, still open, and snoozed until later today.
    `quadrants` counts the open and done cards by quadrant; `proactive` is the share (0…1) of the important and not
    urgent among them. `gone` is all that left the list today, newest first."""

    done: int
    total: int
    open: int
    quadrants: dict[str, int]
    proactive: float
    gone: tuple[Gone, ...]

    def of(self, state: str) -> tuple[Gone, ...]:
        """What of `gone` is in this state."""
        return tuple(g for g in self.gone if g.state == state)

    def plain(self) -> dict[str, Any]:
        """For programs."""
        raise NotImplementedError


def figures(engine: Engine, *, assign: str = "") -> Figures:
    """Today's figures, of one person's or role's cards or of all. Reads only."""
    raise NotImplementedError

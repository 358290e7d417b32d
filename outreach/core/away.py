"""Absence: while somebody is away, that person's cards are another's, or anyone's. No card is changed by it, so that
afterwards they are the person's again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True, kw_only=True)
class Absence:
    """`who` is away from `since` until `until` (UTC); `to` stands in, "" for anyone; `by` who said so."""

    who: str
    since: datetime
    until: datetime
    to: str = ""
    by: str = ""


def stand_in(assign: str, absences: Iterable[Absence], now: datetime) -> str:
    """Whose cards those of `assign` are at this moment. Who stands in may be away too; whoever would stand in for
    somebody in a circle leaves them to anyone."""
    away = {a.who.casefold(): a.to for a in absences if a.since <= now < a.until}
    seen: set[str] = set()
    while assign.casefold() in away:
        if assign.casefold() in seen:
            return ""
        seen.add(assign.casefold())
        assign = away[assign.casefold()]
    return assign

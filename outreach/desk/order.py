"""The place of a card on the list, with the reason in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from outreach.core.event import Event
from outreach.core.follow_up import FollowUp
from outreach.core.handling import Handling, key, same
from outreach.core.promise import promise_of
from outreach.core.ranking import rank, value_of
from outreach.core.zone import to_local
from outreach.desk.card import Card


def place(card: Card, f: FollowUp, event: Event, now: datetime, zone: str) -> Card:
    """The card with the reason of its place; times are told by the clock of `zone`, the house's."""
    value = value_of(event.data)
    found = rank(f, value, now)
    return replace(card, rank=_words(f, found.why, value, now, zone), quadrant=found.quadrant, order=found.key)


def place_of(card: Card, handling: Handling | None, by: str) -> tuple[object, ...]:
    """Sorts the list for one person."""
    return (*_behind(card.promised_to, handling, by), card.order)


def behind(f: FollowUp, handling: Handling | None, by: str) -> tuple[bool, str]:
    """Whether, and since when, it stands behind all others for this person."""
    promise = promise_of(f)
    return _behind(promise.to if promise else "", handling, by)


def _behind(promised_to: str, handling: Handling | None, by: str) -> tuple[bool, str]:
    if not by:
        return False, ""
    skipped = handling.skipped.get(key(by), "") if handling is not None else ""
    others = bool(promised_to) and not same(promised_to, by)
    return others or bool(skipped), "9999" if others else skipped


def _words(f: FollowUp, why: str, value: float, now: datetime, zone: str) -> str:
    promise = promise_of(f)
    if promise is not None:
        at, today = to_local(promise.at, zone), to_local(now, zone).date()
        day = "" if at.date() == today else f" on {at:%a} {at.day} {at:%b}"
        return f"promised{day} at {at:%H:%M}" + (f" by {promise.by}" if promise.by else "")
    if why == "ends":
        left = max(0, int((f.valid_until - now).total_seconds() // 60))
        return f"ends in {left} minute{'' if left == 1 else 's'}"
    return f"priority {f.priority}" + (f", worth {value:g}" if value else "")

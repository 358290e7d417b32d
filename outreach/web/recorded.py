"""The line that says what was just done, with the way back."""

from __future__ import annotations

from dataclasses import dataclass

from outreach.store.views import looking
from outreach.web.front import Front
from outreach.web.shown import DEEDS, SAID, UNDOABLE, name_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What was done (`said`), in words, to which card of whom; whether it may be taken back."""

    said: str
    words: str
    card: str
    name: str
    undoable: bool


def recorded(here: Front, said: str, card: str) -> Recorded | None:
    """What the address of a page says was done before it; None for nothing, or nothing known."""
    words = DEEDS.get(said) or (f"Recorded: {SAID[said]}" if said in SAID else "")
    if not words:
        return None
    with looking(here.app.store) as views:
        found = views.follow_up(card) if card else None
        people = views.people([found.customer]) if found is not None else {}
    name = name_of(people, found.customer) if found is not None else ""
    undoable = found is not None and (said in SAID or said in UNDOABLE)
    return Recorded(said=said, words=words, card=found.id if found is not None else "", name=name, undoable=undoable)

"""What came of a call or task, told by the person who did it: an event like any other, by the same door."""

from __future__ import annotations

from dataclasses import dataclass
from unicodedata import category

from outreach.bootstrap import App
from outreach.core.event import Event
from outreach.core.follow_up import FollowUp
from outreach.store.views import looking
from outreach.web.problems import ProblemError
from outreach.web.shown import SAID, state

LONGEST_NOTE = 20_000
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a person says about one call or task."""

    follow_up: str
    outcome: str
    note: str = ""
    by: str = ""


class OffTheListError(ProblemError):
    """The card went away while it was looked at: somebody was faster, or the reason for it is gone."""

    def __init__(self, found: FollowUp | None):
        self.found = found
        super().__init__(404, "No longer on the list", _what_became_of(found))


def record(app: App, said: Said) -> str:
    """Store it; the receipt's status: `accepted`, or `duplicate` for the same word said twice.

    Raises OffTheListError, ProblemError for an outcome that can't be taken, DatabaseError when nothing was stored.
    """
    _check(said)
    with app.store.reading() as tx:
        card = tx.follow_ups.named(said.follow_up)
    if card is None or card.state != "listed":
        return _again(app, said)
    event = Event(
        id=f"outcome:{card.id}", type="outcome", customer=card.customer, time=app.engine.clock.now(),
        data={"follow_up": card.id, "outcome": said.outcome, "note": said.note, "by": said.by},
    )  # fmt: skip
    receipt = app.engine.ingest([event])[0]
    if receipt.status == "rejected":
        raise ProblemError(422, "That outcome can't be taken", receipt.reason)
    return receipt.status if receipt.status == "accepted" else _again(app, said)


def _again(app: App, said: Said) -> str:
    """A second click, or an answer that got lost on its way: the same word about the same card is no mistake."""
    with looking(app.store) as views:
        found = views.follow_up(said.follow_up)
    if found is not None and (found.state, found.outcome, found.note) == ("done", said.outcome, said.note):
        return "duplicate"
    raise OffTheListError(found)


def _check(said: Said) -> None:
    if len(said.note) > LONGEST_NOTE:
        told = f"The note has {len(said.note)} characters; {LONGEST_NOTE} may be. Shorten it and send it again."
        raise ProblemError(422, "The note is too long", told)
    if len(said.by) > LONGEST_NAME:
        raise ProblemError(422, "The name is too long", f"A name may have {LONGEST_NAME} characters.")


def _what_became_of(found: FollowUp | None) -> str:
    if found is None:
        return "There is no call or task with this id."
    if found.state == "done":
        by = f" by {found.outcome_by}" if found.outcome_by else ""
        return f"It was done already{by}: {SAID.get(found.outcome, found.outcome)}."
    why = f" ({found.reason})" if found.reason else ""
    return f"It is not to be done any more: {state(found.state)}{why}."


def clean(text: str) -> str:
    """What was typed, without what no keyboard types: a database may refuse a NUL, and nobody would see it."""
    return "".join(c for c in text.replace("\r\n", "\n") if c in "\n\t" or category(c) not in ("Cc", "Cs")).strip()

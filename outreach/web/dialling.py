"""Calls that are put through: the button on a card, and what is shown of its call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, JSONResponse, Response

from outreach import desk
from outreach.core.dialling import Dial, dial_of
from outreach.core.handling import Handling
from outreach.web.access import person
from outreach.web.asked import Asked, Deed, ready
from outreach.web.front import Front, Here
from outreach.web.onward import accepted, attempt
from outreach.web.phones import phone_of
from outreach.web.problems import ProblemError

router = APIRouter(default_response_class=HTMLResponse, dependencies=[Depends(person)], include_in_schema=False)

NOT_SET_UP: Final = "Calls aren't put through here. Dial by hand: the number on the card is a link."
NO_PHONE: Final = "Where shall it ring? Give your phone under your name (You), then press again."
#: How a call stands, for who asked for it.
STANDS: Final = {
    "asked": "Your phone is about to ring.", "phoning": "Your phone rings: take it and press any key.",
    "picked_up": "Press any key on your phone.", "going": "The customer is being dialled.",
    "ringing": "It rings at the customer's.", "talking": "You are connected.", "ended": "The call is over.",
    "failed": "No call was put through.",
}  # fmt: skip
CAME: Final = {
    "completed": "The call is over after {}.", "busy": "The customer's line was busy.",
    "no-answer": "The customer didn't pick up.", "failed": "The customer's number can't be reached.",
    "canceled": "The call ended before the customer picked up.",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A card's call on its page: whether it may be asked for (`offered`), and as which of the card's calls (`n`);
    whether one is under way; in words how the latest stands ("" when there was none), who asked for it, and the
    outcome it suggests."""

    offered: bool
    n: int
    under_way: bool
    words: str
    by: str
    suggests: str


def shown(here: Front, handling: Handling, channel: str) -> Shown:
    """What a card's page shows of its call."""
    dial = dial_of(handling.dial)
    return Shown(
        offered=channel == "call" and bool(phone_of(here)), n=dial.n + 1,
        under_way=dial.under_way(here.app.engine.clock.now()), words=in_words(dial), by=dial.by, suggests=dial.suggests,
    )  # fmt: skip


def in_words(dial: Dial) -> str:
    """How a call stands; "" when there was none."""
    if dial.result:
        return CAME.get(dial.result, STANDS["ended"]).format(_lasting(dial.seconds))
    if dial.told:
        return dial.told if dial.told.endswith(".") else f"{dial.told}."
    return STANDS.get(dial.state, "")


def _lasting(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


@router.post("/calls/{follow_up}/dial")
def dial(it: Deed) -> Response:
    """Call for me. Whatever comes of it stands on the card, which stays."""
    if not it.quick:
        return attempt(it.here, it.form, it.path, lambda: it.to(_put_through(it)))
    try:
        _put_through(it)
    except ProblemError as no:
        return JSONResponse({"words": no.detail, "under_way": False}, no.status)
    return JSONResponse(_now(it.here, it.card))


@router.get("/calls/{follow_up}/dial")
def stands(follow_up: str, here: Here) -> JSONResponse:
    """How the card's call stands, for a page that is open."""
    return JSONResponse(_now(here, follow_up))


def _put_through(it: Asked) -> str:
    """The page to go on with. Raises ProblemError, DatabaseError."""
    ready(it)
    caller, phone, n = it.here.app.caller, phone_of(it.here), it.form.get("n", "")
    if caller is None:
        raise ProblemError(422, "Not set up", NOT_SET_UP)
    if not phone:
        raise ProblemError(422, "No phone of yours is known", NO_PHONE)
    which = int(n) if n.isascii() and n.isdigit() and len(n) < 9 else 0
    accepted(desk.put_through(it.here.app.engine, caller, it.card, it.name, phone, which))
    return f"/calls/{it.card}"


def _now(here: Front, card: str) -> dict[str, object]:
    with here.app.store.reading() as tx:
        f = tx.follow_ups.named(card)
        handling = tx.cards.one(f.customer, f.id) if f is not None else Handling(customer="", id=card)
    told = shown(here, handling, f.channel if f is not None else "")
    return {"words": told.words, "under_way": told.under_way, "n": told.n, "suggests": told.suggests}

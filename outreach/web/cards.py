"""One card on a page of its own: whom, why, what is known of her, what to say, and what may come of it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from outreach.desk import Card, about, card, figures
from outreach.desk.words import became
from outreach.store.views import looking
from outreach.web.access import Person, person
from outreach.web.after import what_follows
from outreach.web.dialling import shown
from outreach.web.front import Front, Here
from outreach.web.me import Me
from outreach.web.recorded import recorded
from outreach.web.shown import OUTCOMES

router = APIRouter(default_response_class=HTMLResponse, dependencies=[Depends(person)], include_in_schema=False)


@router.get("/calls/{follow_up}")
def one_card(
    follow_up: str, here: Here, signed_in: Person, me: Me, assign: str = "", said: str = "", after: str = ""
) -> HTMLResponse:
    """A card. Looking takes nothing: who wants to keep others from it presses a button."""
    found = card(here.app.engine, follow_up)
    done = recorded(here, said, after)
    values: dict[str, Any] = {"assign": assign, "by": me, "signed_in": signed_in, "recorded": done}
    if found is None:
        return gone(here, follow_up, values)
    return here.page("card.html", **values, **parts(here, found, assign))


def parts(here: Front, found: Card, assign: str = "") -> dict[str, Any]:
    """All that a card's page shows of it."""
    engine = here.app.engine
    names = OUTCOMES[found.rule if found.rule in OUTCOMES else found.channel]
    day = figures(engine, assign=assign)
    with here.app.store.reading() as tx:
        handling = tx.cards.one(found.customer, found.id)
    return {
        "c": found, "about": about(engine, found.id), "outcomes": names, "done": day.done, "total": day.total,
        "follows": what_follows(engine, found, [name for name, _ in names]),
        "since": handling.since if found.holder else None, "dial": shown(here, handling, found.channel),
    }  # fmt: skip


def gone(here: Front, follow_up: str, values: dict[str, Any]) -> HTMLResponse:
    """The card was here, or never was: what became of it, and the way on."""
    with looking(here.app.store) as views:
        found = views.follow_up(follow_up)
    return here.page("gone.html", status=404, told=became(found), customer=found.customer if found else "", **values)

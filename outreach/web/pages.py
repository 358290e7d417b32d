"""The pages that only show: today's list, what was sent, what was held back, a customer, the rules."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from urllib.parse import unquote, urlencode

from fastapi import APIRouter, Cookie, Depends
from fastapi.responses import HTMLResponse

from outreach.core.zone import to_local
from outreach.desk import Card, cards, remembered
from outreach.errors import InputError
from outreach.rulebook.listing import trigger_text
from outreach.saying import clock
from outreach.store.views import Page, Place, looking
from outreach.web.access import Person, person
from outreach.web.front import Here
from outreach.web.problems import ProblemError
from outreach.web.shown import OUTCOMES, SAID, name_of
from outreach.why import Told, why

ROWS = 50
#: Remembers, in the browser, whose outcomes these are.
COOKIE = "outreach_staff"

router = APIRouter(default_response_class=HTMLResponse, dependencies=[Depends(person)], include_in_schema=False)


@router.get("/")
def today(
    here: Here, name: Person, assign: str = "", said: str = "", staff: Annotated[str, Cookie(alias=COOKIE)] = ""
) -> HTMLResponse:
    """Today's list."""
    everybody = cards(here.app.engine)
    names = {c.assign for c in everybody if c.assign} | ({assign} if assign else set())
    shown = [c for c in everybody if not assign or c.assign.lower() == assign.lower()]
    return here.page(
        "today.html", calls=_of(shown, "call"), tasks=_of(shown, "task"), assign=assign, said=SAID.get(said, ""),
        assigned=sorted(names), by=unquote(staff) or name, outcomes=OUTCOMES,
    )  # fmt: skip


def _of(found: list[Card], channel: str) -> list[Card]:
    return [c for c in found if c.channel == channel]


@router.get("/sent")
def sent(here: Here, after: str = "") -> HTMLResponse:
    """What was sent, newest first."""
    with looking(here.app.store) as views:
        page = views.sent(_place(after), ROWS)
        people = views.people(a.customer for a in page.items)
    rows = [(a, name_of(people, a.customer)) for a in page.items]
    return here.page("sent.html", rows=rows, older=_older(page), first=not after)


@router.get("/held")
def held(here: Here, after: str = "") -> HTMLResponse:
    """What was held back and why, newest first; before it, what waits for room."""
    with looking(here.app.store) as views:
        page = views.held_back(_place(after), ROWS)
        waiting = [] if after else views.waiting(ROWS)
        reasons = views.last_reasons([*page.items, *waiting])
        people = views.people(f.customer for f in (*page.items, *waiting))
    rows = [(f, name_of(people, f.customer), reasons.get(f.id, ())) for f in (*waiting, *page.items)]
    return here.page(
        "held.html", waiting=rows[: len(waiting)], rows=rows[len(waiting) :], older=_older(page), first=not after
    )  # fmt: skip


@router.get("/customers/{customer:path}")
def one_customer(customer: str, here: Here) -> HTMLResponse:
    """Everything about one customer: what lies ahead, what was, what was not, and why."""
    try:
        found = why(here.app.engine, customer)
    except InputError as error:
        told = f"There is no customer {customer!r}. Import the customer first, or look at the spelling."
        raise ProblemError(404, "Unknown customer", told) from error
    zone = here.app.engine.policy.wall_zone(found.customer)
    now = here.app.engine.clock.now()
    ahead = [t for t in found.told if t.follow_up.wake is not None]
    past = [t for t in found.told if t.follow_up.wake is None]
    return here.page(
        "customer.html", customer=found.customer, name=name_of({customer: found.customer}, customer), zone_here=zone,
        ahead=sorted(ahead, key=_when_ahead), past=sorted(past, key=_when_past, reverse=True), misses=found.misses,
        heard=found.heard,
        there=clock(zone, now), local_time=f"{to_local(now, zone):%H:%M}", memory=list(remembered(found.customer, now)),
    )  # fmt: skip


def _when_ahead(told: Told) -> datetime:
    return told.next or told.follow_up.wake or told.follow_up.due


def _when_past(told: Told) -> datetime:
    return told.follow_up.ended or told.follow_up.due


@router.get("/rules")
def rules(here: Here) -> HTMLResponse:
    """All rules: where they stand, what sets them off, what they do, whether they are paused."""
    found = [(rule, trigger_text(rule)) for rule in here.app.rulebook.rules]
    return here.page("rules.html", rules=found, warnings=here.app.rulebook.warnings)


def _place(after: str) -> Place | None:
    """The place in a list that a link names. Raises ProblemError."""
    if not after:
        return None
    at, _, last = after.partition("-")
    if not (at.isascii() and at.isdigit() and len(at) < 19 and last):
        raise ProblemError(422, "That can't be read", "This link to an older page is broken; begin at the newest.")
    return int(at), last


def _older(page: Page) -> str:
    return urlencode({"after": f"{page.next[0]}-{page.next[1]}"}) if page.next else ""

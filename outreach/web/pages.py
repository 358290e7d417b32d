"""The pages that only show: what was sent, what was held back, a customer, the rules."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from outreach.core.zone import to_local
from outreach.desk import remembered
from outreach.errors import InputError
from outreach.rulebook.listing import trigger_text
from outreach.saying import clock
from outreach.store.views import looking
from outreach.web.access import Person, person
from outreach.web.front import Here
from outreach.web.me import Me
from outreach.web.places import older, place_of
from outreach.web.problems import ProblemError
from outreach.web.recorded import recorded
from outreach.web.shown import name_of
from outreach.why import Told, why

ROWS = 50
#: Notes shown of a customer, the latest first.
NOTES = 20

router = APIRouter(default_response_class=HTMLResponse, dependencies=[Depends(person)], include_in_schema=False)


@router.get("/sent")
def sent(here: Here, after: str = "") -> HTMLResponse:
    """What was sent, newest first."""
    with looking(here.app.store) as views:
        page = views.sent(place_of(after), ROWS)
        people = views.people(a.customer for a in page.items)
    rows = [(a, name_of(people, a.customer)) for a in page.items]
    return here.page("sent.html", rows=rows, older=older(page), first=not after)


@router.get("/held")
def held(here: Here, after: str = "") -> HTMLResponse:
    """What was held back and why, newest first; before it, what waits for room."""
    with looking(here.app.store) as views:
        page = views.held_back(place_of(after), ROWS)
        waiting = [] if after else views.waiting(ROWS)
        reasons = views.last_reasons([*page.items, *waiting])
        people = views.people(f.customer for f in (*page.items, *waiting))
    rows = [(f, name_of(people, f.customer), reasons.get(f.id, ())) for f in (*waiting, *page.items)]
    return here.page(
        "held.html", waiting=rows[: len(waiting)], rows=rows[len(waiting) :], older=older(page), first=not after
    )  # fmt: skip


@router.get("/customers/{customer:path}")
def one_customer(customer: str, here: Here, signed_in: Person, me: Me, said: str = "") -> HTMLResponse:
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
    with here.app.store.reading() as tx:
        noted = tx.events.history([found.customer.id], ["note.added"]).get(found.customer.id, [])
    return here.page(
        "customer.html", customer=found.customer, name=name_of({customer: found.customer}, customer), zone_here=zone,
        ahead=sorted(ahead, key=_when_ahead), past=sorted(past, key=_when_past, reverse=True), misses=found.misses,
        heard=found.heard, notes=noted[: -NOTES - 1 : -1], signed_in=signed_in, by=me,
        recorded=recorded(here, said, ""),
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

"""The staff's list for programs to read: as JSON, CSV and iCalendar, in figures, with the load of the next days; and
what is noted and remembered of a customer."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from outreach import desk
from outreach.errors import InputError
from outreach.web import described
from outreach.web.access import bearer, program
from outreach.web.body import small_body_of
from outreach.web.front import Here
from outreach.web.outcomes import clean
from outreach.web.problems import ProblemError
from outreach.web.saying import Added, Remembered, answer, read
from outreach.web.saying import described as a_body

router = APIRouter(prefix="/v1", dependencies=[Depends(program), Depends(bearer)], responses=described.PROBLEMS)
Raw = Annotated[bytes, Depends(small_body_of)]


@router.get("/calls", tags=["calls"], **described.CALLS)
def list_calls(here: Here, assign: str = "", site: str = "", by: str = "", day: date | None = None) -> dict[str, Any]:
    """Today's list: calls and tasks that wait to be done, the first to be done first; `assign` keeps one person's or
    role's, `site` one site's, `day` what fell due on that date; `by` puts last what that person has skipped."""
    found = desk.cards(here.app.engine, day=day, assign=assign, site=site, by=by)
    return {"calls": [card.plain() for card in found]}


@router.get("/calls.csv", tags=["calls"], summary="Today's list as CSV")
def list_as_csv(here: Here, assign: str = "", site: str = "") -> Response:
    """The list for spreadsheets."""
    found = desk.cards(here.app.engine, assign=assign, site=site)
    return _file(desk.as_csv(found), "text/csv", "calls.csv")


@router.get("/calls.ics", tags=["calls"], summary="Today's list as iCalendar")
def list_as_ics(here: Here, assign: str = "", site: str = "") -> Response:
    """The list for calendars."""
    engine = here.app.engine
    found = desk.cards(engine, assign=assign, site=site)
    return _file(desk.as_ics(found, engine.clock.now()), "text/calendar", "calls.ics")


@router.get("/calls/figures", tags=["calls"], summary="Today in figures")
def today_in_figures(here: Here, assign: str = "") -> dict[str, Any]:
    """How far today has come, where the time goes, and what left the list and why."""
    return desk.figures(here.app.engine, assign=assign).plain()


@router.get("/load", tags=["calls"], summary="The load of the next days")
def load_of_days(here: Here, days: int = 14) -> dict[str, Any]:
    """Calls and tasks of the next days against capacity, by house, site, person and role."""
    return {"load": [one.plain() for one in desk.load(here.app.engine, min(max(days, 1), 60))]}


@router.get("/calls/{follow_up}", tags=["calls"], summary="One card, and its customer")
def one_call(follow_up: str, here: Here) -> dict[str, Any]:
    """The card with all that one knows of its customer."""
    card, about = desk.card(here.app.engine, follow_up), desk.about(here.app.engine, follow_up)
    if card is None or about is None:
        raise ProblemError(404, "No longer on the list", "There is no such card on the list.")
    return {"card": card.plain(), "about": about.plain()}


@router.post("/customers/{customer:path}/notes", tags=["customers"], **a_body("Add a note", Added))
def note_of(customer: str, here: Here, raw: Raw) -> dict[str, Any]:
    """Write down a note on a customer."""
    told = read(raw, Added, '{"note": "Rang about the invoice", "by": "Lena"}')
    return _of_customer(desk.add_note, here.app.engine, customer, clean(told.note), clean(told.by), id=told.id)


@router.post("/customers/{customer:path}/memory", tags=["customers"], **a_body("Remember", Remembered))
def memory_of(customer: str, here: Here, raw: Raw) -> dict[str, Any]:
    """Remember something of a customer."""
    told = read(raw, Remembered, '{"name": "meal", "value": "likes it well done", "by": "Lena"}')
    return _of_customer(
        desk.remember, here.app.engine, customer, clean(told.name), clean(told.value), clean(told.by), told.until
    )


def _of_customer(deed: Any, *args: Any, **more: Any) -> dict[str, Any]:
    try:
        return answer(deed(*args, **more))
    except InputError as error:
        raise ProblemError(404, "Unknown customer", f"{error}.") from error


def _file(text: str, kind: str, name: str) -> Response:
    return Response(text, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})

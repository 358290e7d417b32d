"""Today's list, the way into the flow, and the list for spreadsheets and calendars."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from outreach.desk import Card, as_csv, as_ics, cards, figures
from outreach.web.access import Person, person
from outreach.web.drawing import boxes
from outreach.web.front import Front, Here
from outreach.web.me import Me
from outreach.web.recorded import recorded

router = APIRouter(default_response_class=HTMLResponse, dependencies=[Depends(person)], include_in_schema=False)


@router.get("/")
def today(
    here: Here, signed_in: Person, me: Me, assign: str = "", said: str = "", after: str = ""
) -> HTMLResponse:  # fmt: skip
    """Today's list."""
    everybody = cards(here.app.engine)
    names = {c.assign for c in everybody if c.assign} | ({assign} if assign else set())
    shown = [c for c in everybody if not assign or c.assign.lower() == assign.lower()]
    return here.page(
        "today.html", calls=_of(shown, "call"), tasks=_of(shown, "task"), assign=assign, assigned=sorted(names), by=me,
        signed_in=signed_in, recorded=recorded(here, said, after), **_day(here, assign),
    )  # fmt: skip


@router.get("/next")
def ready(
    here: Here, signed_in: Person, me: Me, assign: str = "", said: str = "", after: str = ""
) -> HTMLResponse:  # fmt: skip
    """Before the first card of the flow, and after the last. Looking claims nothing."""
    mine = cards(here.app.engine, assign=assign)
    free = [c for c in mine if not c.holder or c.holder == me]
    return here.page(
        "next.html", left=len(free), held=len(mine) - len(free), assign=assign, by=me, signed_in=signed_in,
        recorded=recorded(here, said, after), **_day(here, assign),
    )  # fmt: skip


@router.get("/list.csv")
def csv(here: Here, assign: str = "") -> Response:
    """The list as a table."""
    return _file(as_csv(cards(here.app.engine, assign=assign)), "text/csv; charset=utf-8", "list.csv")


@router.get("/list.ics")
def ics(here: Here, assign: str = "") -> Response:
    """The list as a calendar."""
    engine = here.app.engine
    return _file(as_ics(cards(engine, assign=assign), engine.clock.now()), "text/calendar; charset=utf-8", "list.ics")


def _of(found: list[Card], channel: str) -> list[Card]:
    return [c for c in found if c.channel == channel]


def _day(here: Front, assign: str) -> dict[str, Any]:
    day = figures(here.app.engine, assign=assign)
    return {"day": day, "boxes": boxes(day.quadrants)}


def _file(text: str, kind: str, name: str) -> Response:
    return Response(text.encode(), media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})

"""The manager's page: who does what, who is away, and what the next days bring."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from outreach import desk
from outreach.desk import Card, Load, cards
from outreach.web.access import Person, person
from outreach.web.body import Form
from outreach.web.drawing import boxes, chart
from outreach.web.front import Front, Here
from outreach.web.me import Me, named
from outreach.web.moments import typed
from outreach.web.onward import accepted, attempt
from outreach.web.outcomes import check_lengths, clean
from outreach.web.problems import ProblemError
from outreach.web.recorded import recorded
from outreach.web.tokens import back, check_token

DAYS = 14
#: Cards given on by one press; the rest by the next.
MOST = 200

router = APIRouter(default_response_class=HTMLResponse, dependencies=[Depends(person)], include_in_schema=False)


@router.get("/manager")
def manager(here: Here, assign: str = "", said: str = "", after: str = "") -> HTMLResponse:
    """The list by who does it, absences, and the load ahead."""
    engine = here.app.engine
    everybody, loads, away = cards(engine), desk.load(engine, DAYS), desk.absences(engine)
    day = desk.figures(engine)
    return here.page(
        "manager.html", cards=_of(everybody, assign), assign=assign, days=sorted({load.day for load in loads}),
        chart=chart([load for load in loads if load.of == "house"]), table=table(loads), absences=away,
        people=_people(everybody, loads, [a.who for a in away]), sites=_sites(everybody, loads), day=day,
        boxes=boxes(day.quadrants), recorded=recorded(here, said, after),
    )  # fmt: skip


class Asked:
    """One deed of a manager's."""

    def __init__(self, here: Here, form: Form, signed_in: Person, me: Me) -> None:
        self.here: Front = here
        self.form = form
        self.name = named(me, signed_in, form)

    def word(self, name: str) -> str:
        """A short text of the form. Raises ProblemError."""
        value = clean(self.form.get(name, ""))
        check_lengths("", value)
        return value


Deed = Annotated[Asked, Depends()]


@router.post("/calls/{follow_up}/assign")
def assign_one(follow_up: str, it: Deed) -> Response:
    """Give one card to somebody, or to a site."""

    def do() -> Response:
        check_token(it.here, it.form)
        _give(it, [follow_up])
        return back("/manager", said="assigned", after=follow_up, assign=it.form.get("assign", ""))

    return attempt(it.here, it.form, f"/calls/{follow_up}/assign", do)


@router.post("/manager/assign")
def assign_shown(it: Deed) -> Response:
    """Give all the cards that are shown to somebody."""

    def do() -> Response:
        check_token(it.here, it.form)
        shown = it.form.get("assign", "")
        _give(it, [c.id for c in _of(cards(it.here.app.engine), shown)][:MOST])
        return back("/manager", said="assigned")

    return attempt(it.here, it.form, "/manager/assign", do)


@router.post("/manager/absence")
def absent(it: Deed) -> Response:
    """Somebody is away."""

    def do() -> Response:
        check_token(it.here, it.form)
        who = it.word("who")
        if not who:
            raise ProblemError(422, "Who is away?", "Give a name, as it stands on the cards.")
        since, until = (typed(f"{it.form.get(name, '')}T00:00", it.here.zone) for name in ("since", "until"))
        desk.absent(it.here.app.engine, who, since, until, to=it.word("to"), by=it.name)
        return back("/manager", said="away")

    return attempt(it.here, it.form, "/manager/absence", do)


@router.post("/manager/back")
def at_work(it: Deed) -> Response:
    """Somebody is back."""

    def do() -> Response:
        check_token(it.here, it.form)
        desk.back(it.here.app.engine, it.word("who"))
        return back("/manager", said="back")

    return attempt(it.here, it.form, "/manager/back", do)


def _give(it: Asked, ids: Iterable[str]) -> None:
    to, site = it.word("to"), it.word("site")
    if not to and not site and not it.form.get("anyone"):
        raise ProblemError(422, "To whom?", "Name a person or role, or a site; or give it to anyone.")
    for id_ in ids:
        found = desk.assign(it.here.app.engine, id_, it.name, to="" if it.form.get("anyone") else to or None,
                            site=site or None)  # fmt: skip
        accepted(found)


def _of(found: list[Card], assign: str) -> list[Card]:
    return [c for c in found if not assign or c.assign.casefold() == assign.casefold()]


def _people(found: list[Card], loads: list[Load], away: list[str]) -> list[str]:
    named = [load.of for load in loads if load.of != "house" and not load.of.startswith("site:")]
    return sorted({name.casefold(): name for name in (*named, *away, *(c.assign for c in found)) if name}.values())


def _sites(found: list[Card], loads: list[Load]) -> list[str]:
    named = {load.of.removeprefix("site:") for load in loads if load.of.startswith("site:")}
    return sorted(named | {c.site for c in found if c.site})


def table(loads: Iterable[Load]) -> list[tuple[str, str, dict[date, Load]]]:
    """A row for each of whom there is a load: of whom, the channel, and the days. The house comes first."""
    rows: dict[tuple[bool, str, str], dict[date, Any]] = {}
    for load in loads:
        rows.setdefault((load.of != "house", load.of, load.channel), {})[load.day] = load
    return [(of, channel, rows[key]) for key in sorted(rows) for _, of, channel in [key]]

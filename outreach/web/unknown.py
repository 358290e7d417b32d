"""What nobody knows whether it went out: for programs and for people, with the evidence and the word to say."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from outreach.errors import InputError
from outreach.store.views import looking
from outreach.unknowns import UnknownAttemptError, decide, unknowns
from outreach.web import described
from outreach.web.access import Person, bearer, person, program
from outreach.web.body import Form, small_body_of
from outreach.web.front import Front, Here
from outreach.web.outcomes import clean
from outreach.web.problems import ProblemError
from outreach.web.shown import name_of
from outreach.web.tokens import back, check_token

api = APIRouter(prefix="/v1", dependencies=[Depends(program), Depends(bearer)], responses=described.PROBLEMS)
pages = APIRouter(default_response_class=HTMLResponse, dependencies=[Depends(person)], include_in_schema=False)


class Decision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a decision."""

    decision: str
    by: str = ""


@api.get("/unknown", tags=["unknown"])
def list_unknown(here: Here, every: bool = False) -> dict[str, Any]:
    """Messages that may or may not have gone out, which a person must decide; with `every` also those that are looked
    up at their provider still."""
    return {"unknown": [u.plain() for u in unknowns(here.app.engine, looked_up=every)]}


@api.post("/unknown/{attempt}", tags=["unknown"], **described.DECISION)
def decide_unknown(attempt: str, here: Here, raw: Annotated[bytes, Depends(small_body_of)]) -> dict[str, str]:
    """Say what you know: `sent`; `again`: it was not sent, and is tried again while it is worth it; `let_go`: it was
    not, and stays so. The same word said twice is one word."""
    try:
        told = msgspec.json.decode(raw, type=Decision)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        like = '{"decision": "sent", "by": ""}'
        raise ProblemError(400, "Malformed decision", f"{error}. Send something like {like}.") from error
    return {"attempt": attempt, "status": _decide(here, attempt, told.decision, told.by)}


@pages.get("/unknown")
def unknown(here: Here) -> HTMLResponse:
    """Those that a person must decide, and those that are looked up still."""
    found = unknowns(here.app.engine, looked_up=True)
    with looking(here.app.store) as views:
        people = views.people(u.attempt.customer for u in found)
    rows = [(u, name_of(people, u.attempt.customer)) for u in found]
    yours = [row for row in rows if row[0].attempt.look is None]
    return here.page("unknown.html", yours=yours, looking=[row for row in rows if row[0].attempt.look])


@pages.post("/unknown/{attempt}")
def say(attempt: str, here: Here, form: Form, name: Person) -> Response:
    """One word on one message."""
    check_token(here, form)
    _decide(here, attempt, form.get("decision", ""), form.get("by", "") or name)
    return back("/unknown")


def _decide(here: Front, attempt: str, word: str, by: str) -> str:
    try:
        return decide(here.app.engine, attempt, word, clean(by))
    except UnknownAttemptError as error:
        raise ProblemError(404, "Unknown attempt", f"{error}.") from error
    except InputError as error:
        raise ProblemError(422, "No decision", f"{error}.") from error

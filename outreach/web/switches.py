"""The big switch, and the small one of each rule: pause and resume. Plain forms; after each a redirect."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from outreach.flow.releasing import resume
from outreach.store.store import Transaction
from outreach.web.access import Person, person
from outreach.web.body import Form
from outreach.web.front import Front, Here
from outreach.web.problems import ProblemError
from outreach.web.tokens import back, check_token

router = APIRouter(default_response_class=HTMLResponse, dependencies=[Depends(person)], include_in_schema=False)


@router.post("/pause")
def pause_all(here: Here, form: Form, name: Person) -> Response:
    """The big switch."""
    return _switch(here, form, "*", name, on=False)


@router.post("/resume")
def resume_all(here: Here, form: Form, name: Person) -> Response:
    """The big switch, back."""
    return _switch(here, form, "*", name, on=True)


@router.post("/rules/{rule}/pause")
def pause_rule(rule: str, here: Here, form: Form, name: Person) -> Response:
    """Hold one rule."""
    return _switch(here, form, _known(here, rule), name, on=False)


@router.post("/rules/{rule}/resume")
def resume_rule(rule: str, here: Here, form: Form, name: Person) -> Response:
    """Let one rule go on; also one that is gone from the rules folder, or nobody could ever let go of it."""
    return _switch(here, form, _known(here, rule) if rule == "*" else rule, name, on=True)  # `*` is the big switch


def _switch(here: Front, form: dict[str, str], scope: str, name: str, *, on: bool) -> Response:
    check_token(here, form)
    now, zone = here.app.engine.clock.now(), here.app.engine.policy.zone

    def switch(tx: Transaction) -> None:
        if on:
            resume(tx, scope, now, zone)
        else:
            tx.house.pause(scope, now, name or "page")

    here.app.store.write(switch)
    here.app.engine.notify()
    return back("/rules")


def _known(here: Front, rule: str) -> str:
    if rule not in here.app.engine.rules:
        raise ProblemError(404, "Unknown rule", f"There is no rule {rule!r}: the page of rules shows all.")
    return rule

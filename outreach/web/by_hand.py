"""Outside the list, by people: a contact made by hand and what the guard says to it; a note; something to remember."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from outreach import desk
from outreach.by_hand import Answer, Contact, UnknownCustomerError, ask, log
from outreach.desk import full_name
from outreach.errors import DatabaseError, InputError
from outreach.flow.forwarding import known_as
from outreach.saying import clock
from outreach.web.access import Person, person
from outreach.web.body import Form
from outreach.web.front import Front, Here
from outreach.web.me import Me, keep_name, named
from outreach.web.moments import typed
from outreach.web.onward import accepted, attempt, once_more
from outreach.web.outcomes import check_lengths, clean
from outreach.web.problems import ProblemError, as_problem
from outreach.web.tokens import back, check_token

router = APIRouter(default_response_class=HTMLResponse, dependencies=[Depends(person)], include_in_schema=False)


class Asked:
    """A form about one customer: what it says, and who sends it."""

    def __init__(self, here: Here, form: Form, signed_in: Person, me: Me) -> None:
        self.here: Front = here
        self.form, self.signed_in = form, signed_in
        self.customer, self.note = form.get("customer", ""), clean(form.get("note", ""))
        self.name = named(me, signed_in, form)

    def check(self) -> None:
        """May it be taken at all? Raises ProblemError."""
        check_token(self.here, self.form)
        check_lengths(self.note, self.name)

    def done(self, said: str) -> Response:
        """To the customer's page."""
        answer = back(f"/customers/{quote(self.customer)}", said=said)
        keep_name(answer, self.name, self.signed_in)
        return answer


Said = Annotated[Asked, Depends()]


@router.get("/contact")
def contact(
    here: Here, signed_in: Person, me: Me, customer: str = "", channel: str = "call", purpose: str = "care",
    direction: str = "outbound",
) -> HTMLResponse:  # fmt: skip
    """May she be contacted now, and writing down that she was. Asking writes nothing."""
    told = Contact(customer=customer, channel=channel, purpose=purpose, direction=direction)
    return _page(here, told, {"by": me, "signed_in": signed_in, "refused": False, "problem": None, "at": ""})


@router.post("/contact")
def contact_made(it: Said) -> Response:
    """Write it down. Where the guard objects, the form comes back and asks why it is made all the same."""
    values: dict[str, Any] = {"by": it.name, "signed_in": it.signed_in, "at": it.form.get("at", "")}
    told = _contact(it, None)
    try:
        it.check()
        logged = log(it.here.app.engine, told if not values["at"] else _contact(it, _when(it)))
    except UnknownCustomerError as error:
        raise _unknown(it.customer) from error
    except (ProblemError, InputError, DatabaseError) as error:
        problem = as_problem(error)
        if isinstance(error, DatabaseError):
            return once_more(it.here, it.form, "/contact", problem)
        return _page(it.here, told, values | {"refused": False, "problem": problem}, problem.status)
    if logged.status == "refused":
        return _page(it.here, told, values | {"refused": True, "problem": None}, 409)
    return it.done("logged")


@router.post("/note")
def note(it: Said) -> Response:
    """A note on a customer."""

    def do() -> Response:
        it.check()
        if not it.note:
            raise ProblemError(422, "The note is empty", "Write something first.")
        accepted(desk.add_note(it.here.app.engine, it.customer, it.note, it.name))
        return it.done("noted")

    return attempt(it.here, it.form, "/note", do)


@router.post("/memory")
def memory(it: Said) -> Response:
    """Something that every card about her is to say."""

    def do() -> Response:
        it.check()
        what, value = clean(it.form.get("what", "")), it.note
        if not what or not value:
            raise ProblemError(422, "What is to be remembered?", "Give both: what it is about, and what to know.")
        until = typed(it.form["until"] + "T00:00", it.here.zone) if it.form.get("until") else None
        accepted(desk.remember(it.here.app.engine, it.customer, what, value, it.name, until))
        return it.done("remembered")

    return attempt(it.here, it.form, "/memory", do)


def _contact(it: Asked, at: datetime | None) -> Contact:
    form = it.form
    return Contact(
        customer=it.customer, channel=form.get("channel", ""), purpose=form.get("purpose", ""), note=it.note,
        direction=form.get("direction", ""), by=it.name, override=clean(form.get("override", "")), time=at,
        id=clean(form.get("id", ""))[:100],
    )  # fmt: skip


def _when(it: Asked) -> datetime:
    at = typed(it.form["at"], it.here.zone)
    if at > it.here.app.engine.clock.now():
        raise ProblemError(422, "That is still to come", "A contact is written down when it is made, or after.")
    return at


def _page(here: Front, told: Contact, values: dict[str, Any], status: int = 200) -> HTMLResponse:
    engine = here.app.engine
    with here.app.store.reading() as tx:
        found = known_as(tx, told.customer)
    if found is None:
        raise _unknown(told.customer)
    answer: Answer | None
    try:
        answer = ask(engine, told)
    except InputError as error:
        answer, values = None, values | {"problem": as_problem(error)}
        status = max(status, 422)
    zone = answer.zone if answer else here.zone
    return here.page(
        "contact.html", status=status, told=told, customer=found, name=full_name(found), answer=answer,
        there=clock(zone, engine.clock.now()), purposes=list(engine.policy.cadence.purposes),
        id=told.id or f"page:{secrets.token_hex(8)}", **values,
    )  # fmt: skip


def _unknown(customer: str) -> ProblemError:
    told = f"There is no customer {customer!r}. Find her by name, phone or e-mail under Customers."
    return ProblemError(404, "Unknown customer", told)

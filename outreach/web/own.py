"""One's own page: a new password, and the phone to which calls are put through."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from outreach.errors import InputError
from outreach.staff import accounts, passwords, sessions
from outreach.staff.accounts import fold
from outreach.web.access import person
from outreach.web.body import Form
from outreach.web.front import Front, Here
from outreach.web.phones import checked_phone, phone_of
from outreach.web.problems import ProblemError
from outreach.web.tokens import check_token

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False, dependencies=[Depends(person)])


@router.get("/me")
def me(here: Here) -> Response:
    """Who am I, and a new password."""
    return _me(here)


@router.post("/me/password")
def choose(here: Here, fields: Form) -> Response:
    """A password of one's own; all other browsers are signed out."""
    check_token(here, fields)
    visitor, store, now = here.visitor, here.app.store, here.app.engine.clock.now()
    if not visitor.session:
        raise ProblemError(422, "Nobody is signed in", "Make an account first: then it has a password.")
    old, new = fields.get("old", ""), fields.get("new", "")
    if seconds := here.tries[0].take(fold(visitor.name), now):
        return _me(here, 429, f"Too many tries. Wait {int(seconds // 60) + 1} minutes.")
    if sessions.sign_in(store, visitor.name, old, now) is None:
        return _me(here, 422, "That isn't the password you have now.")
    here.tries[0].give_back(fold(visitor.name))
    try:
        if new != fields.get("again", "") or new == old:
            raise InputError("type a new password, twice the same")
        accounts.set_password(
            store, visitor.name, passwords.checked(new, visitor.name), sessions.id_of(visitor.session)
        )
    except InputError as error:
        return _me(here, 422, f"{error}.".capitalize())
    return _me(here, saved="The new password holds. All your other browsers are signed out.")


@router.post("/me/phone")
def phone(here: Here, fields: Form) -> Response:
    """The phone on which she is rung up first; nothing typed takes it away."""
    check_token(here, fields)
    if not here.visitor.session:
        raise ProblemError(422, "Nobody is signed in", "Make an account first: then it has a phone.")
    typed = fields.get("phone", "")
    try:
        found = checked_phone(typed)
        accounts.set_phone(here.app.store, here.visitor.name, found)
    except InputError as error:
        told = str(error)
        return _me(here, 422, f"{told[:1].upper()}{told[1:]}.", typed=typed)
    return _me(here, saved="Calls ring there first from now on." if found else "No phone of yours is known any more.")


def _me(here: Front, status: int = 200, said: str = "", *, saved: str = "", typed: str = "") -> Response:
    return here.page(
        "me.html", status=status, said=said, saved=saved, phone=typed or phone_of(here),
        calls=here.app.caller is not None,
    )  # fmt: skip

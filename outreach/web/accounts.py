"""The administrator's page: who has an account, which programs have a key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from outreach.errors import InputError
from outreach.staff import accounts, keys, sessions
from outreach.staff.roles import ROLES, SCOPES
from outreach.web.access import Person, person
from outreach.web.body import Form
from outreach.web.front import Front, Here
from outreach.web.phones import checked_phone
from outreach.web.tokens import back, check_token

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False, dependencies=[Depends(person)])

DAYS = "30", "90", "365", ""


@router.get("/accounts")
def overview(here: Here) -> Response:
    """All accounts and keys."""
    return _page(here)


def _page(here: Front, status: int = 200, **more: Any) -> Response:
    with here.app.store.reading() as tx:
        people, programs = tx.access.accounts(), tx.access.api_keys()
    told = {"said": "", "made": "", "shown": "", "typed": {}} | more
    return here.page(
        "accounts.html", status=status, people=people, programs=programs, roles=list(ROLES), scopes=SCOPES, days=DAYS,
        calls=here.app.caller is not None, me=accounts.fold(here.visitor.name), rate=keys.RATE, **told,
    )  # fmt: skip


@router.post("/accounts")
def add(here: Here, form: Form) -> Response:
    """A new account; its password to begin with is shown this once."""
    name = form.get("name", "")

    def do() -> Response:
        password = accounts.add(here.app.store, name, form.get("role", ""), here.app.engine.clock.now())
        return _page(here, made=f"{name} can sign in with this password and then chooses another", shown=password)

    return _tried(here, form, do)


@router.post("/accounts/{account}/role")
def change_role(account: str, here: Here, form: Form) -> Response:
    """Another role."""
    return _tried(here, form, lambda: accounts.set_role(here.app.store, account, form.get("role", "")))


@router.post("/accounts/{account}/password")
def new_password(account: str, here: Here, form: Form) -> Response:
    """A new password for one time, for somebody who forgot hers; all her browsers are signed out."""

    def do() -> Response:
        keep = sessions.id_of(here.visitor.session) if here.visitor.session else ""
        password = accounts.set_password(here.app.store, account, keep=keep)
        return _page(here, made=f"{account} can sign in with this password and then chooses another", shown=password)

    return _tried(here, form, do)


@router.post("/accounts/{account}/phone")
def phone(account: str, here: Here, form: Form) -> Response:
    """Her own phone, to which calls are put through; nothing typed takes it away."""
    return _tried(here, form, lambda: accounts.set_phone(here.app.store, account, checked_phone(form.get("phone", ""))))


@router.post("/accounts/{account}/remove")
def remove(account: str, here: Here, form: Form) -> Response:
    """Close an account."""
    return _tried(here, form, lambda: accounts.remove(here.app.store, account))


@router.post("/keys")
def add_key(here: Here, form: Form, by: Person) -> Response:
    """A new key, shown this once."""
    days, rate = form.get("days", ""), form.get("rate", "")

    def do() -> Response:
        if not (rate.isascii() and rate.isdigit() and len(rate) < 7 and days in DAYS):
            raise InputError("calls a minute is a number, and the days are one of the list")
        key, text = keys.add(
            here.app.store, form.get("name", ""), [s for s in SCOPES if form.get(s)], here.app.engine.clock.now(),
            by=by, rate=int(rate), lasts=timedelta(days=int(days)) if days else None,
        )  # fmt: skip
        return _page(here, made=f"The key of {key.name}: copy it now, it is kept nowhere", shown=text)

    return _tried(here, form, do)


@router.post("/keys/{key}/revoke")
def revoke(key: str, here: Here, form: Form) -> Response:
    """A key is worth nothing any more."""
    return _tried(here, form, lambda: keys.revoke(here.app.store, key, here.app.engine.clock.now()))


def _tried(here: Front, form: dict[str, str], do: Callable[[], Response | None]) -> Response:
    """Do what a form of this page asks for, and show the page again: as it is now, as `do` answers, or with the words
    of why not. Raises ProblemError."""
    check_token(here, form)
    try:
        return do() or back("/accounts")
    except InputError as error:
        said = str(error)
        return _page(here, status=422, said=f"{said[:1].upper()}{said[1:]}.", typed=form)

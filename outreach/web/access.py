"""Who may come in: one look at every request, before anything else of it is read.

Programs bring a key. People sign in; before the first account is made, the key in OUTREACH_API_KEY is the browsers'
password too, and without any key this machine alone is served, to whoever sits at it.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import ipaddress
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from outreach.staff import keys, sessions
from outreach.web.front import Front
from outreach.web.problems import ProblemError
from outreach.web.rights import ANYBODY, KEY, right_of
from outreach.web.visitor import STRANGER, Visitor

#: Says that a proxy stands in between, so that the nearest computer isn't the one that asks.
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")
#: Only describes the key in the OpenAPI document; `admit` looks at it.
bearer = HTTPBearer(auto_error=False, description="A key of `outreach keys add`, or OUTREACH_API_KEY")
#: What a page that stands open asks for by itself: nobody clicked.
BY_ITSELF = "/events"
#: All that one may do with a password that is for one time.
TO_CHANGE = ("/me", "/me/password", "/logout")


class SignInError(ProblemError):
    """Nobody is signed in, or not any more: the way to the door, and what was on its way."""

    def __init__(self, request: Request) -> None:
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        shown = request.method == "GET" and request.headers.get("sec-fetch-mode", "navigate") == "navigate"
        self.after = asked
        headers = {"Location": f"/login?next={quote(asked, safe='/')}" if asked != "/" else "/login"} if shown else {}
        super().__init__(
            303 if shown else 401, "Please sign in", "Sign in to go on: this page is for the staff.", headers
        )


def admit(request: Request) -> None:
    """Look who asks, and whether that may be. Every route goes through it. Raises ProblemError, DatabaseError."""
    front: Front = request.app.state.front
    path = getattr(request.scope.get("route"), "path", "")
    wanted = right_of(request.method, path)
    if wanted is None:
        told = "Nobody may use this address yet: its route is missing in outreach/web/rights.py."
        raise ProblemError(403, "Closed", told)
    if wanted == ANYBODY:
        request.state.visitor = _known(request, front)
    elif wanted.startswith(KEY):
        _program(request, front, wanted.removeprefix(KEY))
        request.state.visitor = STRANGER
    else:
        request.state.visitor = visitor = _person(request, front)
        if visitor.one_time and path not in TO_CHANGE:
            raise ProblemError(303, "Choose a password", "The one you have is for one time.", {"Location": "/me"})
        if not visitor.may(wanted):
            raise ProblemError(403, "Not for your role", f"Your account's role, {visitor.role}, may not do this.")


def _program(request: Request, front: Front, scope: str) -> None:
    house, given = front.app.settings.api_key, _credentials(request, "bearer")
    if house is not None and same(given, house.get_secret_value()):
        return
    now = front.app.engine.clock.now()
    key = keys.check(front.app.store, given, now)
    if key is None:
        if house is None and not given and not _is_locked(front):
            return _this_machine_only(request)
        told = "Send a key (`outreach keys add`, or OUTREACH_API_KEY) as `Authorization: Bearer …`."
        raise ProblemError(401, "No valid key", told, {"WWW-Authenticate": 'Bearer realm="Outreach"'})
    if scope not in key.scopes.split():
        raise ProblemError(403, "Not with this key", f"It lacks the scope `{scope}`: it has {key.scopes}.")
    if seconds := front.rates.wait(key.id, key.rate, now):
        wait = {"Retry-After": str(int(seconds) + 1)}
        raise ProblemError(429, "Too many calls", f"This key may make {key.rate} calls a minute.", wait)
    return None


def _is_locked(front: Front) -> bool:
    with front.app.store.reading() as tx:
        return tx.access.any_key() or tx.access.anybody()


def _known(request: Request, front: Front) -> Visitor:
    """Who it is, where it doesn't matter: not to be asked of the database unless somebody brings a session."""
    return signed_in(request, front)[0] if front.cookie in request.cookies else STRANGER


def signed_in(request: Request, front: Front) -> tuple[Visitor, bool]:
    """Whose session the cookie is, and whether anybody has an account at all. Raises DatabaseError."""
    word, store, now = request.cookies.get(front.cookie, ""), front.app.store, front.app.engine.clock.now()
    with store.reading() as tx:
        found = sessions.whose(tx, word, now, front.lasting)
        if found is None:
            return STRANGER, tx.access.anybody()
    account, session = found
    if not request.url.path.startswith(BY_ITSELF):
        sessions.click(store, session, now)
    return Visitor(
        name=account.name, role=account.role, token=sessions.form_token(word), session=word, one_time=account.one_time
    ), True  # fmt: skip


def _person(request: Request, front: Front) -> Visitor:
    visitor, anybody = signed_in(request, front)
    if visitor is not STRANGER:
        return visitor
    if anybody:
        raise SignInError(request)
    key = front.app.settings.api_key
    if key is None:
        _this_machine_only(request)
        return Visitor(role="admin", token=front.open_token)
    name, _, password = _decoded(_credentials(request, "basic")).partition(":")
    if not same(password, key.get_secret_value()):
        told = "Type your own name as user name, and as password the key that stands in OUTREACH_API_KEY."
        raise ProblemError(401, "Who are you?", told, {"WWW-Authenticate": 'Basic realm="Outreach", charset="UTF-8"'})
    return Visitor(name=name, role="admin", token=front.open_token)


def _this_machine_only(request: Request) -> None:
    host = request.client.host if request.client else ""
    if not is_loopback(host) or any(name in request.headers for name in FORWARDED):
        told = (
            "Without accounts and without OUTREACH_API_KEY only this machine is served. Make an account"
            " (`outreach users add NAME --role admin`) or set a key to let others in."
        )
        raise ProblemError(403, "Only from this machine", told)


def is_loopback(host: str) -> bool:
    """Whether this address is the machine itself; IPv4 may come dressed as IPv6."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def _credentials(request: Request, scheme: str) -> str:
    given, _, rest = request.headers.get("authorization", "").partition(" ")
    return rest.strip() if given.lower() == scheme else ""


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def same(given: str, key: str) -> bool:
    """Compared in constant time, so that answers don't tell how much of a guess was right."""
    return bool(key) and hmac.compare_digest(given.encode(), key.encode())


def _visitor(request: Request) -> Visitor:
    found: Any = getattr(request.state, "visitor", None)
    if not isinstance(found, Visitor):
        admit(request)
        found = request.state.visitor
    visitor: Visitor = found
    return visitor


def program(request: Request) -> None:
    """A program was let in. Raises ProblemError."""
    _visitor(request)


def person(request: Request) -> str:
    """The name that deeds are recorded under, "" when none was asked for. Raises ProblemError."""
    return _visitor(request).name


def role(request: Request) -> str:
    """The role of who asks."""
    return _visitor(request).role


Person = Annotated[str, Depends(person)]
Role = Annotated[str, Depends(role)]

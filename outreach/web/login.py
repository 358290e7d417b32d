"""Coming and going: sign in, sign out."""

from __future__ import annotations

import re
from urllib.parse import quote

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from outreach.staff import sessions
from outreach.staff.accounts import fold
from outreach.store.access import Account
from outreach.web.access import SignInError, person, same
from outreach.web.body import Form, form_of, small_body_of
from outreach.web.front import Front, Here, bound
from outreach.web.problems import ProblemError, answer
from outreach.web.tokens import back, check_token
from outreach.web.visitor import STRANGER, address_of

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
inside = APIRouter(default_response_class=HTMLResponse, include_in_schema=False, dependencies=[Depends(person)])

WRONG = "No account has this name and this password. An administrator can give you a new one."
#: A path of this house: neither another site's (`//…`) nor what browsers make one of (`/\\…`, a tab in between).
OWN = re.compile(r"/(?!/)[^\x00-\x20\\\x7f]{0,1000}")
Kept = dict[str, str]


@router.get("/login")
def ask(here: Here, next: str = "") -> Response:
    """The form to sign in by."""
    if here.visitor is not STRANGER:
        return back(own(next))
    return form(here, after=own(next))


@router.post("/login")
def come_in(request: Request, here: Here, fields: Form) -> Response:
    """Name and password. Right or wrong, known or not: it takes as long, and says the same."""
    after, kept = own(fields.get("next", "")), _kept(fields.get("kept"))
    name, password = fields.get("name", "")[:200], fields.get("password", "")[:1000]
    front = here if here.visitor is STRANGER else bound(request)
    if not same(fields.get("token", ""), front.login_token):
        return form(front, after=after, kept=kept, name=name, said="Please send it once more.", status=403)
    if seconds := _tried(request, front, name):
        said = f"Too many tries. Wait {int(seconds // 60) + 1} minutes, or ask an administrator for a new password."
        return form(front, after=after, kept=kept, name=name, said=said, status=429, wait=seconds)
    account = sessions.sign_in(front.app.store, name, password, front.app.engine.clock.now())
    if account is None:
        return form(front, after=after, kept=kept, name=name, said=WRONG, status=401)
    for limit, who in zip(front.tries, (fold(name), _address(request, front)), strict=True):
        limit.give_back(who)
    return _welcome(request, front, account, after, kept)


def _tried(request: Request, front: Front, name: str) -> float:
    """Counts this try; the seconds to wait when there were too many, by account or by address."""
    now = front.app.engine.clock.now()
    by_account, by_address = front.tries
    return by_address.take(_address(request, front), now) or by_account.take(fold(name)[:80], now)


def _address(request: Request, front: Front) -> str:
    proxies = frozenset(p.strip() for p in front.app.settings.trusted_proxies.split(",") if p.strip())
    return address_of(request, proxies)


def _welcome(request: Request, front: Front, account: Account, after: str, kept: Kept | None) -> Response:
    old = request.cookies.get(front.cookie, "")
    word = sessions.begin(front.app.store, account, front.app.engine.clock.now(), front.lasting, old)
    if account.one_time:
        done: Response = back("/me")
    elif kept is not None:
        done = front.bare("resend.html", status=200, action=after, kept=kept, token=sessions.form_token(word))
    else:
        done = back(after)
    _set(done, front, word)
    return done


def form(
    here: Front, *, after: str, kept: Kept | None = None, name: str = "", said: str = "", status: int = 200,
    wait: float = 0,
) -> Response:  # fmt: skip
    """The page with the form; what was on its way when the session ended travels along."""
    packed = "" if kept is None else msgspec.json.encode(kept).decode()
    headers = {"Retry-After": str(int(wait) + 1)} if wait else {}
    return here.bare(
        "login.html", status=status, headers=headers, after=after, kept=packed, note=(kept or {}).get("note", ""),
        typed=name, said=said, token=here.login_token,
    )  # fmt: skip


async def sign_in_again(request: Request, error: Exception) -> Response:
    """What somebody gets who isn't signed in. Of a form that was sent nothing is lost: it comes back after the door."""
    assert isinstance(error, SignInError)
    front = bound(request)
    if request.method != "POST" or error.status == 303:
        return answer(front, request.url.path, error)
    try:
        kept = await form_of(request, await small_body_of(request))
    except ProblemError as unreadable:
        return answer(front, request.url.path, unreadable)
    kept.pop("token", None)
    return form(front, after=own(error.after), kept=kept, said="You were signed out meanwhile.", status=401)


@inside.post("/logout")
def leave(here: Here, fields: Form) -> Response:
    """Sign out."""
    check_token(here, fields)
    sessions.end(here.app.store, here.visitor.session)
    return _gone(here)


@inside.post("/logout/everywhere")
def leave_everywhere(here: Here, fields: Form) -> Response:
    """Sign out of every browser."""
    check_token(here, fields)
    sessions.end_all(here.app.store, fold(here.visitor.name))
    return _gone(here)


def _gone(here: Front) -> Response:
    gone = back("/login")
    _set(gone, here, "")
    return gone


def _set(response: Response, front: Front, word: str) -> None:
    """The cookie, for as long as the browser is open; "" takes it away. The database knows how long it is worth
    anything."""
    response.set_cookie(
        front.cookie, word, max_age=None if word else 0, path="/", httponly=True, samesite="lax", secure=front.secure
    )


def own(path: str) -> str:
    """Where to go after the door: a path of this house, or its first page."""
    mine = OWN.fullmatch(path) and not path.startswith("/login")
    return quote(path, safe="/?&=%:@-._~+,;!*'()$") if mine else "/"


def _kept(text: str | None) -> Kept | None:
    """The fields of a form that was on its way; None when there was none."""
    try:
        return msgspec.json.decode(text, type=Kept) if text else None
    except msgspec.DecodeError:
        return None

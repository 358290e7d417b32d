"""Who is at work: whoever signed in; where nobody has to, the name that was typed once in this browser.

A claim needs a name, so that two people never hold the same card. Who gave none is told apart as a guest.
"""

from __future__ import annotations

import secrets
from typing import Annotated
from urllib.parse import quote, unquote

from fastapi import Cookie, Depends
from fastapi.responses import Response

from outreach.web.access import Person
from outreach.web.outcomes import LONGEST_NAME, clean
from outreach.web.shown import GUEST

#: Remembers, in the browser, whose outcomes these are.
COOKIE = "outreach_staff"
HALF_A_YEAR = 180 * 86_400


def me(name: Person, staff: Annotated[str, Cookie(alias=COOKIE)] = "") -> str:
    """The name that deeds are recorded under; "" when nobody gave one yet."""
    return name or clean(unquote(staff))[:LONGEST_NAME]


Me = Annotated[str, Depends(me)]


def named(me: str, signed_in: str, form: dict[str, str]) -> str:
    """The name for this deed: what the form says counts where nobody signed in."""
    typed = "" if signed_in else clean(form.get("by", ""))
    return typed or me or f"{GUEST}{secrets.token_hex(2)}"


def keep_name(answer: Response, name: str, signed_in: str) -> None:
    """Let the browser remember the name, where no account does."""
    if not signed_in:
        answer.set_cookie(COOKIE, quote(name), max_age=HALF_A_YEAR, httponly=True, samesite="strict")

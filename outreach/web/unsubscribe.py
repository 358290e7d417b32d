"""The page behind the link at the end of an e-mail. Looking changes nothing, for mail scanners follow every link; the
button does, and so does the mail program's own (RFC 8058: one POST, without cookies, without a redirect)."""

from __future__ import annotations

import logging
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from outreach.core.unsubscribing import Links, WayOut
from outreach.errors import DatabaseError
from outreach.leaving import language_of, leave
from outreach.web.body import MOST_FIELDS, small_body_of
from outreach.web.front import Front, Here
from outreach.web.unsubscribe_words import WORDS

log = logging.getLogger("outreach.web")

#: What the buttons of the page end, by their value. A mail program's button sends another value.
CHOICES = {"marketing": ("marketing",), "all": ("all",)}

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)


@router.api_route("/u/{token}", methods=["GET", "HEAD"])
def ask(token: str, request: Request, here: Here) -> HTMLResponse:
    """The question. A link that nobody has made gets the same page: it tells nothing of anybody."""
    return _page(here, request, _links(request).read(token), done="")


@router.post("/u/{token}")
def withdraw(token: str, request: Request, here: Here, raw: Annotated[bytes, Depends(small_body_of)]) -> HTMLResponse:
    """It is done, as often as it is sent; 200 whoever it was meant for."""
    way, choice = _links(request).read(token), _choice(raw)
    if way is None:
        log.warning("an unsubscribe link that nobody signed")
    else:
        leave(here.app.engine, way, purposes_of(way, choice), "unsubscribe page" if choice in CHOICES else "one-click")
    return _page(here, request, way, done=choice if choice in CHOICES else "marketing")


def purposes_of(way: WayOut, choice: str) -> tuple[str, ...]:
    """What is withdrawn: what was chosen, or else what the mail was for. Who wants no care wants no offers either."""
    return CHOICES.get(choice) or ("marketing",) + ((way.purpose,) if way.purpose != "marketing" else ())


def _choice(raw: bytes) -> str:
    try:
        fields = parse_qs(raw.decode(), max_num_fields=MOST_FIELDS)
    except ValueError:
        return ""
    return fields.get("scope", [""])[-1]


def _links(request: Request) -> Links:
    links: Links = request.app.state.links
    return links


def _page(here: Front, request: Request, way: WayOut | None, done: str) -> HTMLResponse:
    language = _language(here, request, way)
    return here.bare("unsubscribe.html", status=200, words=WORDS[language], language=language, done=done)


def _language(here: Front, request: Request, way: WayOut | None) -> str:
    """The customer's; where that isn't known, the first that her browser asks for and the page has."""
    try:
        hers = language_of(here.app.store, way) if way is not None else ""
    except DatabaseError:
        hers = ""
    asked = request.headers.get("accept-language", "")[:200].split(",")
    known = (code for text in (hers, *asked) if (code := text.strip()[:2].lower()) in WORDS)
    return next(known, "en")

"""Places in long lists, as links name them."""

from __future__ import annotations

from urllib.parse import urlencode

from outreach.store.views import Page, Place
from outreach.web.problems import ProblemError


def place_of(after: str) -> Place | None:
    """The place in a list that a link names. Raises ProblemError."""
    if not after:
        return None
    at, _, last = after.partition("-")
    if not (at.isascii() and at.isdigit() and len(at) < 19 and last):
        raise ProblemError(422, "That can't be read", "This link to an older page is broken; begin at the newest.")
    return int(at), last


def name_of_place(place: Place | None) -> str:
    """How a link names it; "" for the list's end."""
    return f"{place[0]}-{place[1]}" if place else ""


def older(page: Page) -> str:
    """The query of the link to the next page; "" on the last."""
    return urlencode({"after": name_of_place(page.next)}) if page.next else ""

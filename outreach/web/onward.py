"""What follows a deed: the next card, the list, or the words of why not, with everything that was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from fastapi.responses import HTMLResponse, RedirectResponse, Response

from outreach.desk import Result, next_card
from outreach.errors import DatabaseError, InputError
from outreach.web.front import Front
from outreach.web.me import keep_name
from outreach.web.problems import ProblemError, as_problem
from outreach.web.tokens import back

Fields = dict[str, str]
#: What an answer of the desk means to a browser.
STATUS: Final[Mapping[str, int]] = {"unknown": 404, "gone": 404, "held": 409, "invalid": 422}
TITLES: Final[Mapping[str, str]] = {
    "unknown": "No such card", "gone": "No longer on the list", "held": "Somebody else has this card",
    "invalid": "That can't be taken", "late": "Too late to take back", "sent": "It can't be taken back",
    "none": "There is nothing to do",
}  # fmt: skip
#: What a browser must not send again by itself, or what the page fills in anew.
_NOT_KEPT: Final = frozenset({"token"})


def attempt(here: Front, form: Fields, path: str, do: Callable[[], Response]) -> Response:
    """Do it. Whatever goes wrong, what was typed comes back with the answer."""
    try:
        return do()
    except (ProblemError, DatabaseError, InputError) as error:
        return once_more(here, form, path, as_problem(error))


def once_more(here: Front, form: Fields, path: str, problem: ProblemError) -> HTMLResponse:
    """The page of a deed that was not done: the note to be sent again or copied, and all the rest."""
    kept = {name: value for name, value in form.items() if name not in _NOT_KEPT | {"note"}}
    return here.bare(
        "again.html", status=problem.status, headers=problem.headers, problem=problem, path=path, kept=kept,
        note=form.get("note", ""), note_kept=bool(problem.more.get("note_kept")), back_to=_card_of(path),
        may_try_again=problem.status in (403, 422, 503),
    )  # fmt: skip


def accepted(result: Result, *, note_kept: bool = False) -> Result:
    """What the desk said, when it was yes. `note_kept`: the note was stored all the same. Raises ProblemError."""
    if not result.ok:
        title = TITLES.get(result.code, "That can't be done")
        raise ProblemError(STATUS.get(result.code, 409), title, result.text, note_kept=note_kept)
    return result


def _card_of(path: str) -> str:
    """The page of the card that a deed's address speaks of; "" when it speaks of none."""
    return path.rpartition("/")[0] if path.startswith("/calls/") else ""


def onward(here: Front, form: Fields, name: str, signed_in: str, *, said: str = "", card: str = "") -> Response:
    """The next card, claimed, where the form asks for it; else the list."""
    done = _next(here, form, name, said, card) if form.get("go") == "next" else _list(form, said, card)
    keep_name(done, name, signed_in)
    return done


def _next(here: Front, form: Fields, name: str, said: str, card: str) -> RedirectResponse:
    """The deed before is stored: if no card can be had now, that one stays done."""
    assign = form.get("assign", "")
    try:
        found = next_card(here.app.engine, name, assign=assign, after=card)
    except DatabaseError:
        return _list(form, said, card)
    path = f"/calls/{found.card.id}" if found.card is not None else "/next"
    return back(path, said=said, after=card, assign=assign)


def _list(form: Fields, said: str, card: str) -> RedirectResponse:
    return back("/", said=said, after=card, assign=form.get("assign", ""))

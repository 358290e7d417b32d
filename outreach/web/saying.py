"""What programs say of cards, and how they are answered: a problem with a sentence for the person where it is no."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, TypeVar

import msgspec

from outreach.desk import Result
from outreach.web.described import problem
from outreach.web.outcomes import LONGEST_NAME, LONGEST_NOTE
from outreach.web.problems import ProblemError

Name = Annotated[str, msgspec.Meta(max_length=LONGEST_NAME)]
Note = Annotated[str, msgspec.Meta(max_length=LONGEST_NOTE)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
T = TypeVar("T")


class Outcome(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of an outcome."""

    outcome: str
    note: str = ""
    by: str = ""
    call_back_at: Moment | None = None
    only_me: bool = False


class By(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who does it."""

    by: Name = ""


class Snooze(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Until when a card is put off."""

    until: Moment
    by: Name = ""


class Cancel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is called off: this card, or with `run` what follows as well."""

    by: Name = ""
    run: bool = False
    why: Note = ""


class Next(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose next card, and of which."""

    by: Name
    assign: Name = ""
    site: Name = ""
    channel: Name = ""
    after: Name = ""


class Assign(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is to do it from now on, and where."""

    to: Name | None = None
    site: Name | None = None
    by: Name = ""


class Added(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A note on a customer."""

    note: Note
    by: Name = ""
    id: Name = ""


class Remembered(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something to remember of a customer."""

    name: Name
    value: Note
    by: Name = ""
    until: Moment | None = None


def read(raw: bytes, kind: type[T], like: str) -> T:
    """The body of a call; `like` is an example to learn from. Raises ProblemError."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        what = kind.__name__.lower()
        raise ProblemError(400, f"Malformed {what}", f"{error}. Send something like {like}.") from error


_TITLES = {
    "unknown": (404, "No longer on the list"), "gone": (404, "No longer on the list"),
    "held": (409, "Somebody else has it open"), "invalid": (422, "That can't be taken"),
    "late": (409, "It can't be undone"), "none": (409, "There is nothing to do"), "sent": (409, "It can't be undone"),
}  # fmt: skip


def answer(found: Result) -> dict[str, Any]:
    """What came of it, for a program. Raises ProblemError for what was refused."""
    if found.ok:
        return {name: value for name, value in found.plain().items() if value not in ("", None) or name == "id"}
    status, title = _TITLES[found.code]
    more: dict[str, Any] = {"code": found.code, "by": found.by or None}
    more["until"] = found.until.isoformat() if found.until else None
    raise ProblemError(status, title, found.text, None, **{k: v for k, v in more.items() if v})


def described(summary: str, kind: type[msgspec.Struct]) -> dict[str, Any]:
    """For the OpenAPI document: a route with a body of this kind."""
    _, known = msgspec.json.schema_components([kind], ref_template="#/components/schemas/{name}")
    body = {"required": True, "content": {"application/json": {"schema": known[kind.__name__]}}}
    said = {400: "The body can't be read", 404: "Not on the list", 409: "Somebody else has it open, or it is too late"}
    return {
        "summary": summary, "openapi_extra": {"requestBody": body},
        "responses": {code: problem(text) for code, text in (said | {422: "That can't be taken"}).items()},
    }  # fmt: skip

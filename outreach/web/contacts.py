"""Contacts made by hand, for programs: may this customer be contacted, and writing down that she was."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from outreach.by_hand import Contact, UnknownCustomerError, ask, log, plain
from outreach.errors import InputError
from outreach.web import described
from outreach.web.access import bearer, program
from outreach.web.body import small_body_of
from outreach.web.front import Here
from outreach.web.outcomes import LONGEST_NAME, LONGEST_NOTE, clean
from outreach.web.problems import ProblemError

router = APIRouter(prefix="/v1", dependencies=[Depends(program), Depends(bearer)], responses=described.PROBLEMS)

Name = Annotated[str, msgspec.Meta(max_length=LONGEST_NAME)]
Note = Annotated[str, msgspec.Meta(max_length=LONGEST_NOTE)]
LIKE = '{"channel": "call", "purpose": "care", "note": "", "by": ""}'


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a contact."""

    channel: Name = "call"
    purpose: Name = "care"
    direction: Name = "outbound"
    note: Note = ""
    by: Name = ""
    override: Note = ""
    time: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    id: Name = ""


@router.get("/customers/{customer:path}/may", tags=["contacts"], **described.MAY)
def may_contact(customer: str, here: Here, channel: str = "call", purpose: str = "care") -> dict[str, Any]:
    """May this customer be contacted now, by this channel for this purpose? All that stands in the way, with its
    numbers, the next possible moment, and what it would move of what is planned. Nothing is written."""
    try:
        return plain(ask(here.app.engine, Contact(customer=customer, channel=channel, purpose=purpose)))
    except InputError as error:
        raise _problem(error) from error


@router.post("/customers/{customer:path}/contacts", tags=["contacts"], **described.CONTACT)
def contact_made(customer: str, here: Here, raw: Annotated[bytes, Depends(small_body_of)]) -> JSONResponse:
    """Write down a contact that was made by hand. It counts like any other. Where the guard objects it is refused,
    unless `override` says why it is made all the same. With an `id` of your own it is safe to send it again."""
    try:
        told = msgspec.json.decode(raw, type=Told)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise ProblemError(400, "Malformed contact", f"{error}. Send something like {LIKE}.") from error
    said = Contact(
        customer=customer, channel=told.channel, purpose=told.purpose, direction=told.direction, id=clean(told.id),
        note=clean(told.note), by=clean(told.by), override=clean(told.override),
        time=told.time.astimezone(UTC) if told.time else None,
    )  # fmt: skip
    try:
        logged = log(here.app.engine, said)
    except InputError as error:
        raise _problem(error) from error
    answer = plain(logged.answer)
    if logged.status == "refused":
        what = "; ".join(r["code"] for r in answer["reasons"])
        detail = f"Against it: {what}. If it was made all the same, or has to be, send the reason as `override`."
        raise ProblemError(409, "The cadence objects", detail, **answer)
    status = 201 if logged.status == "accepted" else 200
    return JSONResponse(answer | {"id": logged.id, "status": logged.status}, status)


def _problem(error: InputError) -> ProblemError:
    if isinstance(error, UnknownCustomerError):
        return ProblemError(404, "Unknown customer", f"{error}.")
    return ProblemError(422, "That can't be read", f"{error}.")

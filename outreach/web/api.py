"""The HTTP interface for programs: bring events, ask why."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from outreach.core.event import Event
from outreach.doors.envelopes import BodyError, events_from_body
from outreach.doors.lines import Rejected
from outreach.errors import InputError
from outreach.flow.intake import Receipt
from outreach.web import described
from outreach.web.access import bearer, program
from outreach.web.body import body_of, unpacked
from outreach.web.front import Here
from outreach.web.problems import ProblemError, problem_json
from outreach.why import plain, why

#: Events stored in one transaction: few enough that no other writer waits long, enough to pay for the commit.
CHUNK = 1000

router = APIRouter(prefix="/v1", dependencies=[Depends(program), Depends(bearer)], responses=described.PROBLEMS)


@router.post("/events", tags=["events"], **described.EVENTS)
def take_events(request: Request, here: Here, raw: Annotated[bytes, Depends(body_of)]) -> Response:
    """Store events. A 2xx answer means: durably stored. An event id is accepted once for ever, so sending a call again
    after a lost answer is safe."""
    body = unpacked(raw, request.headers.get("content-encoding", ""))
    try:
        items = events_from_body(body, request.headers.get("content-type", ""))
    except BodyError as error:
        raise ProblemError(error.status, error.title, error.detail) from error
    events = [item for item in items if isinstance(item, Event)]
    receipts: list[Receipt] = []
    for start in range(0, len(events), CHUNK):
        receipts += here.app.engine.ingest(events[start : start + CHUNK])
    stored = iter(receipts)
    return _answer([next(stored) if isinstance(item, Event) else _refused(item) for item in items])


def _answer(receipts: list[Receipt]) -> Response:
    rejected = sum(r.status == "rejected" for r in receipts)
    told = [{"id": r.id, "status": r.status} | ({"reason": r.reason} if r.reason else {}) for r in receipts]
    if receipts and rejected == len(receipts):
        what = "The event was rejected" if rejected == 1 else "All events were rejected"
        return problem_json(ProblemError(422, what, receipts[0].reason, events=told))
    counts = {s: sum(r.status == s for r in receipts) for s in ("accepted", "duplicate", "rejected")}
    body = msgspec.json.encode(counts | {"events": told})
    return Response(body, 207 if rejected else 200, media_type="application/json")


def _refused(item: Rejected) -> Receipt:
    """Names the event by its own id, if it has one that can be read."""
    try:
        told = msgspec.json.decode(item.raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        told = None
    name = told.get("id") if isinstance(told, dict) else None
    return Receipt(id=name[:200] if isinstance(name, str) else "", status="rejected", reason=item.reason)


@router.get("/customers/{customer:path}", tags=["customers"])
def tell_customer(customer: str, here: Here) -> JSONResponse:
    """Everything that was, was not and will be, with the reasons."""
    try:
        return JSONResponse(plain(why(here.app.engine, customer)))
    except InputError as error:
        raise ProblemError(404, "Unknown customer", f"{error}.") from error

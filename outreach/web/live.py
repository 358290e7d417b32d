"""News of the list for pages that stand open: as a stream, or asked for now and then where no stream gets through."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from outreach.desk.words import became
from outreach.store.views import looking
from outreach.web.access import person
from outreach.web.front import Here
from outreach.web.problems import RETRY_AFTER, ProblemError
from outreach.web.pulse import MOST, Pulse, holders, listener, whole

router = APIRouter(dependencies=[Depends(person)], include_in_schema=False)


async def pulse_of(request: Request) -> Pulse:
    """The list's pulse in this process."""
    pulse: Pulse = request.app.state.pulse
    return pulse


Beat = Annotated[Pulse, Depends(pulse_of)]


async def with_room(pulse: Beat) -> Pulse:
    """The pulse, if one more may listen. Raises ProblemError."""
    if pulse.listeners >= MOST:
        told = "Too many pages listen at once: this one asks now and then."
        raise ProblemError(503, "No more streams", told, {"Retry-After": str(RETRY_AFTER)})
    return pulse


@router.get("/events", response_class=EventSourceResponse)
async def events(
    pulse: Annotated[Pulse, Depends(with_room)], here: Here, assign: str = "", day: str = ""
) -> AsyncIterator[ServerSentEvent]:  # fmt: skip
    """What changes on the list, as it changes, for as long as who asks is signed in. A page that says in `day` which
    figures it shows (`12-31`) is told others."""
    async for change in pulse.changes(assign, listener(here.visitor.session), day):
        yield ServerSentEvent(data=change, retry=2000)


@router.get("/events/now")
async def now(pulse: Beat, assign: str = "", day: str = "") -> dict[str, Any]:
    """All of it, once."""
    return whole(holders(await pulse.look(), assign)) | await pulse.news_of_day(assign, day)


@router.get("/events/why")
def why(here: Here, card: str = "") -> dict[str, Any]:
    """What became of a card that is gone, if it is."""
    with looking(here.app.store) as views:
        found = views.follow_up(card)
    return {"listed": found is not None and found.state == "listed", "why": became(found)}

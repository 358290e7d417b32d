"""The staff's list for programs: read it, claim a card, say what came of it, snooze, skip, call off, undo.

Each deed answers with what came of it; what can't be done is a problem with a sentence for the person: 404 for a card
that nobody knows or that is off the list, 409 where somebody else has it open or it can't be undone, 422 for what can't
be taken.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from outreach import desk
from outreach.desk import Said
from outreach.web import described
from outreach.web.access import bearer, program
from outreach.web.body import small_body_of
from outreach.web.front import Here
from outreach.web.outcomes import clean
from outreach.web.saying import Assign, By, Cancel, Next, Outcome, Snooze, answer, read
from outreach.web.saying import described as a_body

router = APIRouter(prefix="/v1", dependencies=[Depends(program), Depends(bearer)], responses=described.PROBLEMS)

Raw = Annotated[bytes, Depends(small_body_of)]


@router.post("/calls/next", tags=["calls"], **a_body("Claim the next card", Next))
def take_next(here: Here, raw: Raw) -> dict[str, Any]:
    """Claim the best free card and give it; `card` is null when nothing is left."""
    told = read(raw, Next, '{"by": "Lena"}')
    found = desk.next_card(
        here.app.engine, clean(told.by), assign=told.assign, site=told.site, channel=told.channel, after=told.after
    )
    return found.plain() if found.code == "none" else answer(found)


@router.post("/calls/{follow_up}/claim", tags=["calls"], **a_body("Claim a card", By))
def claim_card(follow_up: str, here: Here, raw: Raw) -> dict[str, Any]:
    """Take a card for ten minutes, or keep it for ten more."""
    return answer(desk.claim(here.app.engine, follow_up, clean(read(raw, By, '{"by": "Lena"}').by)))


@router.post("/calls/{follow_up}/release", tags=["calls"], **a_body("Give a card back", By))
def release_card(follow_up: str, here: Here, raw: Raw) -> dict[str, Any]:
    """Give a card back."""
    return answer(desk.release(here.app.engine, follow_up, clean(read(raw, By, '{"by": "Lena"}').by)))


@router.post("/calls/{follow_up}/skip", tags=["calls"], **a_body("Skip a card", By))
def skip_card(follow_up: str, here: Here, raw: Raw) -> dict[str, Any]:
    """To the end of the list, for this person."""
    return answer(desk.skip(here.app.engine, follow_up, clean(read(raw, By, '{"by": "Lena"}').by)))


@router.post("/calls/{follow_up}/undo", tags=["calls"], **a_body("Undo", By))
def undo_deed(follow_up: str, here: Here, raw: Raw) -> dict[str, Any]:
    """Take back the latest outcome, snooze, skip or cancel of this card, within ten minutes."""
    return answer(desk.undo(here.app.engine, follow_up, clean(read(raw, By, '{"by": "Lena"}').by)))


@router.post("/calls/{follow_up}/snooze", tags=["calls"], **a_body("Snooze a card", Snooze))
def snooze_card(follow_up: str, here: Here, raw: Raw) -> dict[str, Any]:
    """Off the list until then."""
    told = read(raw, Snooze, '{"until": "2026-11-03T14:00:00-05:00", "by": "Lena"}')
    return answer(desk.snooze(here.app.engine, follow_up, told.until, clean(told.by)))


@router.post("/calls/{follow_up}/cancel", tags=["calls"], **a_body("Call a card off", Cancel))
def cancel_card(follow_up: str, here: Here, raw: Raw) -> dict[str, Any]:
    """Call off this call or task; with `run` also what follows in its run."""
    told = read(raw, Cancel, '{"by": "Lena", "run": false, "why": ""}')
    return answer(desk.cancel(here.app.engine, follow_up, clean(told.by), run=told.run, why=clean(told.why)))


@router.post("/calls/{follow_up}/assign", tags=["calls"], **a_body("Assign a card", Assign))
def assign_card(follow_up: str, here: Here, raw: Raw) -> dict[str, Any]:
    """Give a card to somebody else, or to another site."""
    told = read(raw, Assign, '{"to": "Omar", "by": "Lena"}')
    return answer(desk.assign(here.app.engine, follow_up, clean(told.by), to=told.to, site=told.site))


@router.post("/calls/{follow_up}/outcome", tags=["calls"], **described.OUTCOME)
def say_outcome(follow_up: str, here: Here, raw: Raw) -> dict[str, Any]:
    """Say what came of a call or task. The same word said twice is one word; 404 when the card isn't on the list, 409
    when somebody else has it open: then the note is kept as a note on the customer."""
    told = read(raw, Outcome, '{"outcome": "reached", "note": "", "by": ""}')
    said = Said(
        outcome=told.outcome, note=clean(told.note), by=clean(told.by), call_back_at=told.call_back_at,
        only_me=told.only_me,
    )  # fmt: skip
    found = answer(desk.outcome(here.app.engine, follow_up, said))
    return found | {"status": "duplicate" if found["status"] == "duplicate" else "accepted"}

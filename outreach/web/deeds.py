"""What people do with a card: take it, say what came of it, snooze, skip, give back, call off, take back. Plain forms;
after each a redirect, so that going back or reloading does nothing twice."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, JSONResponse, Response

from outreach import desk
from outreach.web.access import person
from outreach.web.asked import Asked, Deed, keep_note, ready
from outreach.web.moments import moment
from outreach.web.onward import accepted, attempt, onward
from outreach.web.tokens import back, check_token

__all__ = ["back", "check_token", "router"]

router = APIRouter(default_response_class=HTMLResponse, dependencies=[Depends(person)], include_in_schema=False)


@router.post("/next")
def take_next(it: Deed) -> Response:
    """Begin, or go on: the best card that nobody has."""

    def do() -> Response:
        check_token(it.here, it.form)
        return onward(it.here, it.form | {"go": "next"}, it.name, it.signed_in)

    return attempt(it.here, it.form, it.path, do)


@router.post("/calls/{follow_up}/claim")
def claim(it: Deed) -> Response:
    """Take a card, or keep it for a while more: what a page that stays open does quietly."""

    def do() -> Response:
        check_token(it.here, it.form)
        result = desk.claim(it.here.app.engine, it.card, it.name)
        if it.quick:
            until = result.until.isoformat() if result.until else None
            return JSONResponse({"status": result.status, "code": result.code, "text": result.text, "until": until})
        accepted(result)
        return it.to(f"/calls/{quote(it.card)}")

    return attempt(it.here, it.form, it.path, do)


@router.post("/calls/{follow_up}/outcome")
def outcome(it: Deed) -> Response:
    """One call or task is over."""

    def do() -> Response:
        ready(it)
        return _said(it, desk.Said(outcome=it.form.get("outcome", ""), by=it.name, note=it.note))

    return attempt(it.here, it.form, it.path, do)


@router.post("/calls/{follow_up}/call-back")
def call_back(it: Deed) -> Response:
    """A call at a certain time is promised: by anyone, or in person."""

    def do() -> Response:
        ready(it)
        at = moment(it.form, "at", it.here.zone, it.here.app.engine.clock.now())
        only_me = it.form.get("whose", "") == "me"
        return _said(it, desk.Said(outcome="call_back", by=it.name, note=it.note, call_back_at=at, only_me=only_me))

    return attempt(it.here, it.form, it.path, do)


@router.post("/calls/{follow_up}/snooze")
def snooze(it: Deed) -> Response:
    """Not now."""

    def do() -> Response:
        ready(it)
        until = moment(it.form | {"zone": ""}, "later", it.here.zone, it.here.app.engine.clock.now())
        accepted(desk.snooze(it.here.app.engine, it.card, until, it.name))
        keep_note(it)
        return it.done("snoozed")

    return attempt(it.here, it.form, it.path, do)


@router.post("/calls/{follow_up}/skip")
def skip(it: Deed) -> Response:
    """Not I, not now."""

    def do() -> Response:
        ready(it)
        accepted(desk.skip(it.here.app.engine, it.card, it.name))
        keep_note(it)
        return it.done("skipped")

    return attempt(it.here, it.form, it.path, do)


@router.post("/calls/{follow_up}/release")
def release(it: Deed) -> Response:
    """Give a card back, and stop. One that has run out meanwhile is given back already."""

    def do() -> Response:
        ready(it)
        desk.release(it.here.app.engine, it.card, it.name)
        keep_note(it)
        return it.to("/", said="released", after=it.card)

    return attempt(it.here, it.form, it.path, do)


@router.post("/calls/{follow_up}/cancel")
def cancel(it: Deed) -> Response:
    """Call it off: this one, or with all that follows in its run. The note says why."""

    def do() -> Response:
        ready(it)
        run = it.form.get("run", "") == "1"
        accepted(desk.cancel(it.here.app.engine, it.card, it.name, run=run, why=it.note))
        return it.done("cancelled_run" if run else "cancelled")

    return attempt(it.here, it.form, it.path, do)


@router.post("/calls/{follow_up}/undo")
def undo(it: Deed) -> Response:
    """Take back what was just done; the card that is open meanwhile is given back."""

    def do() -> Response:
        check_token(it.here, it.form)
        accepted(desk.undo(it.here.app.engine, it.card, it.name))
        if other := it.form.get("open", ""):
            desk.release(it.here.app.engine, other, it.name)
        with it.here.app.store.reading() as tx:
            found = tx.follow_ups.named(it.card)
        if found is None or found.state != "listed":  # the guard looks at it anew first
            return it.to("/", said="undone_soon", after=it.card)
        return it.to(f"/calls/{quote(it.card)}", said="undone", after=it.card)

    return attempt(it.here, it.form, it.path, do)


@router.post("/calls/{follow_up}/note")
def note(it: Deed) -> Response:
    """Keep the note, and the card."""

    def do() -> Response:
        ready(it)
        keep_note(it)
        return it.to(f"/calls/{quote(it.card)}", said="noted", after=it.card)

    return attempt(it.here, it.form, it.path, do)


def _said(it: Asked, said: desk.Said) -> Response:
    result = desk.outcome(it.here.app.engine, it.card, said)
    accepted(result, note_kept=result.code in ("held", "gone"))
    return it.done(said.outcome)

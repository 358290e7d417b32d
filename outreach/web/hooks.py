"""The addresses that providers call. What isn't sealed by them is refused, what was told before changes nothing, and
200 means: stored."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request, Response
from starlette.datastructures import ImmutableMultiDict

from outreach.desk import bridged, heard
from outreach.doors.checks import Unfit
from outreach.doors.mail_events import mail_events
from outreach.doors.twilio_forms import call_of, inbound, progress
from outreach.returning import take_inbound, take_mail, take_progress
from outreach.settings import Settings
from outreach.web.body import hook_body_of
from outreach.web.counting import CALLBACKS
from outreach.web.front import Here
from outreach.web.problems import ProblemError
from outreach.web.seals import SendGridSeal, TwilioSeal, sendgrid_seal, twilio_seal

log = logging.getLogger("outreach.hooks")

MOST_FIELDS: Final = 200
NOT_SEALED: Final = "This was not signed by the provider for this address, or too long ago. Nothing was changed."
TWIML: Final = b'<?xml version="1.0" encoding="UTF-8"?><Response></Response>'

router = APIRouter(prefix="/hooks", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Seals:
    """What each provider seals with."""

    twilio: TwilioSeal
    sendgrid: SendGridSeal


def seals_of(settings: Settings) -> Seals:
    """As the settings say. Raises ConfigError."""
    return Seals(twilio_seal(settings), sendgrid_seal(settings))


async def _body(request: Request) -> bytes:
    try:
        return await hook_body_of(request)
    except ProblemError as problem:
        raise _refused(request, "too_large", problem) from None


Raw = Annotated[bytes, Depends(_body)]


def _form(request: Request, raw: Raw) -> ImmutableMultiDict[str, str]:
    """The fields of a form that Twilio has sealed. Raises ProblemError."""
    seals: Seals = request.app.state.seals
    try:
        form = ImmutableMultiDict(
            parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
        )
    except ValueError:
        raise _refused(request, "not_sealed", ProblemError(403, "Not signed", NOT_SEALED)) from None
    signature = request.headers.get("x-twilio-signature", "")
    path = request.scope.get("raw_path") or request.scope["path"].encode()
    if not seals.twilio.fits(path.partition(b"?")[0], request.scope["query_string"], form, signature):
        raise _refused(request, "not_sealed", ProblemError(403, "Not signed", NOT_SEALED))
    return form


Form = Annotated[ImmutableMultiDict[str, str], Depends(_form)]


@router.post("/twilio/status")
def twilio_status(request: Request, here: Here, form: Form) -> Response:
    """What became of an SMS."""
    try:
        told = progress(form, request.query_params.get("attempt", ""))
    except Unfit as unfit:
        raise _refused(request, "unreadable", ProblemError(400, "Unreadable", f"{unfit}.")) from None
    _count(request, "says_nothing" if told is None else take_progress(here.app.engine, told))
    return Response(status_code=200)


@router.post("/twilio/inbound")
def twilio_inbound(request: Request, here: Here, form: Form) -> Response:
    """An SMS to us. The answer is empty TwiML: nobody is answered by a machine."""
    try:
        told = inbound(form)
    except Unfit as unfit:
        raise _refused(request, "unreadable", ProblemError(400, "Unreadable", f"{unfit}.")) from None
    _count(request, take_inbound(here.app.engine, told))
    return Response(TWIML, 200, media_type="text/xml")


@router.post("/twilio/bridge")
def twilio_bridge(request: Request, here: Here, form: Form, card: str = "", n: str = "") -> Response:
    """Whoever wants to call pressed a key on her phone: the customer is dialled, or why not is said."""
    caller = here.app.caller
    try:
        sid = call_of(form).sid
    except Unfit as unfit:
        raise _refused(request, "unreadable", ProblemError(400, "Unreadable", f"{unfit}.")) from None
    told = TWIML if caller is None else bridged(here.app.engine, caller, card, _number(n), sid).encode()
    _count(request, "taken" if b"<Dial" in told else "says_nothing")
    return Response(told, 200, media_type="text/xml")


@router.post("/twilio/call")
def twilio_call(
    request: Request, here: Here, form: Form, card: str = "", n: str = "", leg: str = ""
) -> Response:  # fmt: skip
    """What became of a call that was put through."""
    try:
        news = call_of(form, hers=leg == "hers")
    except Unfit as unfit:
        raise _refused(request, "unreadable", ProblemError(400, "Unreadable", f"{unfit}.")) from None
    _count(request, heard(here.app.engine, card, _number(n), news, form.get("ParentCallSid", "")))
    return Response(status_code=200)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


@router.post("/sendgrid/events")
def sendgrid_events(request: Request, here: Here, raw: Raw) -> Response:
    """What became of e-mails, up to a thousand events at once."""
    seals: Seals = request.app.state.seals
    asked, now = request.headers, here.app.engine.clock.now()
    signature, timestamp = (asked.get(f"x-twilio-email-event-webhook-{n}", "") for n in ("signature", "timestamp"))
    if not seals.sendgrid.fits(raw, signature, timestamp, now):
        raise _refused(request, "not_sealed", ProblemError(403, "Not signed", NOT_SEALED))
    try:
        events, broken = mail_events(raw, now)
    except Unfit as unfit:
        raise _refused(request, "unreadable", ProblemError(400, "Unreadable", f"The body {unfit}.")) from None
    new = take_mail(here.app.engine, events)
    for result, many in (("taken", new), ("again", len(events) - new), ("broken", broken)):
        _count(request, result, many)
    if broken:
        log.warning("sendgrid/events: %d events could not be read and were left out", broken)
    return Response(status_code=200)


def _refused(request: Request, why: str, problem: ProblemError) -> ProblemError:
    """Counted and logged; nothing of what came is, for anybody may have written it."""
    log.warning("%s refused: %s", _hook(request), why)
    _count(request, why)
    return problem


def _count(request: Request, result: str, many: int = 1) -> None:
    CALLBACKS.labels(_hook(request), result).inc(many)


def _hook(request: Request) -> str:
    return request.scope["path"].removeprefix("/hooks/")[:40] if request.scope["path"] in _PATHS else "other"


_PATHS: Final = frozenset(
    f"/hooks/{hook}" for hook in ("twilio/status", "twilio/inbound", "twilio/bridge", "twilio/call", "sendgrid/events")
)

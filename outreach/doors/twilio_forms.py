"""Twilio's callbacks, as forms: what became of a message or a call, and what somebody has sent us.

https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks
https://www.twilio.com/docs/messaging/guides/webhook-request
https://www.twilio.com/docs/voice/api/call-resource#statuscallback
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from unicodedata import category

from outreach.core.delivery import News
from outreach.core.dialling import Heard
from outreach.doors.addresses import phone
from outreach.doors.checks import Unfit
from outreach.senders._twilio_codes import news_of

SID: Final = re.compile(r"(?:SM|MM)[0-9a-fA-F]{32}", re.ASCII)
CALL: Final = re.compile(r"CA[0-9a-fA-F]{32}", re.ASCII)
ATTEMPT: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)
#: Nobody's message is longer: ten segments in the poorer alphabet make 1,600.
LONGEST: Final = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a message has come. `id` tells one piece of news from another, `attempt` is ours, "" when it isn't
    named."""

    id: str
    attempt: str
    news: News


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """A message to us. `sender` is E.164, or "" for what no phone has; `opt_out` what Twilio took it for."""

    id: str
    sender: str
    text: str
    opt_out: str = ""


def progress(form: Mapping[str, str], attempt: str) -> Progress | None:
    """What a status callback says; None when it says nothing about a message of ours. Raises Unfit."""
    sid, status = _sid(form), form.get("MessageStatus") or form.get("SmsStatus") or ""
    code = found if (found := form.get("ErrorCode", "")).isascii() and found.isdigit() and len(found) < 9 else ""
    news = news_of(sid, status, int(code or 0))
    named = attempt if ATTEMPT.fullmatch(attempt) else ""
    return None if news is None else Progress(id=f"{sid}/{status}/{code}", attempt=named, news=news)


def inbound(form: Mapping[str, str]) -> Inbound:
    """What somebody has sent us. Raises Unfit."""
    return Inbound(
        id=_sid(form), sender=_phone(form.get("From", "")), text=_clean(form.get("Body", ""))[:LONGEST],
        opt_out=opted if (opted := form.get("OptOutType", "").upper()) in ("STOP", "START", "HELP") else "",
    )  # fmt: skip


def call_of(form: Mapping[str, str], *, hers: bool = False) -> Heard:
    """How a leg of a call stands: the staff's, or the customer's (`hers`). Raises Unfit."""
    sid, seconds = form.get("CallSid") or "", form.get("CallDuration") or "0"
    if not CALL.fullmatch(sid):
        raise Unfit("CallSid is missing, or is none")
    talked = int(seconds) if seconds.isascii() and seconds.isdigit() and len(seconds) < 7 else 0
    return Heard(sid=sid, status=form.get("CallStatus") or "", hers=hers, seconds=talked)


def _sid(form: Mapping[str, str]) -> str:
    sid = form.get("MessageSid") or form.get("SmsSid") or ""
    if not SID.fullmatch(sid):
        raise Unfit("MessageSid is missing, or is none")
    return sid


def _phone(text: str) -> str:
    """Short codes, and names that networks let businesses send under, are nobody's phone."""
    try:
        return phone(text.partition(":")[2] or text)
    except Unfit:
        return ""


def _clean(text: str) -> str:
    return "".join(c for c in text if c in "\n\t" or category(c) not in ("Cc", "Cs"))

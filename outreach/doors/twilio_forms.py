"""Twilio's callbacks, as forms: what became of a message, and what somebody has sent us.

https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks
https://www.twilio.com/docs/messaging/guides/webhook-request
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from unicodedata import category

from outreach.core.delivery import News
from outreach.doors.addresses import phone
from outreach.doors.checks import Unfit
from outreach.senders._twilio_codes import news_of

SID: Final = re.compile(r"(?:SM|MM)[0-9a-fA-F]{32}", re.ASCII)
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

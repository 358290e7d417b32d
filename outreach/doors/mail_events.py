"""SendGrid's events, as it posts them: what became of e-mails, and what their readers did.

https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from outreach.core.delivery import News
from outreach.doors.addresses import email
from outreach.doors.checks import Unfit, parse
from outreach.doors.twilio_forms import ATTEMPT

MOST: Final = 1_000
LONGEST_TEXT: Final = 300
#: How far a mail has come, where an event says no more than that.
STATES: Final = {"processed": "queued", "deferred": "sending", "delivered": "delivered"}
#: Why SendGrid didn't even try (`reason` of `dropped`): the address is bad, or its owner has said no before.
BAD: Final = ("bounced address", "invalid")
UNWANTED: Final = ("unsubscribed address", "spam reporting address")
#: What a reader did, and the purposes of which she wants no more. A spam report and a global unsubscribe are kept by
#: SendGrid too, and end every mail to the address.
WISHES: Final = {"spamreport": "all", "unsubscribe": "all", "group_unsubscribe": "marketing"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailEvent:
    """One of them. `id` is SendGrid's own; `attempt` ours, "" when it isn't named; `address` as it is hashed. `news` is
    how far the mail has come, `wish` the purposes that are withdrawn, `why` in whose words, `clicked` what was."""

    id: str
    kind: str
    attempt: str
    address: str
    at: datetime
    news: News | None = None
    wish: str = ""
    why: str = ""
    clicked: str = ""


def mail_events(body: bytes, now: datetime) -> tuple[list[MailEvent], int]:
    """The events of a body that mean something, and how many could not be read: one that is broken must not keep the
    others from coming in. Raises Unfit when the body as a whole is none."""
    told = parse(body)
    if not isinstance(told, list):
        raise Unfit("is not an array of events")
    if len(told) > MOST:
        raise Unfit(f"holds {len(told)} events, {MOST} may be")
    found, broken = [], 0
    for item in told:
        try:
            event = _event(item, now)
        except (Unfit, ValueError, OverflowError, TypeError):
            broken += 1
            continue
        if event is not None:
            found.append(event)
    return found, broken


def _event(item: Any, now: datetime) -> MailEvent | None:
    if not isinstance(item, dict) or not isinstance(item.get("event"), str):
        raise Unfit("is no event")
    kind, meaning = item["event"], _MEANING.get(item["event"])
    if meaning is None:
        return None
    attempt = item.get("attempt")
    known = {
        "id": _id(item), "kind": kind, "address": email(_text(item, "email")), "at": _instant(item, now),
        "attempt": attempt if isinstance(attempt, str) and ATTEMPT.fullmatch(attempt) else "",
    }  # fmt: skip
    return MailEvent(**known, **meaning(item))


def _progress(item: Mapping[str, Any]) -> dict[str, Any]:
    return {"news": News(status=STATES[item["event"]])}


def _bounce(item: Mapping[str, Any]) -> dict[str, Any]:
    """A block is for a while (a full mailbox, a list of senders); a bounce is for good."""
    blocked = _text(item, "type").lower() in ("blocked", "block", "expired")
    code, why = "blocked" if blocked else "bounced", _reason(item)
    return {"news": News(status="undelivered", code=code, text=why, suppress=not blocked), "why": why}


def _dropped(item: Mapping[str, Any]) -> dict[str, Any]:
    why = _reason(item)
    bad, unwanted = why.lower().startswith(BAD), why.lower().startswith(UNWANTED)
    news = News(status="failed", code="bounced" if bad else "dropped", text=why, suppress=bad)
    return {"news": news, "wish": "all" if unwanted else "", "why": why}


def _wish(item: Mapping[str, Any]) -> dict[str, Any]:
    return {"wish": WISHES[item["event"]], "why": item["event"]}


def _click(item: Mapping[str, Any]) -> dict[str, Any]:
    """Where to, without what stands behind it: that may be a secret. A click on the way out is no sign of life."""
    there = urlsplit(_text(item, "url"))
    out = "/u/" in there.path
    clicked = "" if out else f"{there.scheme}://{there.netloc}{there.path}"[:LONGEST_TEXT]
    return {"news": News(status="delivered"), "clicked": clicked}


_MEANING: Final[Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]]] = {
    **dict.fromkeys(STATES, _progress), **dict.fromkeys(WISHES, _wish), "bounce": _bounce, "dropped": _dropped,
    "click": _click,
}  # fmt: skip


def _id(item: Mapping[str, Any]) -> str:
    """SendGrid's own; where it gives none, the hash of what it says."""
    given = _text(item, "sg_event_id")
    if given and len(given) <= 100 and given.isprintable() and " " not in given:
        return given
    return blake2b(msgspec.json.encode(item), digest_size=16).hexdigest()


def _instant(item: Mapping[str, Any], now: datetime) -> datetime:
    """When it happened; its clock may be fast."""
    at = item.get("timestamp")
    if isinstance(at, bool) or not isinstance(at, int) or at < 0:
        raise Unfit("has no timestamp")
    return min(datetime.fromtimestamp(at, UTC), now)


def _reason(item: Mapping[str, Any]) -> str:
    """In its words, without her address: they are shown, and told in traces."""
    words = " ".join(_text(item, "reason").split())
    return "".join(c for c in words.replace(_text(item, "email") or "\0", "[address]") if c.isprintable())[
        :LONGEST_TEXT
    ]


def _text(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    return value if isinstance(value, str) else ""

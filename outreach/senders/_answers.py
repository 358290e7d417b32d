"""From what a provider said to one of the four answers of ports.py: the part that all providers have in common."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Literal

from outreach.ports import Answer, Message, Refused, Unknown, Unsent
from outreach.senders._line import LineError, NotConnected

#: `suppress` the address, `stop` the sender, `wait` and try again, `pace`: so too and slower, `refuse` this message,
#: `unknown`: who can tell?
Verdict = Literal["suppress", "stop", "wait", "pace", "refuse", "unknown"]

LONGEST_TEXT = 200
LONGEST_WAIT = 24 * 3600.0


def answer(verdict: Verdict, code: str, text: str = "", retry_after: float | None = None) -> Answer:
    """The answer that a verdict means."""
    match verdict:
        case "wait" | "pace":
            return Unsent(code=code, text=text, retry_after=retry_after, slower=verdict == "pace")
        case "unknown":
            return Unknown(code=code, text=text)
        case _:
            return Refused(code=code, text=text, suppress=verdict == "suppress", stop_sender=verdict == "stop")


def broken_line(error: LineError, message: Message) -> Answer:
    """Before the first byte it is unsent, after it nobody can tell."""
    verdict: Verdict = "wait" if isinstance(error, NotConnected) else "unknown"
    return answer(verdict, error.code, in_short(error, message))


def by_status(status: int) -> Verdict:
    """What an HTTP status means where the provider gave no code that we know.

    A 5xx may come after the message was queued, a redirect or a 408 may come from a machine in between; only 429 and
    the other 4xx are a clear no.
    """
    if status == 429:
        return "pace"
    if status in {401, 403, 404, 405, 407, 410}:
        return "stop"
    return "refuse" if 400 <= status < 500 and status != 408 else "unknown"


def in_short(text: object, message: Message) -> str:
    """A provider's words on one line, without the customer's address: they end up in traces and logs."""
    line = " ".join(str(text).replace(message.to or "\0", "[address]").split())
    return line[:LONGEST_TEXT]


def seconds_to_wait(headers: Mapping[str, str]) -> float | None:
    """What `Retry-After` or `X-RateLimit-Reset` ask for, in seconds from the reply's own `Date`; None if neither does.

    Both may name an instant. The reply tells what time it is for the provider, so no clock of ours is needed.
    """
    asked = headers.get("retry-after", "").strip()
    if asked.isdigit():
        return min(float(asked), LONGEST_WAIT)
    now = _instant(headers.get("date", ""))
    until = _instant(asked) or _number(headers.get("x-ratelimit-reset", ""))
    if now is None or until is None:
        return None
    return min(max(until - now, 0.0), LONGEST_WAIT)


def _instant(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError):
        return None


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\d{1,12}", text.strip()) else None

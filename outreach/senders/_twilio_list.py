"""Finding a message in the list that Twilio keeps.

The list is asked for by recipient only: its filter by date knows whole days, and leaves out what isn't sent yet.
https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from outreach.core.looking import CannotTell, Found, Window
from outreach.senders._twilio_codes import STATES

#: Pages that are read at most: nobody is written to so often in the hours that a look-up reaches back.
PAGES = 5


def found_in(page: Any, window: Window, ours: Callable[[Any], bool]) -> Sequence[Found] | CannotTell:
    """What of these pages, newest first, was created in the window, or as far beyond as is asked, and is `ours`."""
    found: list[Found] = []
    for _ in range(PAGES):
        messages = list(page)
        found += [_found(m) for m in messages if _within(m, window) and ours(m)]
        if not messages or messages[-1].date_created < window.since:
            return found
        page = page.next_page()
        if page is None:
            return found
    return CannotTell(text=f"more than {PAGES} pages of messages to this number")


def _within(message: Any, window: Window) -> bool:
    outbound = str(message.direction).startswith("outbound")
    return outbound and message.to == window.to and window.since <= message.date_created <= window.last


def _found(message: Any) -> Found:
    status = str(message.status)
    return Found(
        provider_id=str(message.sid), status=STATES.get(status, status), at=message.date_created,
        text=str(message.body or ""), code=str(message.error_code or ""),
    )  # fmt: skip

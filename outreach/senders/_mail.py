"""What every e-mail needs, whoever carries it: headers that cannot be broken open, and a way out for the customer."""

from __future__ import annotations

from collections.abc import Callable

from outreach.core.unsubscribing import WITH_WAY_OUT
from outreach.ports import Message

#: From a message to the address of its unsubscribe page; None or "" where there is none.
UnsubscribeUrl = Callable[[Message], str | None]
#: A line of a header has 998 characters, and an address can't be broken over two.
LONGEST_URL = 900


def unsubscribe_headers(message: Message, url_of: UnsubscribeUrl | None, mailto: str = "") -> dict[str, str]:
    """List-Unsubscribe for what nobody asked for; one-click (RFC 8058) where the page is https, as the RFC demands."""
    wanted = message.purpose in WITH_WAY_OUT
    url = url_of(message) if url_of and wanted else None
    if url and len(url) > LONGEST_URL:
        url = None
    ways = [f"<{url}>"] if url else []
    if mailto and wanted:
        ways.append(f"<mailto:{mailto}?subject=unsubscribe>")
    headers = {"List-Unsubscribe": ", ".join(ways)} if ways else {}
    if url and url.startswith("https://"):
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def check(message: Message, *headers: str) -> None:
    """Let nothing become an e-mail that a customer's data could break open: a line break would write headers.

    Raises:
        ValueError: says why not.
    """
    if any(mark in header for header in (message.to, message.subject, *headers) for mark in "\r\n\0"):
        raise ValueError("a header contains a line break")
    if message.to.count("@") != 1 or not message.to.isascii() or any(mark in message.to for mark in ' ,;<>"'):
        raise ValueError("not a plain e-mail address")
    if not message.body.strip():
        raise ValueError("the message is empty")

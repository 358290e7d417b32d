"""What every e-mail needs, whoever carries it: headers that cannot be broken open, and a way out for the customer."""

from __future__ import annotations

from collections.abc import Callable

from outreach.ports import Message

#: From a message to the address of its unsubscribe page; None or "" where there is none.
UnsubscribeUrl = Callable[[Message], str | None]


def unsubscribe_headers(message: Message, url_of: UnsubscribeUrl | None) -> dict[str, str]:
    """List-Unsubscribe for marketing; one-click (RFC 8058) where the page is https, as the RFC demands."""
    url = url_of(message) if url_of and message.purpose == "marketing" else None
    if not url:
        return {}
    headers = {"List-Unsubscribe": f"<{url}>"}
    if url.startswith("https://"):
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

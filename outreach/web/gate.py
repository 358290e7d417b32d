"""The gate that every request passes: is it meant for this house, does it come from our own pages, and the headers that
every answer carries.

Written as plain ASGI, because it wraps answers of every kind, a refused body among them.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from outreach.settings import Settings
from outreach.web.front import Front
from outreach.web.headers import add_headers
from outreach.web.problems import ProblemError, answer

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
WILDCARDS: Final = frozenset({"", "0.0.0.0", "::"})
#: Asked by machines that know this one by its number only, and they tell nothing of anybody.
ANY_NAME: Final = ("/healthz", "/readyz")
#: What comes here is signed, and comes from elsewhere by its nature: from providers, and from mail programs.
SIGNED: Final = ("/hooks/", "/u/")
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
WRONG_NAME: Final = (
    "This house has another name. Open it as localhost, or, if it has a name of its own, set OUTREACH_PUBLIC_URL to its"
    " address."
)
FROM_ELSEWHERE: Final = (
    "Another site made your browser send this, so it was not done. Open the page here and send it from there."
)


class Gate:
    """Refuses a request for another name (DNS rebinding) or from another site (forged forms); adds the headers."""

    def __init__(self, app: ASGIApp, front: Front):
        self.app = app
        self.front = front
        self.names = names_of(front.app.settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_headers(MutableHeaders(scope=message))
            await send(message)

        refused = self._refuse(scope)
        app = self.app if refused is None else answer(self.front, scope["path"], refused)
        await app(scope, receive, send_with_headers)

    def _refuse(self, scope: Scope) -> ProblemError | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if host_name(host) not in self.names and scope["path"] not in ANY_NAME:
            return ProblemError(421, "Wrong host name", WRONG_NAME)
        signed = scope["path"].startswith(SIGNED)
        if scope["method"] not in SAFE and not signed and _from_elsewhere(headers, host):
            return ProblemError(403, "Not from our own page", FROM_ELSEWHERE)
        return None


def names_of(settings: Settings) -> frozenset[str]:
    """The names by which this house may be called."""
    public = urlsplit(settings.public_url).hostname or ""
    return (LOOPBACK | {public.lower(), settings.host.lower()}) - WILDCARDS


def host_name(host: str) -> str:
    """A Host header without its port, in lower case; "" for one that makes no sense."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _from_elsewhere(headers: Headers, host: str) -> bool:
    """Browsers say where a request comes from; programs say nothing, and bring a key instead."""
    site = headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return True
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc.lower() != host.lower()

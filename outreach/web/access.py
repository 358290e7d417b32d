"""Who may come in. One key opens the house: programs bring it as a bearer token, browsers ask for it as a password.
Without a key only this machine is served."""

from __future__ import annotations

import base64
import binascii
import hmac
import ipaddress
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from outreach.web.front import Here
from outreach.web.problems import ProblemError

#: Says that a proxy stands in between, so that the nearest computer isn't the one that asks.
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")
#: Only describes the key in the OpenAPI document; `program` looks at it.
bearer = HTTPBearer(auto_error=False, description="OUTREACH_API_KEY")


async def program(request: Request, here: Here) -> None:
    """Let a program in. Raises ProblemError."""
    key = here.app.settings.api_key
    if key is None:
        _this_machine_only(request)
    elif not _same(_credentials(request, "bearer"), key.get_secret_value()):
        told = "Send the key in OUTREACH_API_KEY as `Authorization: Bearer …`."
        raise ProblemError(401, "No valid key", told, {"WWW-Authenticate": 'Bearer realm="Outreach"'})


async def person(request: Request, here: Here) -> str:
    """Let a browser in; the name that was typed in, "" when none was asked for. Raises ProblemError."""
    key = here.app.settings.api_key
    if key is None:
        _this_machine_only(request)
        return ""
    name, _, password = _decoded(_credentials(request, "basic")).partition(":")
    if not _same(password, key.get_secret_value()):
        told = "Type your own name as user name, and as password the key that stands in OUTREACH_API_KEY."
        raise ProblemError(401, "Who are you?", told, {"WWW-Authenticate": 'Basic realm="Outreach", charset="UTF-8"'})
    return name


def _this_machine_only(request: Request) -> None:
    host = request.client.host if request.client else ""
    if not is_loopback(host) or any(name in request.headers for name in FORWARDED):
        told = "Without OUTREACH_API_KEY only this machine is served. Set a key to let others in."
        raise ProblemError(403, "Only from this machine", told)


def is_loopback(host: str) -> bool:
    """Whether this address is the machine itself; IPv4 may come dressed as IPv6."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def _credentials(request: Request, scheme: str) -> str:
    given, _, rest = request.headers.get("authorization", "").partition(" ")
    return rest.strip() if given.lower() == scheme else ""


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def _same(given: str, key: str) -> bool:
    """Compared in constant time, so that answers don't tell how much of a guess was right."""
    return bool(key) and hmac.compare_digest(given.encode(), key.encode())


Person = Annotated[str, Depends(person)]

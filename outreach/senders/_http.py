"""One HTTP request to a provider, and no more: no retries, no redirects, no proxies, no reuse of an old connection.

A kept-alive connection that the provider has just closed looks like a message that may have arrived; a fresh one
costs a handshake and leaves no such doubt.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection, RemoteDisconnected
from urllib.parse import urlsplit

from outreach.errors import ConfigError
from outreach.senders._line import Limits, Silence, Watchdog, connect, tls

LONGEST_REPLY = 1_000_000


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole reply. The names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def base_url(url: str, setting: str) -> str:
    """The address of a provider's API, without a slash at its end.

    Raises:
        ConfigError: it is not https. Plain http would show keys and customers to the network; a loopback address may.
    """
    try:
        parts = urlsplit(url)
        secret = parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname))
        usable = bool(parts.hostname) and parts.port != 0 and not re.search(r"[^!-~]", url)
    except ValueError:  # not a port, not an IPv6 address
        secret = usable = False
    if not (secret and usable):
        raise ConfigError(f"{setting} must be an https:// address, not {url!r}")
    return url.rstrip("/")


def request(method: str, url: str, headers: Mapping[str, str], body: bytes, limits: Limits) -> Reply:
    """Ask once.

    Raises:
        NotConnected: nothing was sent.
        Silence: something was sent, and no whole reply came back in time.
    """
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    host, port = parts.hostname or "", parts.port or (443 if secure else 80)
    with Watchdog(limits.total) as watchdog:
        connection = HTTPSConnection(host, port, context=tls()) if secure else HTTPConnection(host, port)
        connection.sock = connect(host, port, limits, watchdog, secure=secure)
        connection.auto_open = 0  # a dropped line must end the call, not open a second one
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        try:
            reply = _exchange(connection, method, target, headers, body)
        except (OSError, HTTPException, ValueError) as error:
            raise Silence("timeout" if watchdog.expired else _silence(error), str(error)) from error
        finally:
            connection.close()
        if watchdog.expired:  # a reply without a length ends when the line is cut, and may be half a reply
            raise Silence("timeout")
        return reply


def _exchange(connection: HTTPConnection, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
    connection.request(method, target, body=body, headers={**headers, "Connection": "close"})
    with connection.getresponse() as response:
        if (response.length or 0) > LONGEST_REPLY:
            raise HTTPException(f"a reply of {response.length} bytes")
        text = response.read()
        return Reply(response.status, {name.lower(): value for name, value in response.headers.items()}, text)


def _silence(error: Exception) -> str:
    match error:
        case TimeoutError():
            return "timeout"
        case RemoteDisconnected() | ConnectionError():
            return "disconnected"
        case _:
            return "garbled"


def _is_loopback(host: str | None) -> bool:
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"

"""A line to a provider that says in which phase it failed, and that cannot be held open for ever.

Whether a message may be tried again hangs on one question: had any of it left when the line failed? `requests` and
`urllib` report a failed TLS handshake and a TLS error after the message with one and the same exception, so the line
is opened here, step by step. A socket's timeout bounds only the wait for the next byte; the watchdog bounds the call.
"""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Self

import certifi


@dataclass(frozen=True, slots=True)
class Limits:
    """In seconds: to connect (per address tried), to wait for the next bytes, for the whole call."""

    connect: float = 3.0
    read: float = 10.0
    total: float = 12.0


class LineError(Exception):
    """Something went wrong on the line; `code` is a short stable word for it."""

    def __init__(self, code: str, text: str = ""):
        super().__init__(text or code)
        self.code = code


class NotConnected(LineError):
    """No byte of the message left: it is proven unsent."""


class Silence(LineError):
    """The message may have arrived; no whole answer came back."""


class Watchdog:
    """Cuts the socket it guards once `seconds` are over, so that a trickling peer ends like a silent one."""

    def __init__(self, seconds: float):
        self._expired = threading.Event()
        self._sock: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self._timer.cancel()

    @property
    def expired(self) -> bool:
        """The time is over."""
        return self._expired.is_set()

    def guard(self, sock: socket.socket | None) -> None:
        """Watch this socket (and forget the one before it: TLS replaces a socket by its own)."""
        self._sock = sock
        if self.expired:
            self._cut()

    def _expire(self) -> None:
        self._expired.set()
        self._cut()

    def _cut(self) -> None:
        if self._sock is not None:
            with suppress(OSError):
                # Not SSLSocket.shutdown: it would pull the TLS state from under the thread that is reading.
                socket.socket.shutdown(self._sock, socket.SHUT_RDWR)


def connect(host: str, port: int, limits: Limits, watchdog: Watchdog, *, secure: bool) -> socket.socket:
    """An open line, TLS included, on which nothing has been said yet.

    Raises:
        NotConnected: no such host, refused, timed out, no valid certificate. Also when the look-up of the name, which
            nothing can interrupt, took all the time there was: what connects that late must not send any more.
    """
    sock: socket.socket | None = None
    try:
        sock = socket.create_connection((host, port), timeout=limits.connect)
        watchdog.guard(sock)
        if secure:
            sock = tls().wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
            watchdog.guard(sock)
            sock.do_handshake()
        if watchdog.expired:
            raise TimeoutError("too late to send")
        sock.settimeout(limits.read)
    except Exception as error:  # whatever it is: nothing has been sent
        if sock is not None:
            sock.close()
        raise NotConnected(_failure(error), str(error)) from error
    return sock


@cache
def tls() -> ssl.SSLContext:
    """Certificates are checked against the machine's own list (a company's may be there) and Mozilla's."""
    context = ssl.create_default_context()
    context.load_verify_locations(cafile=certifi.where())
    return context


def _failure(error: Exception) -> str:
    match error:
        case ssl.SSLError():
            return "tls"
        case socket.gaierror():
            return "no_such_host"
        case TimeoutError():
            return "connect_timeout"
        case ConnectionRefusedError():
            return "connection_refused"
        case _:
            return "not_connected"

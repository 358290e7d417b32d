"""A small HTTP server on loopback that hears everything and answers well or badly, as told."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Heard:
    """One request, as it came; the names of headers in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    query: str = ""


@dataclass(frozen=True)
class Said:
    """One reply, as it goes."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str | None] = field(default_factory=dict)  # None: not even the one that is always there


Provider = Callable[[Heard], Said]


@dataclass(frozen=True)
class Misbehaviour:
    """How a reply goes wrong, after the provider has done what it was asked.

    `says`: another reply instead. `late`: seconds before the first byte. `cut`: the line drops after so many bytes of
    the reply (with a reset, if `reset`). `trickle`: seconds between two bytes. `ignore`: the provider does nothing.
    """

    says: Said | None = None
    late: float = 0.0
    cut: int | None = None
    reset: bool = False
    trickle: float = 0.0
    ignore: bool = False


HTML = Said(200, b"<html><body>Welcome to the hotel's wifi</body></html>", {"Content-Type": "text/html"})
HICCUP = Said(500, b'{"code": 20500, "message": "An internal server error has occurred", "status": 500}')


class Wire:
    """A server for one provider. `heard` has each request, whatever came of it; `misbehaviour` holds until changed, or
    is chosen for each request by `moods`."""

    moods: Callable[[Heard], Misbehaviour] | None = None

    def __init__(self, provider: Provider, context: Any = None):
        self.provider = provider
        self.misbehaviour = Misbehaviour()
        self.heard: list[Heard] = []
        self.faults: list[Exception] = []
        self.closing = threading.Event()
        self._one_at_a_time = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.wire = self  # type: ignore[attr-defined]
        if context is not None:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.scheme = "http" if context is None else "https"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        if self.faults:
            raise AssertionError(f"the provider choked: {self.faults[0]!r}") from self.faults[0]

    def answer(self, heard: Heard) -> tuple[Said, Misbehaviour]:
        how = self.misbehaviour
        try:
            with self._one_at_a_time:
                self.heard.append(heard)
                how = self.moods(heard) if self.moods else how
                said = Said(0) if how.ignore else self.provider(heard)
        except Exception as error:  # the test hears of it when the server closes
            self.faults.append(error)
            return Said(500), how
        return how.says or said, how


class _Server(ThreadingHTTPServer):
    request_queue_size = 128  # the default of 5 drops connections when many senders come at once


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        wire: Wire = self.server.wire  # type: ignore[attr-defined]
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:  # who asked died in the middle: no provider acts on half a request
            self.close_connection = True
            return
        address = urlsplit(self.path)
        said, how = wire.answer(
            Heard(
                self.command,
                address.path,
                {name.lower(): value for name, value in self.headers.items()},
                body,
                address.query,
            )
        )
        self._deliver(self._bytes(said), wire, how)

    do_GET = do_POST

    def _bytes(self, said: Said) -> bytes:
        headers = {"Content-Type": "application/json", "Content-Length": str(len(said.body)), **said.headers}
        told = [f"{name}: {value}" for name, value in headers.items() if value is not None]
        lines = [f"HTTP/1.1 {said.status} x", *told]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + said.body

    def _deliver(self, reply: bytes, wire: Wire, how: Misbehaviour) -> None:
        self.close_connection = True
        if how.late and wire.closing.wait(how.late):
            return
        reply = reply if how.cut is None else reply[: how.cut]
        with suppress(OSError):  # the other side may have hung up, as it should
            if how.trickle:
                self._trickle(reply, how.trickle, wire)
            else:
                self.wfile.write(reply)
        if how.reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

    def _trickle(self, reply: bytes, pause: float, wire: Wire) -> None:
        for byte in reply:
            if wire.closing.wait(pause):
                return
            self.wfile.write(bytes([byte]))

    def log_message(self, format: str, *args: object) -> None:
        """Silence: a test's output is the test's."""


def refused_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])

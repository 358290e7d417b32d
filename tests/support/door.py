"""A door before a server on loopback: shut, it throws out who is inside and lets nobody in, as if nobody was there."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

from sqlalchemy import make_url


class Door:
    """Open at first, unless told otherwise. `url` is the server's address through it; `knocks` counts who came while it
    was open."""

    def __init__(self, url: str, *, shut: bool = False):
        parsed = make_url(url)
        self._behind = (parsed.host or "127.0.0.1", parsed.port or 5432)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._port = int(self._listener.getsockname()[1])
        self.url = parsed.set(host="127.0.0.1", port=self._port).render_as_string(hide_password=False)
        self.knocks = 0
        self._inside: list[socket.socket] = []
        self._lock = threading.Lock()
        if shut:
            self._listener.close()
        else:
            self._attend()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.shut()

    def shut(self) -> None:
        """From now on connections are refused; those that there are end."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes who waits in accept
        self._listener.close()
        with self._lock:
            for one in self._inside:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
            self._inside.clear()

    def open(self) -> None:
        """The server is there again, at the same address."""
        self._listener = socket.create_server(("127.0.0.1", self._port))
        self._attend()

    def _attend(self) -> None:
        threading.Thread(target=self._serve, args=(self._listener,), daemon=True).start()

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                guest, _ = listener.accept()
            except OSError:
                return
            host = socket.create_connection(self._behind)
            with self._lock:
                self.knocks += 1
                self._inside += [guest, host]
            threading.Thread(target=_let_in, args=(guest, host), daemon=True).start()


def _let_in(guest: socket.socket, host: socket.socket) -> None:
    """Both ways, until one of them ends."""
    with guest, host:
        there = threading.Thread(target=_pass_on, args=(guest, host), daemon=True)
        there.start()
        _pass_on(host, guest)
        there.join()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    """What one says, to the other."""
    with suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
    for each in (one, other):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)

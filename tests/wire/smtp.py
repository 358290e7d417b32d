"""A real SMTP server (aiosmtpd) on loopback, and a scripted one for what no honest server does."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailbox:
    """An aiosmtpd handler: keeps what it takes, and says no where it is told to."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.says: dict[str, str] = {}  # "MAIL", "RCPT" or "DATA": the reply instead of 250

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        envelope.mail_from = address
        return self.says.get("MAIL", "250 OK")

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        envelope.rcpt_tos.append(address)
        return self.says.get("RCPT", "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if "DATA" in self.says:
            return self.says["DATA"]
        content = envelope.content
        self.taken.append(content if isinstance(content, bytes) else (content or "").encode())
        return "250 2.0.0 queued as 7"


@contextmanager
def mail_server(mailbox: Mailbox, **options: Any) -> Iterator[int]:
    """The port of a running server; `options` go to aiosmtpd's SMTP (tls_context, authenticator, ...)."""
    with socket.create_server(("127.0.0.1", 0)) as place:
        port = int(place.getsockname()[1])
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


HONEST: Mapping[str, bytes | None] = {
    "connect": b"220 here\r\n",
    "EHLO": b"250 here\r\n",
    "HELO": b"250 here\r\n",
    "MAIL": b"250 OK\r\n",
    "RCPT": b"250 OK\r\n",
    "DATA": b"354 go on\r\n",
    "text": b"250 queued\r\n",
    "QUIT": b"221 bye\r\n",
}
HANG_UP = None


class ScriptedMailServer:
    """Answers each command as scripted; HANG_UP drops the line instead, b"" says nothing and waits.

    `texts` has each text that ended with its dot: what an honest server would have had to deliver.
    """

    def __init__(self, **script: bytes | None):
        self.script = {**HONEST, **script}
        self.texts: list[bytes] = []
        self.commands: list[str] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> ScriptedMailServer:
        self._thread.start()
        return self

    def __exit__(self, *unused: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(timeout=10)

    def _serve(self) -> None:
        try:
            while True:
                line, _ = self._listening.accept()
                with line, line.makefile("rb") as lines:
                    self._talk(line, lines)
        except OSError:
            pass  # closed: the test is over

    def _talk(self, line: socket.socket, lines: Any) -> None:
        if not self._say(line, "connect"):
            return
        while command := lines.readline():
            word = command.decode().split()[0].upper()
            self.commands.append(word)
            if not self._say(line, word) or word == "QUIT":
                return
            if word == "DATA" and not self._text(line, lines):
                return

    def _text(self, line: socket.socket, lines: Any) -> bool:
        text = b""
        while (row := lines.readline()) != b".\r\n":
            if not row:
                return False
            text += row
        self.texts.append(text)
        return self._say(line, "text")

    def _say(self, line: socket.socket, what: str) -> bool:
        reply = self.script.get(what, b"502 what?\r\n")
        if reply is None:
            return False
        line.sendall(reply)
        return True

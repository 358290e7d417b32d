"""One delivery by SMTP, told apart at the one moment that matters: the lone dot that ends the text.

Until the dot is sent the server must forget everything when the line drops. Only silence after it leaves a doubt, so
the dot goes by itself. `smtplib.sendmail` sends it with the text and cannot tell the two apart.
"""

from __future__ import annotations

import re
import smtplib
import socket
from contextlib import suppress

from outreach.senders._line import Limits, Silence, Watchdog, connect, tls


class SaidNo(Exception):
    """The server said something other than yes, in answer to `stage`: session, sender, recipient or data."""

    def __init__(self, stage: str, code: int, text: bytes | str):
        super().__init__(text if isinstance(text, str) else text.decode("utf-8", "replace"))
        self.stage = stage
        self.code = code


class Session(smtplib.SMTP):
    """The library's session on our line, guarded by the watchdog. Port 465 speaks TLS from the first byte."""

    def __init__(self, host: str, port: int, domain: str, limits: Limits, watchdog: Watchdog):
        self.limits = limits
        self.watchdog = watchdog
        # Without a name to greet with, the library looks its own up, and nothing bounds that.
        super().__init__(host, port, local_hostname=domain)

    def _get_socket(self, host: str, port: int, timeout: object) -> socket.socket:
        return connect(host, port, self.limits, self.watchdog, secure=port == 465)

    def open(self, username: str, password: str, *, starttls: bool) -> None:
        """Greet, go over to TLS, log in.

        Raises:
            SaidNo: at stage "session".
            smtplib.SMTPNotSupportedError: the server offers no TLS, or no way to log in.
        """
        try:
            self.ehlo_or_helo_if_needed()
            if starttls:
                self.starttls(context=tls())
                self.watchdog.guard(self.sock)
            if username:
                self.login(username, password)
        except smtplib.SMTPResponseException as error:
            raise SaidNo("session", error.smtp_code, error.smtp_error) from error

    def deliver(self, sender: str, recipient: str, text: bytes) -> None:
        """Hand over one text (CRLF line ends, no dots stuffed yet).

        Raises:
            SaidNo: proven not taken.
            OSError: the line dropped before the dot: proven not taken.
            Silence: the line dropped, or nonsense came, after the dot.
        """
        _expect("sender", self.mail(sender))
        _expect("recipient", self.rcpt(recipient))
        _expect("data", self.docmd("DATA"), 354)
        self.send(re.sub(rb"(?m)^\.", b"..", text).removesuffix(b"\r\n") + b"\r\n")
        try:
            self.send(b".\r\n")
            code, said = self.getreply()
        except Exception as error:  # whatever it is: after the dot nothing proves that it wasn't taken
            raise Silence("disconnected", str(error)) from error
        if 400 <= code < 600:
            raise SaidNo("data", code, said)
        if code // 100 != 2:
            raise Silence("garbled", f"{code} after the text")
        with suppress(Exception):
            self.putcmd("QUIT")  # not waiting: it is sent, whatever the server says to that


def _expect(stage: str, reply: tuple[int, bytes], wanted: int = 250) -> None:
    code, text = reply
    if code != wanted and (wanted, code) != (250, 251):
        raise SaidNo(stage, code, text)

"""E-mail through any SMTP server, with the standard library."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from outreach.core.looking import CannotTell, Window
from outreach.errors import ConfigError
from outreach.ports import Answer, Clock, Message, Refused, Sent, Unsent
from outreach.senders._answers import answer, broken_line, in_short
from outreach.senders._line import Limits, LineError, Watchdog
from outreach.senders._mail import UnsubscribeUrl, check, unsubscribe_headers
from outreach.senders._smtp import SaidNo, Session
from outreach.senders._smtp_codes import verdict_of

CRLF = "\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSender:
    """One server and one From. Port 465 speaks TLS from the first byte, others after STARTTLS, which is never skipped.

    `timeout` is (connect, read) in seconds, `total` bounds the call. `clock` dates the mails; without it the first
    server does. `unsubscribe_url` and `unsubscribe_mailto` give mails
    that nobody asked for their List-Unsubscribe.

    Raises:
        ConfigError: host or From missing, or a password that would travel in clear text.
    """

    host: str
    port: int = 587
    username: str = ""
    password: str = field(default="", repr=False)
    starttls: bool = True
    from_email: str
    from_name: str = ""
    timeout: tuple[float, float] = (3.0, 10.0)
    total: float = 12.0
    clock: Clock | None = None
    unsubscribe_url: UnsubscribeUrl | None = None
    unsubscribe_mailto: str = ""

    name = "smtp"
    channels = frozenset({"email"})
    idempotency = "none"

    def __post_init__(self) -> None:
        if not (self.host and "@" in self.from_email):
            raise ConfigError("SMTP needs a host and a From address")
        if not 0 < self.port < 65_536:
            raise ConfigError(f"SMTP: {self.port} is not a port")
        if self.username and not (self.starttls or self.port == 465):
            raise ConfigError("SMTP: a user name and password go over TLS only; set starttls")

    def send(self, message: Message) -> Answer:
        """One delivery; every outcome is one of the four answers."""
        try:
            text = self._text(message)
        except Exception as error:
            return Refused(code="bad_message", text=in_short(error, message))
        try:
            self._deliver(message, text)
            return Sent(provider_id=self.message_id(message.attempt))
        except LineError as error:
            return broken_line(error, message)
        except SaidNo as error:
            return _declined(error, message)
        except smtplib.SMTPNotSupportedError as error:
            return Refused(code="not_supported", text=in_short(error, message), stop_sender=True)
        except smtplib.SMTPResponseException as error:
            return _declined(SaidNo("session", error.smtp_code, error.smtp_error), message)
        except Exception as error:  # a broken line, and what a strange server makes the library raise: before the dot
            return Unsent(
                code="tls" if isinstance(error, ssl.SSLError) else "disconnected", text=in_short(error, message)
            )

    def find(self, window: Window) -> CannotTell:
        """Nobody keeps what a server took."""
        return CannotTell(text="SMTP has no look-up", for_good=True)

    def message_id(self, attempt: str) -> str:
        """The Message-ID of an attempt, by which bounces and replies find it again."""
        return f"<{attempt}@{self._domain}>"

    @property
    def _domain(self) -> str:
        return self.from_email.rpartition("@")[2]

    def _deliver(self, message: Message, text: bytes) -> None:
        with Watchdog(self.total) as watchdog:
            session = Session(self.host, self.port, self._domain, Limits(*self.timeout, self.total), watchdog)
            try:
                session.open(self.username, self.password, starttls=self.starttls and self.port != 465)
                session.deliver(self.from_email, message.to, text)
            finally:
                session.close()

    def _text(self, message: Message) -> bytes:
        headers = unsubscribe_headers(message, self.unsubscribe_url, self.unsubscribe_mailto)
        check(message, self.from_name, *headers.values())
        mail = EmailMessage(policy=SMTP)
        mail["From"] = Address(self.from_name, addr_spec=self.from_email)
        mail["To"] = Address(addr_spec=message.to)
        mail["Subject"] = message.subject
        mail["Message-ID"] = self.message_id(message.attempt)
        if self.clock:
            mail["Date"] = format_datetime(self.clock.now())
        mail.set_content(message.body, cte="quoted-printable")
        if message.html:
            mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
            mail.set_boundary(f"={message.attempt}")  # otherwise the library rolls dice for one
        # The library would write a long address as encoded words, in which no mail program looks for one.
        ways_out = "".join(f"{name}: {value.replace(', ', f',{CRLF} ')}{CRLF}" for name, value in headers.items())
        return ways_out.encode("ascii") + mail.as_bytes()


def _declined(no: SaidNo, message: Message) -> Answer:
    """What the server said no to, and whether for good."""
    text = in_short(no, message)
    return answer(verdict_of(no.stage, no.code, text), str(no.code), text)

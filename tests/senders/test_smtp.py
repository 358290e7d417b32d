"""SMTP against aiosmtpd, and against a server that follows a script no honest one would."""

from __future__ import annotations

import email
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult

from outreach.errors import ConfigError
from outreach.ports import Message, Refused, Sender, Sent, Unknown, Unsent, VirtualClock
from outreach.senders.smtp import SmtpSender
from tests.senders.conftest import ATTEMPT, QUICK
from tests.wire.certificates import server_side
from tests.wire.server import refused_port
from tests.wire.smtp import HANG_UP, Mailbox, ScriptedMailServer, mail_server

Build = Callable[..., Message]


def a_sender(on: int, **fields: object) -> SmtpSender:
    values = {"host": "127.0.0.1", "port": on, "starttls": False, "from_email": "hello@shop.example", **fields}
    return SmtpSender(**values)  # type: ignore[arg-type]


def read(raw: bytes) -> EmailMessage:
    parsed = email.message_from_bytes(raw, policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def test_a_mail_goes_out(a_mail: Build):
    mailbox = Mailbox()
    with mail_server(mailbox) as port:
        clock = VirtualClock(datetime(2026, 11, 13, 15, tzinfo=UTC))
        sender: Sender = a_sender(port, from_name="The Shop", clock=clock)
        answer = sender.send(a_mail(body="Grüße\n.\n.. dots", html="<p>Grüße</p>", subject="Grüße 🙂"))

    assert answer == Sent(provider_id=f"<{ATTEMPT}@shop.example>")
    mail = read(mailbox.taken[0])
    assert mail["From"] == "The Shop <hello@shop.example>"
    assert mail["To"] == "maria@example.com"
    assert mail["Subject"] == "Grüße 🙂"
    assert mail["Message-ID"] == f"<{ATTEMPT}@shop.example>"
    assert mail["Date"] == "Fri, 13 Nov 2026 15:00:00 +0000"
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().split() == ["Grüße", ".", "..", "dots"]
    assert html.get_content().strip() == "<p>Grüße</p>"


def test_the_same_attempt_is_the_same_text(a_mail: Build):
    mailbox = Mailbox()
    with mail_server(mailbox) as port:
        for _ in range(2):
            a_sender(port).send(a_mail(html="<p>Hello</p>"))

    assert mailbox.taken[0] == mailbox.taken[1]


def test_marketing_carries_its_way_out(a_mail: Build):
    mailbox = Mailbox()
    with mail_server(mailbox) as port:
        sender = a_sender(port, unsubscribe_url=lambda m: f"https://shop.example/u/{m.attempt}")
        for purpose in ("marketing", "care", "transactional"):
            sender.send(a_mail(purpose=purpose))

    marketing, care, transactional = map(read, mailbox.taken)
    assert marketing["List-Unsubscribe"] == f"<https://shop.example/u/{ATTEMPT}>"
    assert marketing["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert care["List-Unsubscribe"] == marketing["List-Unsubscribe"]
    assert transactional["List-Unsubscribe"] is None


def test_a_way_out_by_mail_stands_beside_the_page(a_mail: Build):
    mailbox = Mailbox()
    with mail_server(mailbox) as port:
        page = f"https://shop.example/u/0.{'A' * 200}.{'B' * 27}"
        a_sender(port, unsubscribe_url=lambda m: page, unsubscribe_mailto="stop@shop.example").send(a_mail())
        a_sender(port, unsubscribe_mailto="stop@shop.example").send(a_mail())

    assert page.encode() in mailbox.taken[0]  # as it stands: no mail program decodes what looks like words
    both, mail_alone = map(read, mailbox.taken)
    assert both["List-Unsubscribe"] == f"<{page}>, <mailto:stop@shop.example?subject=unsubscribe>"
    assert both["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail_alone["List-Unsubscribe"] == "<mailto:stop@shop.example?subject=unsubscribe>"
    assert mail_alone["List-Unsubscribe-Post"] is None


def test_it_logs_in_over_tls(trusted: Path, a_mail: Build):
    def known(server: object, session: object, envelope: object, mechanism: str, data: object) -> AuthResult:
        good = getattr(data, "login", b"") == b"shop" and getattr(data, "password", b"") == b"the-password"
        return AuthResult(success=good, handled=False)

    mailbox = Mailbox()
    options = {"tls_context": server_side(trusted), "require_starttls": True, "authenticator": known}
    with mail_server(mailbox, **options) as port:
        sender = a_sender(port, starttls=True, username="shop", password="the-password")
        assert isinstance(sender.send(a_mail()), Sent)

        answer = a_sender(port, starttls=True, username="shop", password="another").send(a_mail())

    assert isinstance(answer, Refused)
    assert (answer.code, answer.stop_sender, answer.suppress) == ("535", True, False)
    assert len(mailbox.taken) == 1


def test_a_certificate_that_nobody_knows_leaves_it_unsent(certificate: Path, a_mail: Build):
    mailbox = Mailbox()
    with mail_server(mailbox, tls_context=server_side(certificate)) as port:
        answer = a_sender(port, starttls=True).send(a_mail())

    assert isinstance(answer, Unsent)
    assert answer.code == "tls"
    assert mailbox.taken == []


def test_tls_is_never_skipped(a_mail: Build):
    mailbox = Mailbox()
    with mail_server(mailbox) as port:
        answer = a_sender(port, starttls=True).send(a_mail())

    assert isinstance(answer, Refused)
    assert (answer.code, answer.stop_sender) == ("not_supported", True)
    assert mailbox.taken == []


def test_a_refused_connection_is_unsent(a_mail: Build):
    answer = a_sender(refused_port()).send(a_mail())

    assert isinstance(answer, Unsent)
    assert answer.code == "connection_refused"


SAYS = {
    "greylisting": ("RCPT", "451 4.7.1 come back later", Unsent(code="451")),
    "unknown mailbox": ("RCPT", "550 5.1.1 no such user", Refused(code="550", suppress=True)),
    "unknown mailbox, named": ("RCPT", "550 5.1.1 <[address]> unknown", Refused(code="550", suppress=True)),
    "full mailbox": ("RCPT", "552 5.2.2 over quota", Refused(code="552")),
    "policy": ("RCPT", "550 5.7.1 not you", Refused(code="550")),
    "no enhanced code": ("RCPT", "550 unavailable", Refused(code="550")),
    "our From": ("MAIL", "553 5.7.1 not yours", Refused(code="553", stop_sender=True)),
    "busy": ("MAIL", "421 too busy", Unsent(code="421")),
    "spam": ("DATA", "554 5.7.1 spam", Refused(code="554")),
    "disk full": ("DATA", "452 4.3.1 no space", Unsent(code="452")),
}


@pytest.mark.parametrize(("stage", "reply", "expected"), SAYS.values(), ids=SAYS)
def test_a_clear_no_is_told_apart(stage: str, reply: str, expected: Refused | Unsent, a_mail: Build):
    mailbox = Mailbox()
    mailbox.says[stage] = reply.replace("[address]", "maria@example.com")
    with mail_server(mailbox) as port:
        assert a_sender(port).send(a_mail()) == replace(expected, text=reply[4:])
    assert mailbox.taken == []


SCRIPTS = {
    "hangs up at once": ({"connect": HANG_UP}, Unsent, "disconnected"),
    "is closed": ({"connect": b"554 closed\r\n"}, Refused, "554"),
    "is busy": ({"connect": b"421 busy\r\n"}, Unsent, "421"),
    "says nothing at all": ({"connect": b""}, Unsent, "disconnected"),
    "hangs up at the greeting": ({"EHLO": HANG_UP}, Unsent, "disconnected"),
    "hangs up at the address": ({"RCPT": HANG_UP}, Unsent, "disconnected"),
    "hangs up before the text": ({"DATA": HANG_UP}, Unsent, "disconnected"),
    "says nothing before the text": ({"DATA": b""}, Unsent, "disconnected"),
    "talks nonsense": ({"MAIL": b"\xff\xff\r\n"}, Unsent, "-1"),
    "hangs up after the text": ({"text": HANG_UP}, Unknown, "disconnected"),
    "says nothing after the text": ({"text": b""}, Unknown, "disconnected"),
    "talks nonsense after the text": ({"text": b"what?\r\n"}, Unknown, "garbled"),
    "goes on for ever after the text": ({"text": b"250-" + b"x" * 10_000 + b"\r\n"}, Unknown, "disconnected"),
    "asks for more after the text": ({"text": b"354 more\r\n"}, Unknown, "garbled"),
    "forwards": ({"RCPT": b"251 will forward\r\n"}, Sent, ""),
    "hangs up when all is done": ({"QUIT": HANG_UP}, Sent, ""),
}


@pytest.mark.parametrize(("script", "kind", "code"), SCRIPTS.values(), ids=SCRIPTS)
def test_a_server_that(script: dict[str, bytes | None], kind: type, code: str, a_mail: Build):
    with ScriptedMailServer(**script) as server:
        answer = a_sender(server.port, **(QUICK if b"" in script.values() else {})).send(a_mail())

    assert isinstance(answer, kind)
    assert getattr(answer, "code", "") == code
    assert len(server.texts) == (kind in (Sent, Unknown))
    assert server.commands.count("MAIL") <= 1


def test_a_server_that_trickles_is_cut(a_mail: Build):
    with ScriptedMailServer(connect=b"220-wait\r\n" * 3, EHLO=b"") as server:
        start = time.monotonic()
        answer = a_sender(server.port, timeout=(1.0, 60.0), total=0.7).send(a_mail())

    assert isinstance(answer, Unsent)
    assert time.monotonic() - start < 15


BROKEN = [
    {"subject": "Hello\r\nBcc: everyone@example.com"},
    {"to": "maria@example.com\nBcc: everyone@example.com"},
    {"to": "maria@example.com,everyone@example.com"},
    {"to": "maria@"},
    {"body": ""},
]


@pytest.mark.parametrize("fields", BROKEN)
def test_a_mail_that_could_be_broken_open_is_refused_here(fields: dict[str, str], a_mail: Build):
    answer = a_sender(refused_port()).send(a_mail(**fields))

    assert isinstance(answer, Refused)
    assert answer.code == "bad_message"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"host": ""}, "host"),
        ({"port": 70_000}, "not a port"),
        ({"from_email": "shop"}, "From"),
        ({"username": "shop", "password": "x"}, "TLS only"),
    ],
)
def test_a_wrong_setting_is_said_at_once(fields: dict[str, str], says: str):
    with pytest.raises(ConfigError, match=says):
        a_sender(25, **fields)


def test_port_465_speaks_tls_from_the_first_byte(a_mail: Build):
    # Nobody listens on 465 here; that it may have a password without STARTTLS is what this can show.
    answer = a_sender(465, username="shop", password="the-password").send(a_mail())

    assert isinstance(answer, Unsent)
    assert "the-password" not in repr(a_sender(465, username="shop", password="the-password"))

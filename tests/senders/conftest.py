"""Senders against servers on loopback, with an eye on everything that is logged."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from outreach.ports import Message
from outreach.senders._line import tls
from tests.wire import sendgrid, specs, twilio
from tests.wire.certificates import self_signed
from tests.wire.server import Wire

ATTEMPT = "0123456789abcdef0123456789abcdef"
QUICK = {"timeout": (3.0, 0.5), "total": 3.0}


@pytest.fixture(scope="session", autouse=True)
def specifications() -> None:
    """Read them before the first message waits for its answer."""
    specs.warm_up()


@pytest.fixture
def twilio_api() -> twilio.Twilio:
    return twilio.Twilio()


@pytest.fixture
def twilio_wire(twilio_api: twilio.Twilio) -> Iterator[Wire]:
    with Wire(twilio_api) as wire:
        yield wire


@pytest.fixture
def sendgrid_api() -> sendgrid.SendGrid:
    return sendgrid.SendGrid()


@pytest.fixture
def sendgrid_wire(sendgrid_api: sendgrid.SendGrid) -> Iterator[Wire]:
    with Wire(sendgrid_api) as wire:
        yield wire


@pytest.fixture
def a_message() -> Callable[..., Message]:
    def build(**fields: str) -> Message:
        values = {"attempt": ATTEMPT, "channel": "sms", "to": "+12025550123", "body": "Hello Maria"}
        return Message(**{**values, **fields})

    return build


@pytest.fixture
def a_mail(a_message: Callable[..., Message]) -> Callable[..., Message]:
    def build(**fields: str) -> Message:
        return a_message(**{"channel": "email", "to": "maria@example.com", "subject": "Your stay", **fields})

    return build


@pytest.fixture(autouse=True)
def no_secret_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """In every test of a sender: at DEBUG, for all loggers, no key, no token, no password, no customer's address."""
    caplog.set_level(logging.DEBUG)
    yield
    ours = [record for record in caplog.get_records("call") if record.name != "mail.log"]  # that is the mail server's
    said = "\n".join(f"{record.getMessage()} {record.exc_info}" for record in ours)
    for secret in (sendgrid.KEY, twilio.TOKEN, "the-password", "+12025550123", "maria@example.com"):
        assert secret not in said


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_signed(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The machine trusts the certificate, for the length of a test."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    tls.cache_clear()
    yield certificate
    tls.cache_clear()

"""What the world outside must fit: credentials, senders, the public address, providers' callbacks. No value of a
credential is ever told, only what is wrong with its shape."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from outreach.errors import ConfigError
from outreach.settings import Settings

ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}")
TOKEN = re.compile(r"[0-9a-fA-F]{32}")
SENDGRID = re.compile(r"SG\.[\w-]{22}\.[\w-]{43}")
SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")
NUMBER = re.compile(r"\+[1-9]\d{6,14}|\d{5,6}")
VOICE = re.compile(r"\+[1-9]\d{6,14}")
MAIL = re.compile(r"[^@\s<>]+@[^@\s<>.]+(?:\.[^@\s<>.]+)+")


def credentials(s: Settings) -> str:
    """The shape of what the providers gave. Raises ConfigError."""
    return _told(
        _wrong_credentials(s), "of the right shape" if _real(s) else "none are needed: nothing leaves the house"
    )


def _wrong_credentials(s: Settings) -> Iterator[str]:
    token, key = s.twilio_auth_token.get_secret_value(), s.sendgrid_api_key.get_secret_value()
    if s.sms == "twilio" or s.twilio_voice_from:
        if not ACCOUNT.fullmatch(s.twilio_account_sid):
            yield "TWILIO_ACCOUNT_SID is AC and 32 hex digits, on the console's first page"
        if not s.twilio_base_url and not TOKEN.fullmatch(token):
            yield f"TWILIO_AUTH_TOKEN is 32 hex digits, and this has {_of(token)}: copy it from the console"
    if s.email == "sendgrid" and not s.sendgrid_host and not SENDGRID.fullmatch(key):
        yield f"SENDGRID_API_KEY is SG., 22 characters, a dot and 43, and this has {_of(key)}: make a new one"
    if s.email == "smtp" and bool(s.smtp_username) != bool(s.smtp_password.get_secret_value()):
        yield "OUTREACH_SMTP_USERNAME and OUTREACH_SMTP_PASSWORD belong together: set both, or none"
    if s.email == "smtp" and s.smtp_username and not s.smtp_starttls:
        yield "OUTREACH_SMTP_STARTTLS is off: the password would go over the line as it is"


def sender(s: Settings) -> str:
    """From whom messages come. Raises ConfigError."""
    who = [s.twilio_from or s.twilio_messaging_service] if s.sms == "twilio" else []
    who += [s.email_from] if s.email != "outbox" else []
    who += [f"calls from {s.twilio_voice_from}"] if s.twilio_voice_from else []
    return _told(_wrong_senders(s), ", ".join(who) or "the outbox")


def _wrong_senders(s: Settings) -> Iterator[str]:
    if s.sms == "twilio":
        if bool(s.twilio_from) == bool(s.twilio_messaging_service):
            yield "set OUTREACH_TWILIO_FROM or OUTREACH_TWILIO_MESSAGING_SERVICE, one of the two"
        elif s.twilio_from and not NUMBER.fullmatch(s.twilio_from):
            yield "OUTREACH_TWILIO_FROM is a number as +12125550100 (or a short code)"
        elif s.twilio_messaging_service and not SERVICE.fullmatch(s.twilio_messaging_service):
            yield "OUTREACH_TWILIO_MESSAGING_SERVICE is MG and 32 hex digits"
    if s.twilio_voice_from and not VOICE.fullmatch(s.twilio_voice_from):
        yield "OUTREACH_TWILIO_VOICE_FROM is a number as +12125550100, bought at Twilio or verified there"
    if s.email != "outbox" and not MAIL.fullmatch(s.email_from):
        yield "OUTREACH_EMAIL_FROM is an address as hello@example.com"


def public_address(s: Settings) -> str:
    """By which the world reaches this house. Raises ConfigError."""
    if not s.public_url and not _real(s):
        return "none, and none is needed yet"
    return _told(_wrong_address(s), s.public_url)


def _wrong_address(s: Settings) -> Iterator[str]:
    if not s.public_url:
        yield "set OUTREACH_PUBLIC_URL: without it no STOP, no reply and no delivery report comes in"
        return
    parts = urlsplit(s.public_url)
    if parts.scheme != "https":
        yield "OUTREACH_PUBLIC_URL has to begin with https://: what comes in is about customers, and cookies need it"
    if parts.username or parts.query or parts.fragment or parts.path not in ("", "/"):
        yield "OUTREACH_PUBLIC_URL is a scheme and a host, nothing behind it: pages and callbacks lie at its root"
    if _unreachable(parts.hostname or ""):
        yield f"OUTREACH_PUBLIC_URL names {parts.hostname or 'no host'}, which no provider can reach"


def _unreachable(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.rsplit(".", 1)[-1] in ("local", "localhost", "internal", "lan")


def webhooks(s: Settings) -> str:
    """What has to be entered at the providers. Raises ConfigError."""
    at = s.public_url.rstrip("/")
    told = []
    if s.sms == "twilio" and at:
        told.append(f"Twilio: a message comes in → {at}/hooks/twilio/inbound (reports go to …/status by themselves)")
    if s.email == "sendgrid" and at:
        told.append(f"SendGrid: Event Webhook → {at}/hooks/sendgrid/events, signed")
    wrong = []
    if s.email == "sendgrid" and at and not s.sendgrid_webhook_key:
        wrong.append(
            "SENDGRID_WEBHOOK_KEY is missing: without it no event of SendGrid is believed. It is shown where its"
            f" Event Webhook is signed and told the address {at}/hooks/sendgrid/events"
        )
    return _told(iter(wrong), "; ".join(told) or "none")


def _real(s: Settings) -> bool:
    return "outbox" not in (s.sms, s.email) or s.sms != s.email or bool(s.twilio_voice_from)


def _of(text: str) -> str:
    spaces = ", blanks around it" if text != text.strip() else ""
    return f"{len(text)} characters{spaces}" if text else "none"


def _told(wrong: Iterator[str], well: str) -> str:
    found = list(wrong)
    if found:
        raise ConfigError("; ".join(found))
    return well

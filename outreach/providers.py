"""Which provider sends what, as the settings say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import phonenumbers

from outreach.calling import Caller
from outreach.core.sms_limits import SmsLimits
from outreach.core.unsubscribing import OWN_KEY, Links, own_key
from outreach.errors import ConfigError
from outreach.ports import Clock, Message, Sender
from outreach.senders.dry_run import DryRunCaller, DryRunSender
from outreach.senders.outbox import OutboxSender
from outreach.settings import Settings


def senders(settings: Settings, clock: Clock, links: Links | None = None) -> dict[str, Sender]:
    """Channel → sender, as the settings say; `links` are for the way out of e-mails. Raises ConfigError when
    credentials are missing, in a dry run too."""
    made = {"sms": _sms(settings), "email": _email(settings, clock, links)}
    return dict.fromkeys(made, DryRunSender()) if settings.dry_run else made


def _sms(s: Settings) -> Sender:
    if s.sms == "outbox":
        return OutboxSender()
    from outreach.senders.twilio import TwilioSender  # the SDKs are slow to load: only who uses one waits for it

    with _naming("TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, OUTREACH_TWILIO_FROM or OUTREACH_TWILIO_MESSAGING_SERVICE"):
        return TwilioSender(
            account_sid=s.twilio_account_sid, auth_token=s.twilio_auth_token.get_secret_value(), from_=s.twilio_from,
            messaging_service_sid=s.twilio_messaging_service, base_url=s.twilio_base_url or None,
            per_second=s.sms_per_second or None, two_phase=s.two_phase in (True, "sms"),
            status_callback=f"{s.public_url.rstrip('/')}/hooks/twilio/status" if s.public_url else None,
        )  # fmt: skip


def caller(s: Settings) -> Caller | None:
    """Who puts calls through; None where that isn't set up. Raises ConfigError when something it needs is missing, in
    a dry run too."""
    if not s.twilio_voice_from:
        return None
    from outreach.senders.twilio_calls import TwilioCaller

    with _naming("TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, OUTREACH_TWILIO_VOICE_FROM, OUTREACH_PUBLIC_URL"):
        made = TwilioCaller(
            account_sid=s.twilio_account_sid, auth_token=s.twilio_auth_token.get_secret_value(),
            from_=s.twilio_voice_from, public_url=s.public_url, base_url=s.twilio_base_url or None,
        )  # fmt: skip
    return DryRunCaller() if s.dry_run else made


def _email(s: Settings, clock: Clock, links: Links | None) -> Sender:
    if s.email == "outbox":
        return OutboxSender()
    if s.email == "sendgrid":
        from outreach.senders.sendgrid import SendGridSender

        with _naming("SENDGRID_API_KEY, OUTREACH_EMAIL_FROM"):
            return SendGridSender(
                api_key=s.sendgrid_api_key.get_secret_value(), from_email=s.email_from, from_name=s.email_from_name,
                host=s.sendgrid_host or None, unsubscribe_url=_way_out(links), unsubscribe_mailto=s.unsubscribe_mailto,
                two_phase=s.two_phase in (True, "email"),
            )  # fmt: skip
    from outreach.senders.smtp import SmtpSender

    with _naming("OUTREACH_SMTP_HOST, OUTREACH_SMTP_USERNAME, OUTREACH_SMTP_PASSWORD, OUTREACH_EMAIL_FROM"):
        return SmtpSender(
            host=s.smtp_host, port=s.smtp_port, username=s.smtp_username, password=s.smtp_password.get_secret_value(),
            starttls=s.smtp_starttls, from_email=s.email_from, from_name=s.email_from_name, clock=clock,
            unsubscribe_url=_way_out(links), unsubscribe_mailto=s.unsubscribe_mailto,
        )  # fmt: skip


def _way_out(links: Links | None) -> Callable[[Message], str | None] | None:
    return None if links is None else lambda m: links.url(m.customer, m.channel, m.purpose, m.to)


def links(settings: Settings, secret: bytes) -> Links:
    """The links of e-mails, signed with the keys of the settings, the newest first, and with one of the house's own.
    Raises ConfigError."""
    keys: dict[str, bytes] = {}
    for part in filter(None, settings.unsubscribe_keys.get_secret_value().replace(",", " ").split()):
        name, _, key = part.partition(":")
        if not (name.isalnum() and name.isascii() and name != OWN_KEY and len(key) >= 16) or name in keys:
            told = "names of letters and digits, each once, none of them 0; keys of 16 characters; the first one signs"
            raise ConfigError(f"OUTREACH_UNSUBSCRIBE_KEYS is written NAME:KEY,NAME:KEY ({told})")
        keys[name] = key.encode()
    return Links(settings.public_url, settings.tenant, secret, keys | {OWN_KEY: own_key(secret)})


def sms_limits(settings: Settings) -> SmsLimits:
    """What may be spent on SMS; the outbox spends nothing. Raises ConfigError."""
    if settings.sms == "outbox":
        return SmsLimits()
    return SmsLimits(
        countries=_countries(settings), segments_per_day=settings.sms_segments_per_day,
        new_per_hour=settings.sms_new_per_hour,
    )  # fmt: skip


def _countries(s: Settings) -> frozenset[str]:
    given = {code.upper() for code in s.sms_countries.replace(",", " ").split()}
    if "*" in given:
        return frozenset()
    if wrong := sorted(given - phonenumbers.SUPPORTED_REGIONS):
        raise ConfigError(f"OUTREACH_SMS_COUNTRIES: {', '.join(wrong)} is no country; write US,CA, or * for anywhere")
    return frozenset(given or filter(None, [_country_of(s.twilio_from) or _country_of(s.business_phone)]))


def _country_of(number: str) -> str:
    """Where a number of the house is from; "" when that can't be told."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number)) or ""
    except phonenumbers.NumberParseException:
        return ""


@contextmanager
def _naming(variables: str) -> Iterator[None]:
    """A sender says what it lacks; we, where that is written."""
    try:
        yield
    except ConfigError as error:
        raise ConfigError(f"{error} (set {variables})") from error

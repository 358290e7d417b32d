"""Which provider sends what, as the settings say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from outreach.errors import ConfigError
from outreach.ports import Clock, Sender
from outreach.senders.dry_run import DryRunSender
from outreach.senders.outbox import OutboxSender
from outreach.settings import Settings


def senders(settings: Settings, clock: Clock) -> dict[str, Sender]:
    """Channel → sender, as the settings say. Raises ConfigError when credentials are missing, in a dry run too."""
    made = {"sms": _sms(settings), "email": _email(settings, clock)}
    return dict.fromkeys(made, DryRunSender()) if settings.dry_run else made


def _sms(s: Settings) -> Sender:
    if s.sms == "outbox":
        return OutboxSender()
    from outreach.senders.twilio import TwilioSender  # the SDKs are slow to load: only who uses one waits for it

    with _naming("TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, OUTREACH_TWILIO_FROM or OUTREACH_TWILIO_MESSAGING_SERVICE"):
        return TwilioSender(
            account_sid=s.twilio_account_sid, auth_token=s.twilio_auth_token.get_secret_value(), from_=s.twilio_from,
            messaging_service_sid=s.twilio_messaging_service, base_url=s.twilio_base_url or None,
            status_callback=f"{s.public_url.rstrip('/')}/hooks/twilio/status" if s.public_url else None,
        )  # fmt: skip


def _email(s: Settings, clock: Clock) -> Sender:
    if s.email == "outbox":
        return OutboxSender()
    if s.email == "sendgrid":
        from outreach.senders.sendgrid import SendGridSender

        with _naming("SENDGRID_API_KEY, OUTREACH_EMAIL_FROM"):
            return SendGridSender(
                api_key=s.sendgrid_api_key.get_secret_value(), from_email=s.email_from, from_name=s.email_from_name,
                host=s.sendgrid_host or None,
            )  # fmt: skip
    from outreach.senders.smtp import SmtpSender

    with _naming("OUTREACH_SMTP_HOST, OUTREACH_SMTP_USERNAME, OUTREACH_SMTP_PASSWORD, OUTREACH_EMAIL_FROM"):
        return SmtpSender(
            host=s.smtp_host, port=s.smtp_port, username=s.smtp_username, password=s.smtp_password.get_secret_value(),
            starttls=s.smtp_starttls, from_email=s.email_from, from_name=s.email_from_name, clock=clock,
        )  # fmt: skip


@contextmanager
def _naming(variables: str) -> Iterator[None]:
    """A sender says what it lacks; we, where that is written."""
    try:
        yield
    except ConfigError as error:
        raise ConfigError(f"{error} (set {variables})") from error

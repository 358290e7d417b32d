"""By what providers seal their callbacks, checked with their own SDKs: nobody else's is taken.

What is sealed is the address that the provider called, as we told it to (OUTREACH_PUBLIC_URL): never what a request
says of itself in `Host` or `X-Forwarded-…`, which anybody may write.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from starlette.datastructures import ImmutableMultiDict

from outreach.errors import ConfigError
from outreach.settings import Settings

#: SendGrid tries again for a day.
OLDEST: Final = timedelta(hours=25)
FASTEST_CLOCK: Final = timedelta(hours=1)
#: A P-256 signature in DER has 72 bytes at most.
LONGEST_SIGNATURE: Final = 200


@dataclass(frozen=True, slots=True)
class TwilioSeal:
    """`tokens` are the account's: the one in force, and the one before it while they are being changed."""

    base: str
    tokens: tuple[str, ...] = field(repr=False)

    def fits(self, path: bytes, query: bytes, form: ImmutableMultiDict[str, str], signature: str) -> bool:
        """Whether Twilio called this path with this form. All fields count, those too that nobody here reads."""
        from twilio.request_validator import RequestValidator  # type: ignore[import-untyped,unused-ignore]

        if not (self.base and signature and len(signature) < LONGEST_SIGNATURE):
            return False
        try:
            url = self.base.rstrip("/") + path.decode("ascii") + (f"?{query.decode('ascii')}" if query else "")
            return any([bool(RequestValidator(token).validate(url, form, signature)) for token in self.tokens])
        except (ValueError, TypeError):
            return False


@dataclass(frozen=True, slots=True)
class SendGridSeal:
    """`verify` is SendGrid's own, with the house's public key; None when there is none."""

    verify: Callable[[str, str, str], Any] | None

    def fits(self, body: bytes, signature: str, timestamp: str, now: datetime) -> bool:
        """Whether SendGrid sealed this body, and not longer ago than it tries."""
        if self.verify is None or not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
            return False
        if not -FASTEST_CLOCK <= now - datetime.fromtimestamp(int(timestamp), UTC) <= OLDEST:
            return False
        try:
            base64.b64decode(signature, validate=True)
            return len(signature) < LONGEST_SIGNATURE and bool(self.verify(body.decode(), signature, timestamp))
        except (ValueError, TypeError, binascii.Error):
            return False


def twilio_seal(settings: Settings) -> TwilioSeal:
    """As the settings say; without a token or a public address nothing fits."""
    given = (settings.twilio_auth_token, settings.twilio_old_auth_token)
    return TwilioSeal(settings.public_url, tuple(filter(None, (token.get_secret_value() for token in given))))


def sendgrid_seal(settings: Settings) -> SendGridSeal:
    """As the settings say; without a key nothing fits. Raises ConfigError for what is no key."""
    text = "".join(re.sub(r"-----[A-Z ]+-----", "", settings.sendgrid_webhook_key).split())
    if not text:
        return SendGridSeal(None)
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
    from sendgrid.helpers.eventwebhook import EventWebhook  # type: ignore[import-untyped,unused-ignore]

    told = "copy the verification key from SendGrid's Mail Settings > Event Webhook > Security features"
    try:
        webhook = EventWebhook(text)
    except Exception as error:
        raise ConfigError(f"SENDGRID_WEBHOOK_KEY is no public key: {told}") from error
    if not (isinstance(webhook.public_key, EllipticCurvePublicKey) and isinstance(webhook.public_key.curve, SECP256R1)):
        raise ConfigError(f"SENDGRID_WEBHOOK_KEY is no ECDSA key on P-256: {told}")
    return SendGridSeal(webhook.verify_signature)

"""Providers as callers: they seal what they say with their own SDK's code, as Twilio and SendGrid do."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from twilio.request_validator import RequestValidator

from tests.web.house import House

PUBLIC = "https://outreach.example"
TOKEN, OLD_TOKEN = "the-token-in-force", "the-token-before"
KEY = ec.generate_private_key(ec.SECP256R1())


def public_key(key: Any = KEY) -> str:
    der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


SETTINGS: Mapping[str, Any] = {
    "public_url": PUBLIC, "api_key": "key", "TWILIO_AUTH_TOKEN": TOKEN, "twilio_old_auth_token": OLD_TOKEN,
    "SENDGRID_WEBHOOK_KEY": public_key(),
}  # fmt: skip


def sid(number: int) -> str:
    return f"SM{number:032x}"


@dataclass
class Twilio:
    """`said` keeps what was sent, for replays."""

    house: House
    said: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)

    def call(self, path: str, fields: Any, *, token: str = TOKEN, url: str = "", **headers: str) -> Any:
        pairs = list(fields.items()) if isinstance(fields, Mapping) else list(fields)
        signature = RequestValidator(token).compute_signature(url or PUBLIC + path, dict(pairs))
        sealed = {"x-twilio-signature": signature, "content-type": "application/x-www-form-urlencoded"}
        return self.send(path, urlencode(pairs).encode(), sealed | headers)

    def send(self, path: str, body: bytes, headers: dict[str, str]) -> Any:
        self.said.append((path, body, headers))
        return self.house.guest(base_url=PUBLIC).post(path, content=body, headers=headers)

    def status(self, number: int, status: str, attempt: str, code: str = "") -> Any:
        fields = {"MessageSid": sid(number), "MessageStatus": status, "To": "+12125550101", "AccountSid": "AC1"}
        return self.call(f"/hooks/twilio/status?attempt={attempt}", fields | ({"ErrorCode": code} if code else {}))

    def text(self, number: int, text: str, sender: str = "+12125550101", **more: str) -> Any:
        fields = {"MessageSid": sid(number), "From": sender, "To": "+12125550199", "Body": text, "NumMedia": "0"}
        return self.call("/hooks/twilio/inbound", fields | more)


@dataclass
class SendGrid:
    house: House
    key: Any = KEY

    def call(self, events: Sequence[Any] | bytes, *, at: datetime | None = None, **headers: str) -> Any:
        body = events if isinstance(events, bytes) else json.dumps(events).encode()
        stamp = str(int((at or self.house.clock.now()).timestamp()))
        signature = self.key.sign(stamp.encode() + body, ec.ECDSA(hashes.SHA256()))
        sealed = {
            "x-twilio-email-event-webhook-signature": base64.b64encode(signature).decode(),
            "x-twilio-email-event-webhook-timestamp": stamp,
            "content-type": "application/json",
        }
        return self.send(body, sealed | headers)

    def send(self, body: bytes, headers: dict[str, str]) -> Any:
        return self.house.guest(base_url=PUBLIC).post("/hooks/sendgrid/events", content=body, headers=headers)

    def event(self, number: int, kind: str, attempt: str = "", email: str = "maya@example.com", **more: Any) -> Any:
        now = int(self.house.clock.now().timestamp())
        said = {"sg_event_id": f"sg-{number}", "event": kind, "email": email, "timestamp": now, "sg_message_id": "m"}
        return said | ({"attempt": attempt} if attempt else {}) | more

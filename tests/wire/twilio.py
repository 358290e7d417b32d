"""Twilio's Messages API, as far as sending goes: the same paths, sign-in, fields, replies and codes."""

from __future__ import annotations

import base64
import json
from urllib.parse import parse_qs

from tests.wire.server import Heard, Said
from tests.wire.specs import hold_to

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "the-auth-token-nobody-may-see"
SERVICE = "MG" + "0123456789abcdef" * 2


class Twilio:
    """`accepted` is the truth: what would have gone out. `codes` names, by phone number, the error to answer with."""

    def __init__(self) -> None:
        self.accepted: list[dict[str, str]] = []
        self.codes: dict[str, tuple[int, int]] = {}  # number: (HTTP status, Twilio's code)
        self.status = "queued"
        self.error_code: int | None = None

    def __call__(self, heard: Heard) -> Said:
        if heard.headers.get("authorization") != "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode():
            return problem(401, 20003, "Authenticate")
        if heard.path != f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json":
            return problem(404, 20404, f"The requested resource {heard.path} was not found")
        fields = {name: values[0] for name, values in parse_qs(heard.body.decode()).items()}
        if fields["To"] in self.codes:
            return problem(*self.codes[fields["To"]], f"The 'To' number {fields['To']} will not do.")
        said = self.created(fields)
        hold_to("twilio_messages_subset", heard, said)
        self.accepted.append(fields)
        return said

    def created(self, fields: dict[str, str]) -> Said:
        sid = f"SM{len(self.accepted) + 1:032x}"
        message = {
            "sid": sid,
            "account_sid": ACCOUNT,
            "api_version": "2010-04-01",
            "body": fields["Body"],
            "to": fields["To"],
            "from": fields.get("From"),
            "messaging_service_sid": fields.get("MessagingServiceSid"),
            "status": self.status,
            "direction": "outbound-api",
            "date_created": "Fri, 13 Nov 2026 15:00:00 +0000",
            "date_updated": "Fri, 13 Nov 2026 15:00:00 +0000",
            "date_sent": None,
            "error_code": self.error_code,
            "error_message": None,
            "num_media": "0",
            "num_segments": "1",
            "price": None,
            "price_unit": "USD",
            "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}.json",
            "subresource_uris": {},
        }
        return Said(201, json.dumps(message).encode())


def problem(status: int, code: int, text: str, **headers: str) -> Said:
    """An error as Twilio writes it. `Retry_After="7"` becomes a header."""
    more = f"https://www.twilio.com/docs/errors/{code}"
    body = json.dumps({"code": code, "message": text, "more_info": more, "status": status})
    return Said(status, body.encode(), {name.replace("_", "-"): value for name, value in headers.items()})


def problem_9457(status: int, code: int, text: str) -> Said:
    """An error as Twilio's newer services write it (RFC 9457). Its own `status` need not be the reply's."""
    more = f"https://www.twilio.com/docs/errors/{code}"
    body = json.dumps({"type": more, "title": text, "status": 418, "code": code, "detail": text})
    return Said(status, body.encode(), {"Content-Type": "application/problem+json"})

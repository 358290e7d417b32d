"""SendGrid's v3 Mail Send: the same path, sign-in, checks and replies."""

from __future__ import annotations

import json
from typing import Any

from tests.wire.server import Heard, Said
from tests.wire.specs import hold_to

KEY = "SG.the-api-key.nobody-may-see"


class SendGrid:
    """`accepted` is the truth: the bodies of the mails that would have gone out."""

    def __init__(self) -> None:
        self.accepted: list[dict[str, Any]] = []
        self.blacklist: dict[str, Said] = {}  # address: what to say to it

    def __call__(self, heard: Heard) -> Said:
        if heard.headers.get("authorization") != f"Bearer {KEY}":
            return errors(401, "The provided authorization grant is invalid, expired, or revoked")
        if heard.path != "/v3/mail/send":
            return errors(404, "Not found")
        mail = json.loads(heard.body)
        to = mail["personalizations"][0]["to"][0]["email"]
        if to in self.blacklist:
            return self.blacklist[to]
        hold_to("sendgrid_mail_subset", heard)
        self.accepted.append(mail)
        return Said(202, b"", {"X-Message-Id": f"sg-{len(self.accepted)}"})


def errors(status: int, text: str, where: str | None = None, **headers: str) -> Said:
    """An error as SendGrid writes it. `Retry_After="7"` becomes a header."""
    body = json.dumps({"errors": [{"message": text, "field": where, "help": None}]})
    return Said(status, body.encode(), {name.replace("_", "-"): value for name, value in headers.items()})

"""Twilio's Calls API, as far as placing and looking up goes, and what Twilio does with a call afterwards: it plays the
TwiML, asks the address that it names, and tells how each leg stands."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs

from tests.wire.server import Heard, Said
from tests.wire.specs import hold_to

SPEC = "twilio_calls_subset"
#: What one may say of a call when one makes it, of what is said here.
FIELDS = {
    "To", "From", "Twiml", "Timeout", "TimeLimit", "StatusCallback", "StatusCallbackEvent", "StatusCallbackMethod",
}  # fmt: skip
EVENTS = {"initiated", "ringing", "answered", "completed"}


class Calls:
    """`placed` is the truth: whose phone rings. `codes` names, by number, the error to answer with."""

    def __init__(self, account: str, clock: Callable[[], datetime]) -> None:
        self.account, self.clock = account, clock
        self.placed: list[dict[str, Any]] = []
        self.calls: list[dict[str, Any]] = []
        self.codes: dict[str, tuple[int, int]] = {}

    def sid(self, number: int = 0) -> str:
        return f"CA{number or len(self.placed):032x}"

    def create(self, heard: Heard, problem: Callable[..., Said]) -> Said:
        fields = parse_qs(heard.body.decode(), keep_blank_values=True)
        one = {name: values[0] for name, values in fields.items()}
        if one["To"] in self.codes:
            return problem(*self.codes[one["To"]], f"The phone number {one['To']} will not do.")
        assert set(fields) <= FIELDS, fields
        assert set(fields["StatusCallbackEvent"]) <= EVENTS
        if len(one["Twiml"]) > 4000 or ET.fromstring(one["Twiml"]).tag != "Response":
            return problem(400, 21218, "Invalid Twiml")
        self.placed.append(one)
        call = {
            "sid": self.sid(), "account_sid": self.account, "api_version": "2010-04-01", "to": one["To"],
            "from": one["From"], "status": "queued", "direction": "outbound-api", "duration": None,
            "date_created": format_datetime(self.clock()), "uri": f"/{self.sid()}.json", "subresource_uris": {},
        }  # fmt: skip
        self.calls.append(call)
        said = Said(201, json.dumps(call).encode())
        hold_to(SPEC, heard, said)
        return said

    def fetch(self, heard: Heard, sid: str, problem: Callable[..., Said]) -> Said:
        found = next((c for c in self.calls if c["sid"] == sid), None)
        if found is None:
            return problem(404, 20404, f"The requested resource {heard.path} was not found")
        said = Said(200, json.dumps(found).encode())
        hold_to(SPEC, heard, said)
        return said

"""Twilio's Messages API, as far as sending, listing and cancelling goes: the same paths, sign-in, fields, replies and
codes. Its Calls API stands beside it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, urlencode

from tests.wire.server import Heard, Said
from tests.wire.specs import hold_to
from tests.wire.twilio_calls import Calls

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "the-auth-token-nobody-may-see"
SPEC = "twilio_messages_subset"
SERVICE = "MG" + "0123456789abcdef" * 2


HOME = f"/2010-04-01/Accounts/{ACCOUNT}/Messages"
CALLS = f"/2010-04-01/Accounts/{ACCOUNT}/Calls"
NOON = datetime(2026, 11, 13, 15, tzinfo=UTC)
SOONEST = timedelta(seconds=300)


class Twilio:
    """`accepted` is the truth: what would have gone out; `messages` the same as Twilio shows it. `codes` names, by
    phone number, the error to answer with. `clock` says when a message is created."""

    def __init__(self, clock: Callable[[], datetime] = lambda: NOON) -> None:
        self.accepted: list[dict[str, str]] = []
        self.messages: list[dict[str, Any]] = []
        self.codes: dict[str, tuple[int, int]] = {}  # number: (HTTP status, Twilio's code)
        self.status = "queued"
        self.error_code: int | None = None
        self.clock = clock
        self.calls = Calls(ACCOUNT, clock)

    def __call__(self, heard: Heard) -> Said:
        if heard.headers.get("authorization") != "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode():
            return problem(401, 20003, "Authenticate")
        fields = {name: values[0] for name, values in parse_qs(heard.body.decode()).items()}
        if heard.path.startswith(CALLS):
            of = heard.path.removeprefix(CALLS).removesuffix(".json").removeprefix("/")
            return self.calls.fetch(heard, of, problem) if of else self.calls.create(heard, problem)
        sid = heard.path.removeprefix(f"{HOME}/").removesuffix(".json")
        match heard.method, heard.path:
            case "POST", path if path == f"{HOME}.json":
                return self.create(heard, fields)
            case "GET", path if path == f"{HOME}.json":
                return self.listed(heard)
            case "POST", _ if sid in {m["sid"] for m in self.messages}:
                return self.changed(heard, sid, fields)
        return problem(404, 20404, f"The requested resource {heard.path} was not found")

    def create(self, heard: Heard, fields: dict[str, str]) -> Said:
        if fields["To"] in self.codes:
            return problem(*self.codes[fields["To"]], f"The 'To' number {fields['To']} will not do.")
        scheduled = "SendAt" in fields and "MessagingServiceSid" in fields  # without a service it goes at once
        if scheduled and datetime.fromisoformat(fields["SendAt"]) < self.clock() + SOONEST:
            return problem(400, 35115, "SendAt must be at least 300 seconds in the future")
        said = self.created(fields, "scheduled" if scheduled else self.status)
        hold_to(SPEC, heard, said)
        self.accepted.append(fields)
        self.messages.append(json.loads(said.body))
        return said

    def listed(self, heard: Heard) -> Said:
        """The newest first; its filter by number is exact."""
        asked = {name: values[0] for name, values in parse_qs(heard.query).items()}
        found = [m for m in reversed(self.messages) if m["to"] == asked.get("To", m["to"])]
        size, page = int(asked.get("PageSize", 50)), int(asked.get("Page", 0))
        here = f"{HOME}.json?{urlencode({'To': asked.get('To', ''), 'PageSize': size})}"
        more = f"{here}&Page={page + 1}" if (page + 1) * size < len(found) else None
        book = {
            "first_page_uri": f"{here}&Page=0", "next_page_uri": more, "previous_page_uri": None, "page": page,
            "page_size": size, "start": page * size, "end": page * size + size - 1, "uri": f"{here}&Page={page}",
            "messages": found[page * size : (page + 1) * size],
        }  # fmt: skip
        said = Said(200, json.dumps(book).encode())
        hold_to(SPEC, heard, said)
        return said

    def changed(self, heard: Heard, sid: str, fields: dict[str, str]) -> Said:
        message = next(m for m in self.messages if m["sid"] == sid)
        if fields != {"Status": "canceled"} or message["status"] != "scheduled":
            return problem(400, 30409, "Message can not be canceled")
        message["status"] = "canceled"
        said = Said(200, json.dumps(message).encode())
        hold_to(SPEC, heard, said)
        return said

    def created(self, fields: dict[str, str], status: str) -> Said:
        sid, now = f"SM{len(self.accepted) + 1:032x}", format_datetime(self.clock())
        message = {
            "sid": sid,
            "account_sid": ACCOUNT,
            "api_version": "2010-04-01",
            "body": fields["Body"],
            "to": fields["To"],
            "from": fields.get("From"),
            "messaging_service_sid": fields.get("MessagingServiceSid"),
            "status": status,
            "direction": "outbound-api",
            "date_created": now,
            "date_updated": now,
            "date_sent": None,
            "error_code": self.error_code,
            "error_message": None,
            "num_media": "0",
            "num_segments": "1",
            "price": None,
            "price_unit": "USD",
            "uri": f"{HOME}/{sid}.json",
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

"""SendGrid's v3 Mail Send and Cancel Scheduled Sends: the same paths, sign-in, checks and replies."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.wire.server import Heard, Said
from tests.wire.specs import hold_to

KEY = "SG.the-api-key.nobody-may-see"
SPEC = "sendgrid_mail_subset"
SCHEDULED = "/v3/user/scheduled_sends"
NOON = datetime(2026, 11, 13, 15, tzinfo=UTC)
#: So many may be cancelled at one time; so long before they go; and nothing may be scheduled further ahead.
MOST, SURE, FURTHEST = 10, timedelta(minutes=10), timedelta(hours=72)


class SendGrid:
    """`accepted` is the truth: the bodies of the mails that it took, each with the moment `at` which it came in `came`.
    `cancelled` has batches, and when each was. `clock` says what time it is."""

    def __init__(self, clock: Callable[[], datetime] = lambda: NOON) -> None:
        self.accepted: list[dict[str, Any]] = []
        self.came: list[datetime] = []
        self.blacklist: dict[str, Said] = {}  # address: what to say to it
        self.batches: list[str] = []
        self.cancelled: dict[str, datetime] = {}
        self.clock = clock

    def __call__(self, heard: Heard) -> Said:
        if heard.headers.get("authorization") != f"Bearer {KEY}":
            return errors(401, "The provided authorization grant is invalid, expired, or revoked")
        match heard.method, heard.path:
            case "POST", "/v3/mail/send":
                return self.send(heard)
            case "POST", "/v3/mail/batch":
                self.batches.append(f"batch-{len(self.batches) + 1}")
                return self._said(heard, 201, {"batch_id": self.batches[-1]})
            case "POST", path if path == SCHEDULED:
                return self.cancel(heard)
            case "GET", path if path == SCHEDULED:
                return self._said(heard, 200, [_status(b) for b in self.cancelled])
            case "GET", path if path.startswith(f"{SCHEDULED}/"):
                batch = path.removeprefix(f"{SCHEDULED}/")
                return self._said(heard, 200, [_status(b) for b in self.cancelled if b == batch])
        return errors(404, "Not found")

    def send(self, heard: Heard) -> Said:
        mail = json.loads(heard.body)
        to = mail["personalizations"][0]["to"][0]["email"]
        if to in self.blacklist:
            return self.blacklist[to]
        if "batch_id" in mail and mail["batch_id"] not in self.batches:
            return errors(400, "Batch ID is invalid", "batch_id")
        if "send_at" in mail and _moment(mail) > self.clock() + FURTHEST:
            return errors(400, "Scheduling delivery more than 72 hours in advance is forbidden", "send_at")
        hold_to(SPEC, heard)
        self.accepted.append(mail)
        self.came.append(self.clock())
        return Said(202, b"", {"X-Message-Id": f"sg-{len(self.accepted)}"})

    def cancel(self, heard: Heard) -> Said:
        asked = json.loads(heard.body)
        batch = asked["batch_id"]
        if batch not in self.batches or batch in self.cancelled or asked["status"] != "cancel":
            return errors(400, "batch id is invalid, or has been paused or cancelled already", "batch_id")
        if len(self.cancelled) >= MOST:
            return errors(400, f"cannot pause or cancel more than {MOST} batches")
        self.cancelled[batch] = self.clock()
        return self._said(heard, 201, _status(batch))

    def live(self) -> list[dict[str, Any]]:
        """What the customer gets: what came in, but for what was cancelled in time. Cancelled later, it is sent; what
        comes in after its moment is sent at once, unless it was cancelled before that moment."""
        return [m for m in self.accepted if not self._discarded(m)]

    def _discarded(self, mail: dict[str, Any]) -> bool:
        at = self.cancelled.get(mail.get("batch_id", ""))
        return at is not None and at + SURE <= _moment(mail)

    def _said(self, heard: Heard, status: int, what: object) -> Said:
        said = Said(status, json.dumps(what).encode())
        hold_to(SPEC, heard, said)
        return said


def _status(batch: str) -> dict[str, str]:
    return {"batch_id": batch, "status": "cancel"}


def _moment(mail: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(mail["send_at"], UTC)


def errors(status: int, text: str, where: str | None = None, **headers: str) -> Said:
    """An error as SendGrid writes it. `Retry_After="7"` becomes a header."""
    body = json.dumps({"errors": [{"message": text, "field": where, "help": None}]})
    return Said(status, body.encode(), {name.replace("_", "-"): value for name, value in headers.items()})

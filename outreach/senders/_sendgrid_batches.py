"""What SendGrid says of batches: by one a mail that lies there until its moment can be taken back.

At most ten may be cancelled at one time, and it must be ten minutes before they would go.
https://www.twilio.com/docs/sendgrid/api-reference/cancel-scheduled-sends
"""

from __future__ import annotations

import json
import re
from typing import Any

from outreach.ports import Refused, Unsent
from outreach.senders._answers import answer, by_status, seconds_to_wait
from outreach.senders._http import Reply

MOST = 10
BATCH = re.compile(r"[A-Za-z0-9_-]{1,100}")


def new_batch(reply: Reply) -> str | Unsent | Refused:
    """The new batch's id, or why there is none. No mail was handed over: what would be unknown of one is unsent."""
    id_ = _field(_read(reply), "batch_id")
    if reply.status == 201 and isinstance(id_, str) and BATCH.fullmatch(id_):
        return id_
    code = str(reply.status)
    said = answer(by_status(reply.status), code, "no batch to be had", seconds_to_wait(reply.headers))
    if isinstance(said, Unsent) or (isinstance(said, Refused) and said.stop_sender):
        return said
    return Unsent(code=f"batch_{code}", text="no batch to be had")


def is_cancelled(reply: Reply, batch: str) -> bool:
    """Whether this says that the batch is cancelled: one status, or a list of them."""
    said = _read(reply) if reply.status in (200, 201) else None
    listed = said if isinstance(said, list) else [said]
    return any(_field(one, "batch_id") == batch and _field(one, "status") == "cancel" for one in listed)


def room_left(reply: Reply) -> int:
    """How many more may be cancelled, by the list of those that are; none when it can't be told."""
    said = _read(reply)
    return max(0, MOST - len(said)) if reply.status == 200 and isinstance(said, list) else 0


def _read(reply: Reply) -> Any:
    try:
        return json.loads(reply.body)
    except ValueError:
        return None


def _field(said: object, name: str) -> object:
    return said.get(name) if isinstance(said, dict) else None

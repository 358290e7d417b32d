"""What SendGrid's statuses mean for us, as data.

https://www.twilio.com/docs/sendgrid/api-reference/how-to-use-the-sendgrid-v3-api/responses
https://www.twilio.com/docs/sendgrid/api-reference/how-to-use-the-sendgrid-v3-api/rate-limits
https://www.twilio.com/docs/sendgrid/api-reference/mail-send/errors
401 also says "out of credits", 403 "From isn't verified": https://support.sendgrid.com article 18322114821403
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from outreach.senders._answers import Verdict, by_status

#: Status, what it means, what we do. 202 is the one yes. What isn't here counts as any provider's (`by_status`).
TABLE: tuple[tuple[int, str, Verdict], ...] = (
    (400, "bad request", "refuse"),
    (401, "key wrong or withdrawn, or no credits left", "stop"),
    (403, "From isn't verified, or the account may not (also: blocked for a while)", "stop"),
    (404, "no such endpoint: our host is wrong", "stop"),
    (405, "no such method: our host is wrong", "stop"),
    (406, "the request says it wants no JSON", "refuse"),
    (413, "mail too large", "refuse"),
    (415, "content type not taken", "refuse"),
    (429, "too many requests: until X-RateLimit-Reset (seconds since 1970)", "pace"),
    (500, "may have been queued", "unknown"),
    (502, "may have been queued", "unknown"),
    (503, "may have been queued", "unknown"),
    (504, "may have been queued", "unknown"),
)
STATUSES = {status: verdict for status, _, verdict in TABLE}
#: A 400 whose every complaint names such a field is about her address.
ADDRESS = re.compile(r"personalizations\b.*\.to\b")


def verdict_of(status: int, fields: Iterable[str]) -> Verdict:
    """What a status means that isn't the yes; `fields` are what its errors complain about."""
    named = list(fields)
    if status == 400 and named and all(ADDRESS.match(f) for f in named):
        return "suppress"
    return STATUSES.get(status) or by_status(status)

"""What a mail server's codes mean for us, as data. The enhanced code says more than the plain one, where there is one.

Plain: RFC 5321 section 4.2 · enhanced: RFC 3463, RFC 7372 (SPF, DKIM), RFC 7505 (null MX), and the register
https://www.iana.org/assignments/smtp-enhanced-status-codes
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from outreach.senders._answers import Verdict

#: By the plain code, once her address is named. 4xx is "later", 5xx "never".
PLAIN: tuple[tuple[int, str, Verdict], ...] = (
    (421, "closing for now", "wait"),
    (450, "mailbox busy, or greylisted", "wait"),
    (451, "error in processing", "wait"),
    (452, "no room now", "wait"),
    (550, "not taken: no mailbox, or policy; only an enhanced code says which", "refuse"),
    (551, "not here", "refuse"),
    (552, "too large, or her mailbox is full", "refuse"),
    (553, "mailbox name not allowed", "refuse"),
    (554, "failed", "refuse"),
)
#: By the enhanced code; `.x` stands for any number that isn't named.
ENHANCED: tuple[tuple[str, str, Verdict], ...] = (
    ("5.1.1", "no such mailbox", "suppress"),
    ("5.1.2", "no such host", "suppress"),
    ("5.1.3", "bad syntax", "suppress"),
    ("5.1.6", "moved away", "suppress"),
    ("5.1.10", "her domain takes no mail (null MX)", "suppress"),
    ("5.2.1", "mailbox disabled", "suppress"),
    ("5.1.7", "our address: bad syntax", "stop"),
    ("5.1.8", "our address: no such host", "stop"),
    ("5.2.2", "mailbox full", "refuse"),
    ("5.3.4", "mail too large", "refuse"),
    ("5.7.0", "not secure enough, or not signed in", "stop"),
    ("5.7.3", "not secure enough", "stop"),
    ("5.7.8", "user name or password wrong", "stop"),
    ("5.7.9", "this way to sign in is too weak", "stop"),
    ("5.7.11", "this way to sign in needs TLS", "stop"),
    ("5.7.20", "no good DKIM signature", "stop"),
    ("5.7.21", "no acceptable DKIM signature", "stop"),
    ("5.7.22", "no DKIM signature of the author's", "stop"),
    ("5.7.23", "SPF says no", "stop"),
    ("5.7.24", "SPF can't be read", "stop"),
    ("5.7.25", "no reverse DNS for our server", "stop"),
    ("5.7.26", "several of these checks failed", "stop"),
    ("5.7.27", "our domain takes no mail (null MX)", "stop"),
    ("5.7.x", "policy: this mail, there", "refuse"),
    ("4.7.1", "not yet: greylisted", "wait"),
    ("4.4.5", "congestion", "pace"),
    ("4.7.x", "policy: not so fast", "pace"),
)
_PLAIN: Mapping[int, Verdict] = {code: verdict for code, _, verdict in PLAIN}
_ENHANCED: Mapping[str, Verdict] = {code: verdict for code, _, verdict in ENHANCED}
#: What a 5xx means that isn't named. Before the customer's address is named it can only be about us.
STAGES: Mapping[str, Verdict] = {"session": "stop", "sender": "stop", "recipient": "refuse", "data": "refuse"}


def verdict_of(stage: str, code: int, text: str) -> Verdict:
    """What a server meant that said no, in answer to `stage`. Neither 4xx nor 5xx is a line that talks nonsense before
    the text was over: unsent."""
    if not 400 <= code < 600:
        return "wait"
    found = re.match(r"\s*([245]\.\d{1,3})\.(\d{1,3})\b", text)
    enhanced = found if found and found[1][0] == str(code)[0] else None
    said = _ENHANCED.get(f"{enhanced[1]}.{enhanced[2]}") or _ENHANCED.get(f"{enhanced[1]}.x") if enhanced else None
    if code < 500:
        return said or "wait"
    if STAGES[stage] == "stop":
        return "stop"
    if said == "suppress" and stage != "recipient":  # of the text a server may say so for anybody's sake
        return "refuse"
    return said or _PLAIN.get(code) or STAGES[stage]

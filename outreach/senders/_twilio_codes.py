"""Twilio's error codes and message states, as data: what each means for us, in replies and in status callbacks.

https://www.twilio.com/docs/api/errors · https://www.twilio.com/docs/messaging/api/message-resource#message-status-values
"""

from __future__ import annotations

from collections.abc import Mapping

from outreach.core.delivery import News
from outreach.senders._answers import Verdict

# Opted out · not a number, a short code, not a mobile, a landline · unknown, cannot be reached
SUPPRESS = (21610, 21211, 21265, 21614, 21635, 30005, 30006)
# Credentials, account · our number · our Messaging Service · region, trial, callback, validity, filtered, unregistered
ACCOUNT = (20003, 20005, 20008, 20404, 30002)
NUMBER = (21212, 21266, 21401, 21601, 21603, 21606, 21657, 21659, 21660, 21661, 21663)
SERVICE = (21701, 21702, 21703, 21704, 21705)
SETTINGS = (21408, 21608, 21609, 21624, 30007, 30034)
# Maintenance · SendAt too near
WAIT = (21730, 35115)
# 30 messages to one number in 30 s, "safe to retry", queue full, overflow, rate, the day's limit: not so fast
PACE = (14107, 20429, 21611, 30001, 30022, 63038)
# This message: too long, empty, no such media
REFUSE = (21617, 21619, 21620)

#: A code not named here counts by its HTTP status. 21612 (From and To don't go together) is such a one: it is as often
#: our number that is to blame as the customer's, whose address must not suffer for it.
CODES: Mapping[int, Verdict] = {
    **dict.fromkeys(SUPPRESS, "suppress"),
    **dict.fromkeys((*ACCOUNT, *NUMBER, *SERVICE, *SETTINGS), "stop"),
    **dict.fromkeys(WAIT, "wait"),
    **dict.fromkeys(PACE, "pace"),
    **dict.fromkeys(REFUSE, "refuse"),
}

#: Its states in our words; what is not here says nothing of how far a message has come.
STATES: Mapping[str, str] = {
    "accepted": "accepted", "scheduled": "accepted", "queued": "queued", "sending": "sending", "sent": "sent",
    "delivered": "delivered", "read": "delivered", "undelivered": "undelivered", "failed": "failed",
}  # fmt: skip


def news_of(sid: str, status: str, code: int = 0, text: str = "") -> News | None:
    """What a status callback says (`MessageSid`, `MessageStatus`, `ErrorCode`); None for a state that says nothing."""
    state = STATES.get(status)
    if state is None:
        return None
    suppress = CODES.get(code) == "suppress"
    return News(status=state, provider_id=sid, code=str(code) if code else "", text=text, suppress=suppress)

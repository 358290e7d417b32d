"""SMS through Twilio's Messages API, by Twilio's own SDK on our line.

Twilio has no idempotency key, and says of itself that a repeated POST may reach the customer twice. So: one call, and
what is not a clear yes or no is Unknown. The status callback carries our attempt id, which settles most of those.
https://www.twilio.com/docs/messaging/api/message-resource · https://www.twilio.com/docs/api/errors
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from twilio.base.exceptions import TwilioException  # type: ignore[import-untyped,unused-ignore]
from twilio.rest import Client  # type: ignore[import-untyped,unused-ignore]

from outreach.core.looking import CannotTell, Found, Window
from outreach.errors import ConfigError
from outreach.ports import Answer, Message, Refused, Sent, Unknown
from outreach.senders._answers import answer, broken_line, by_status, in_short, seconds_to_wait
from outreach.senders._http import Reply
from outreach.senders._line import LineError
from outreach.senders._twilio_codes import CODES
from outreach.senders._twilio_line import E164, TwilioLine, check_account
from outreach.senders._twilio_list import found_in

#: Twilio refuses a SendAt that is less than 300 s ahead (35115): so nobody, however late it wakes, creates a message
#: after its SendAt less that.
LEAD = timedelta(minutes=16)
#: Messages on one page of the list.
PAGE = 100
SID = re.compile(r"(SM|MM)[0-9a-fA-F]{32}")
UNDER_WAY = frozenset({"accepted", "scheduled", "queued", "sending", "sent", "delivered"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioSender:
    """One Twilio account and one sender of it: a number (`from_`) or a Messaging Service, not both.

    `status_callback` is the public address of our hook; each message adds `?attempt=` and its attempt id. `timeout` is
    (connect, read) in seconds, `total` bounds the call. After `validity` seconds (1 to 36,000), or what a message says
    itself, Twilio drops what it could not deliver: what waits in its queue is out of reach of a STOP. `per_second` is
    how many segments a second it works off; None: no matter. `two_phase` hands messages that name their moment to
    Twilio's own scheduler.

    Raises:
        ConfigError: credentials or sender missing, two senders, or an address that is not https.
    """

    account_sid: str
    auth_token: str = field(repr=False)
    from_: str = ""
    messaging_service_sid: str = ""
    status_callback: str | None = None
    base_url: str | None = None
    timeout: tuple[float, float] = (3.0, 10.0)
    total: float = 12.0
    validity: int = 4 * 3600
    per_second: float | None = None
    two_phase: bool = False

    name = "twilio"
    channels = frozenset({"sms"})

    @property
    def idempotency(self) -> str:
        """With two phases a message can be taken back, and none can be created after its moment is near."""
        return "revocable" if self.two_phase else "none"

    @property
    def lead(self) -> timedelta | None:
        """How long before it goes a message is handed over."""
        return LEAD if self.two_phase else None

    def __post_init__(self) -> None:
        check_account(self.account_sid, self.auth_token, self.base_url)
        if bool(self.from_) == bool(self.messaging_service_sid):
            raise ConfigError("Twilio needs a number to send from, or a Messaging Service: exactly one of the two")
        if self.two_phase and not self.messaging_service_sid:
            raise ConfigError("Twilio sends in two phases through a Messaging Service only")

    def send(self, message: Message) -> Answer:
        """One POST; every outcome is one of the four answers."""
        if not E164.fullmatch(message.to):
            return Refused(code="no_phone", text="not a phone number in international form (E.164)")
        line = TwilioLine(*self.timeout, self.total)
        try:
            created = self._client(line).messages.create(**self._fields(message))
            return _accepted(created, message)
        except LineError as error:
            return broken_line(error, message)
        except TwilioException as error:
            return _declined(error, line.reply, message)
        except Exception as error:  # a reply of a shape nobody has seen: not JSON, not an object
            return Unknown(code="unreadable", text=in_short(error, message))

    def cancel(self, provider_id: str) -> bool:
        """Take a scheduled message back; whether that is certain. Never raises."""
        try:
            changed = (
                self._client(TwilioLine(*self.timeout, self.total)).messages(provider_id).update(status="canceled")
            )
            return str(changed.status) == "canceled"
        except Exception:  # no line, a no, a reply of a shape nobody has seen: it may go out all the same
            return False

    def find(self, window: Window) -> Sequence[Found] | CannotTell:
        """What was created for this number by this sender in the window: Twilio lists by number, the newest first."""
        try:
            pages = self._client(TwilioLine(*self.timeout, self.total)).messages.page(to=window.to, page_size=PAGE)
            return found_in(pages, window, self._is_ours)
        except LineError as error:
            return CannotTell(text=f"Twilio could not be asked: {error.code}")
        except Exception as error:
            return CannotTell(text=f"Twilio's list could not be read: {type(error).__name__}")

    def _is_ours(self, message: Any) -> bool:
        return bool(self.from_ and message.from_ == self.from_) or bool(
            self.messaging_service_sid and message.messaging_service_sid == self.messaging_service_sid
        )

    def _client(self, line: TwilioLine) -> Client:
        return line.client(self.account_sid, self.auth_token, self.base_url)

    def _validity(self, message: Message) -> int:
        """Seconds, from 1 to 36,000: what the message itself may wait, and never longer than the sender's own."""
        return max(1, min(self.validity if message.valid_for is None else message.valid_for, self.validity))

    def _fields(self, message: Message) -> dict[str, object]:
        who = {"from_": self.from_} if self.from_ else {"messaging_service_sid": self.messaging_service_sid}
        fields = {"to": message.to, "body": message.body, "validity_period": self._validity(message), **who}
        if message.send_at:
            fields |= {"schedule_type": "fixed", "send_at": message.send_at}
        if self.status_callback:
            joint = "&" if "?" in self.status_callback else "?"
            fields["status_callback"] = f"{self.status_callback}{joint}{urlencode({'attempt': message.attempt})}"
        return fields


def judge(status: int, code: int, text: str = "", retry_after: float | None = None) -> Answer:
    """The answer to an HTTP status and Twilio's code. Codes count with a 4xx only: a 5xx may have queued it."""
    known = CODES.get(code) if 400 <= status < 500 and status != 429 else None
    return answer(known or by_status(status), str(code or status), text, retry_after)


def _declined(error: Exception, reply: Reply, message: Message) -> Answer:
    code = getattr(error, "code", None)
    text = in_short(getattr(error, "detail", None) or getattr(error, "msg", "") or error, message)
    return judge(reply.status, code if isinstance(code, int) else 0, text, seconds_to_wait(reply.headers))


def _accepted(created: object, message: Message) -> Answer:
    sid, status = getattr(created, "sid", None), getattr(created, "status", None)
    if isinstance(sid, str) and SID.fullmatch(sid) and status in UNDER_WAY:
        early = message.send_at is not None and status != "scheduled"
        return Sent(provider_id=sid, alarm=f"sent at once instead of scheduled: {status}" if early else "")
    code = getattr(created, "error_code", None) or 0
    if status == "failed" and code in CODES:
        return answer(CODES[code], str(code), "failed")
    return Unknown(code="unreadable", text=in_short(f"message {sid} in state {status}", message))

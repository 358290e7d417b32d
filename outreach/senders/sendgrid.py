"""E-mail through SendGrid's v3 Mail Send, by SendGrid's own SDK on our line.

202 is the one yes: queued, no more; drops and bounces come later by its event webhook. There is no idempotency key.
The SDK as it stands has no timeout, follows redirects with the key in hand and logs it; hence our own line beneath it.
https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send · .../mail-send/errors
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from python_http_client.exceptions import HTTPError  # type: ignore[import-untyped,unused-ignore]
from sendgrid.helpers import mail as sg  # type: ignore[import-untyped,unused-ignore]

from outreach.core.looking import CannotTell, Window
from outreach.errors import ConfigError
from outreach.ports import Answer, Message, Refused, Sent, Unknown, Unsent
from outreach.senders._answers import answer, broken_line, in_short, seconds_to_wait
from outreach.senders._http import Reply, base_url
from outreach.senders._line import Limits, LineError
from outreach.senders._mail import UnsubscribeUrl, check, unsubscribe_headers
from outreach.senders._sendgrid_batches import is_cancelled, new_batch, room_left
from outreach.senders._sendgrid_codes import verdict_of
from outreach.senders._sendgrid_line import client_of

API = "https://api.sendgrid.com"
#: A mail is handed over so long before it goes; what is cancelled less than SURE before then may go all the same.
LEAD, SURE = timedelta(minutes=16), timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendGridSender:
    """One API key and one From. `host` is for the EU's region and for tests; `timeout` is (connect, read) in seconds,
    `total` bounds the call. `unsubscribe_url` and `unsubscribe_mailto` give mails that nobody asked for their
    List-Unsubscribe. `two_phase` hands mails that name their moment to SendGrid's own scheduler, each in a batch of its
    own.

    Raises:
        ConfigError: key or From missing, or a host that is not https.
    """

    api_key: str = field(repr=False)
    from_email: str
    from_name: str = ""
    host: str | None = None
    timeout: tuple[float, float] = (3.0, 10.0)
    total: float = 12.0
    unsubscribe_url: UnsubscribeUrl | None = None
    unsubscribe_mailto: str = ""

    two_phase: bool = False

    name = "sendgrid"
    channels = frozenset({"email"})
    sure = SURE

    @property
    def idempotency(self) -> str:
        """With two phases a mail can be taken back, also before it has come there."""
        return "revocable" if self.two_phase else "none"

    @property
    def lead(self) -> timedelta | None:
        """How long before it goes a mail is handed over."""
        return LEAD if self.two_phase else None

    def __post_init__(self) -> None:
        if not (self.api_key.strip() and "@" in self.from_email):
            raise ConfigError("SendGrid needs an API key and a From address")
        base_url(self.host or API, "SendGrid's host")
        # It would show customers' addresses and texts, whatever level the root logger has.
        logging.getLogger("python_http_client").setLevel(logging.WARNING)

    def send(self, message: Message) -> Answer:
        """One POST; every outcome is one of the four answers."""
        try:
            mail = self._mail(message)
        except Exception as error:
            return Refused(code="bad_message", text=in_short(error, message))
        try:
            return _judge(self._post(mail), message)
        except LineError as error:
            return broken_line(error, message)
        except Exception as error:
            return Unknown(code="unreadable", text=in_short(error, message))

    def prepare(self) -> str | Unsent | Refused:
        """An id by which one mail can be taken back; it stands in our books before the mail is handed over."""
        try:
            return new_batch(self._ask(lambda client: client.client.mail.batch.post()))
        except Exception as error:  # whatever it is: no mail was handed over
            return Unsent(code=getattr(error, "code", "unreadable"), text=type(error).__name__)

    def cancel(self, handle: str) -> bool:
        """Have a batch discarded when its moment comes; whether it is held to be cancelled now. Never raises."""
        asking = {"batch_id": handle, "status": "cancel"}
        try:
            reply = self._ask(lambda client: client.client.user.scheduled_sends.post(request_body=asking))
            if reply.status != 201:  # also when it is cancelled already
                reply = self._ask(lambda client: client.client.user.scheduled_sends._(handle).get())
        except Exception:
            return False
        return is_cancelled(reply, handle)

    def room(self) -> int:
        """How many more batches may be cancelled; 0 too when it can't be told. Never raises."""
        try:
            return room_left(self._ask(lambda client: client.client.user.scheduled_sends.get()))
        except Exception:
            return 0

    def find(self, window: Window) -> CannotTell:
        """Its Email Activity API is a paid extra, at six requests a minute; its event webhook tells unasked."""
        return CannotTell(text="SendGrid tells by its event webhook only", for_good=True)

    def _post(self, mail: sg.Mail) -> Reply:
        return self._ask(lambda client: client.send(mail))

    def _ask(self, how: Callable[[Any], object]) -> Reply:
        client = client_of(self.api_key, (self.host or API).rstrip("/"), Limits(*self.timeout, self.total))
        with suppress(HTTPError):  # the SDK's word for a reply of 300 and above; the reply itself says more
            how(client)
        reply: Reply = client.client.reply
        return reply

    def _mail(self, message: Message) -> sg.Mail:
        headers = unsubscribe_headers(message, self.unsubscribe_url, self.unsubscribe_mailto)
        check(message, self.from_name, *headers.values())
        mail = sg.Mail(from_email=sg.From(self.from_email, self.from_name or None), subject=message.subject)
        person = sg.Personalization()
        person.add_to(sg.To(message.to))
        # In the personalization: at top level the SDK writes a shape that SendGrid's own specification refuses.
        person.add_custom_arg(sg.CustomArg("attempt", message.attempt))
        mail.add_personalization(person)
        for kind, text in (("text/plain", message.body), ("text/html", message.html)):
            if text:
                mail.add_content(sg.Content(kind, text))
        for name, value in headers.items():
            mail.add_header(sg.Header(name, value))
        if message.send_at and message.batch:
            mail.send_at, mail.batch_id = sg.SendAt(int(message.send_at.timestamp())), sg.BatchId(message.batch)
        return mail


def _judge(reply: Reply, message: Message) -> Answer:
    if reply.status == 202:
        return Sent(provider_id=reply.headers.get("x-message-id", ""))
    errors = _errors(reply.body)
    text = in_short("; ".join(str(error.get("message", "")) for error in errors), message)
    verdict = verdict_of(reply.status, [str(error.get("field", "")) for error in errors])
    return answer(verdict, str(reply.status), text, seconds_to_wait(reply.headers))


def _errors(body: bytes) -> list[dict[str, Any]]:
    try:
        errors = json.loads(body)["errors"]
    except (ValueError, LookupError, TypeError):
        return []
    return [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []

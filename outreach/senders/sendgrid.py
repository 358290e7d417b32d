"""E-mail through SendGrid's v3 Mail Send, by SendGrid's own SDK on our line.

202 is the one yes: queued, no more; drops and bounces come later by its event webhook. There is no idempotency key.
The SDK as it stands has no timeout, follows redirects with the key in hand and logs it; hence our own line beneath it.
https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send · .../mail-send/errors
"""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from urllib.request import Request

from python_http_client.client import Client  # type: ignore[import-untyped,unused-ignore]
from python_http_client.exceptions import HTTPError  # type: ignore[import-untyped,unused-ignore]
from sendgrid import SendGridAPIClient  # type: ignore[import-untyped,unused-ignore]
from sendgrid.helpers import mail as sg  # type: ignore[import-untyped,unused-ignore]

from outreach.core.looking import CannotTell, Window
from outreach.errors import ConfigError
from outreach.ports import Answer, Message, Refused, Sent, Unknown
from outreach.senders._answers import Verdict, answer, broken_line, by_status, in_short, seconds_to_wait
from outreach.senders._http import Reply, base_url, request
from outreach.senders._line import Limits, LineError
from outreach.senders._mail import UnsubscribeUrl, check, unsubscribe_headers

API = "https://api.sendgrid.com"


class _Line(Client):  # type: ignore[misc,unused-ignore]
    """The SDK's client, asking through our line. The key joins here, so no log line of the SDK can show it."""

    _url_path: list[str]
    key = ""
    limits = Limits()
    reply = Reply(0, {}, b"")

    def _build_client(self, name: str | None = None) -> _Line:
        self._url_path = [*self._url_path, name] if name else self._url_path
        return self

    def _make_request(self, opener: object, asked: Request, timeout: object = None) -> SimpleNamespace:
        headers = {**dict(asked.header_items()), "Authorization": f"Bearer {self.key}"}
        body = asked.data if isinstance(asked.data, bytes) else b""
        self.reply = request(asked.get_method(), asked.full_url, headers, body, self.limits)
        if self.reply.status >= 300:
            raise HTTPError(self.reply.status, "", self.reply.body, self.reply.headers)
        # What the SDK asks of urllib's response, which it takes this for.
        return SimpleNamespace(getcode=lambda: self.reply.status, read=lambda: self.reply.body, info=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendGridSender:
    """One API key and one From. `host` is for the EU's region and for tests; `timeout` is (connect, read) in seconds,
    `total` bounds the call. `unsubscribe_url` and `unsubscribe_mailto` give mails that nobody asked for their
    List-Unsubscribe.

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

    name = "sendgrid"
    channels = frozenset({"email"})
    idempotency = "none"

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

    def find(self, window: Window) -> CannotTell:
        """Its Email Activity API is a paid extra, at six requests a minute; its event webhook tells unasked."""
        return CannotTell(text="SendGrid tells by its event webhook only", for_good=True)

    def _post(self, mail: sg.Mail) -> Reply:
        client = self._client()
        with suppress(HTTPError):  # the SDK's word for a reply of 300 and above; the reply itself says more
            client.send(mail)
        reply: Reply = client.client.reply
        return reply

    def _client(self) -> Any:
        """A client for this one call: the SDK's is mutable and not for sharing between threads."""
        host = (self.host or API).rstrip("/")
        client = SendGridAPIClient(self.api_key, host=host)
        line = _Line(host, {"User-Agent": client.useragent, "Accept": "application/json"}, version=3)
        line.key, line.limits = self.api_key, Limits(*self.timeout, self.total)
        client.client = line
        return client

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
        return mail


def _judge(reply: Reply, message: Message) -> Answer:
    if reply.status == 202:
        return Sent(provider_id=reply.headers.get("x-message-id", ""))
    errors = _errors(reply.body)
    text = in_short("; ".join(str(error.get("message", "")) for error in errors), message)
    # 401 also means "out of credits", 403 "From isn't verified": https://support.sendgrid.com article 18322114821403
    verdict: Verdict = "suppress" if _blames_the_address(reply, errors) else by_status(reply.status)
    return answer(verdict, str(reply.status), text, seconds_to_wait(reply.headers))


def _errors(body: bytes) -> list[dict[str, Any]]:
    try:
        errors = json.loads(body)["errors"]
    except (ValueError, LookupError, TypeError):
        return []
    return [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []


def _blames_the_address(reply: Reply, errors: list[dict[str, Any]]) -> bool:
    fields = [str(error.get("field", "")) for error in errors]
    return reply.status == 400 and bool(fields) and all(f.startswith("personalizations") and ".to" in f for f in fields)

"""The seam between Twilio's SDK and our line: one request, our limits, and the reply kept."""

from __future__ import annotations

import base64
import logging
import re
from typing import Any, Final
from urllib.parse import urlencode

from twilio.http import HttpClient  # type: ignore[import-untyped,unused-ignore]
from twilio.http.response import Response  # type: ignore[import-untyped,unused-ignore]
from twilio.rest import Client  # type: ignore[import-untyped,unused-ignore]

from outreach.errors import ConfigError
from outreach.senders._http import Reply, base_url, request
from outreach.senders._line import Limits

API: Final = "https://api.twilio.com"
E164: Final = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
ACCOUNT_SID: Final = re.compile(r"AC[0-9a-fA-F]{32}")


class TwilioLine(HttpClient):  # type: ignore[misc,unused-ignore]
    """The SDK's seam for HTTP, its limits those of `Limits`; remembers the reply, for the SDK's exceptions forget its
    status and Retry-After."""

    def __init__(self, *limits: float):
        super().__init__(logging.getLogger("twilio.http_client"), is_async=False)
        self.limits = limits
        self.reply = Reply(0, {}, b"")

    def request(self, method: str, uri: str, **asked: Any) -> Response:
        """One request. Of what the SDK asks for, timeout and redirects are ours to say."""
        credentials = base64.b64encode(":".join(asked["auth"]).encode()).decode()
        headers = {**asked["headers"], "Authorization": f"Basic {credentials}"}
        form = urlencode(asked["data"] or {}, doseq=True).encode()
        asking = f"?{urlencode(asked['params'], doseq=True)}" if asked["params"] else ""
        self.reply = request(method, uri + asking, headers, form, Limits(*self.limits))
        return Response(self.reply.status, self.reply.body.decode("utf-8", "replace"), self.reply.headers)

    def client(self, account_sid: str, auth_token: str, at: str | None) -> Client:
        """The SDK on this line; `at` is another address than Twilio's."""
        # Without an environment of its own the SDK would read region and edge from the process's.
        client = Client(account_sid, auth_token, http_client=self, environment={"TWILIO_REGION": ""})
        client.api.base_url = (at or API).rstrip("/")
        return client


def check_account(account_sid: str, auth_token: str, at: str | None) -> None:
    """Credentials that can be such. Raises ConfigError."""
    if not (ACCOUNT_SID.fullmatch(account_sid) and auth_token):
        raise ConfigError("Twilio needs an account SID (AC and 32 hex digits) and its auth token")
    base_url(at or API, "Twilio's base_url")

"""SendGrid's SDK on our own line."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from urllib.request import Request

from python_http_client.client import Client  # type: ignore[import-untyped,unused-ignore]
from python_http_client.exceptions import HTTPError  # type: ignore[import-untyped,unused-ignore]
from sendgrid import SendGridAPIClient  # type: ignore[import-untyped,unused-ignore]

from outreach.senders._http import Reply, request
from outreach.senders._line import Limits


class Line(Client):  # type: ignore[misc,unused-ignore]
    """The SDK's client, asking through our line. The key joins here, so no log line of the SDK can show it."""

    _url_path: list[str]
    key = ""
    limits = Limits()
    reply = Reply(0, {}, b"")

    def _build_client(self, name: str | None = None) -> Line:
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


def client_of(key: str, host: str, limits: Limits) -> Any:
    """A client for one call: the SDK's is mutable and not for sharing between threads."""
    client = SendGridAPIClient(key, host=host)
    line = Line(host, {"User-Agent": client.useragent, "Accept": "application/json"}, version=3)
    line.key, line.limits = key, limits
    client.client = line
    return client

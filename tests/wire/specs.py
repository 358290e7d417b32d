"""The providers' own OpenAPI, where OUTREACH_SPECS names a folder that has it: each request and reply is held to it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from werkzeug.datastructures import Headers, MultiDict

from tests.wire.server import Heard, Said

FOLDER = os.environ.get("OUTREACH_SPECS", "")


@dataclass
class _Request:
    """A request in the shape that openapi-core asks for."""

    host_url: str
    path: str
    method: str
    body: bytes
    content_type: str
    parameters: Any


@dataclass
class _Response:
    """A reply in the shape that openapi-core asks for."""

    status_code: int
    data: bytes
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


def need(name: str) -> None:
    """Skip the test where this specification is not at hand."""
    if _file(name) is None:
        pytest.skip(f"OUTREACH_SPECS names no folder with {name}.json")


def warm_up() -> None:
    """Read what is there: it takes seconds, which no waiting sender has."""
    for name in ("twilio_messages_subset", "sendgrid_mail_subset"):
        if file := _file(name):
            _load(file)


def hold_to(name: str, heard: Heard, said: Said | None = None) -> None:
    """Raise what openapi-core raises if this request, or this reply to it, is not what the provider specifies."""
    file = _file(name)
    if file is None:
        return
    kind = heard.headers.get("content-type", "").partition(";")[0]
    request = _Request("http://localhost", heard.path, heard.method.lower(), heard.body, kind, _parameters(heard))
    spec = _load(file)
    spec.validate_request(request)
    if said is not None:
        spec.validate_response(request, _Response(said.status, said.body, headers={}))


def _parameters(heard: Heard) -> Any:
    from openapi_core.datatypes import RequestParameters

    query = MultiDict(parse_qsl(heard.query))
    return RequestParameters(header=Headers(heard.headers), query=query)


def _file(name: str) -> Path | None:
    path = Path(FOLDER) / f"{name}.json"
    return path if FOLDER and path.is_file() else None


@cache
def _load(path: Path) -> Any:
    from openapi_core import OpenAPI  # two seconds of imports, for those only who have the specifications

    document = json.loads(path.read_text(encoding="utf-8"))
    for item in document["paths"].values():
        item.pop("servers", None)  # Twilio's and SendGrid's own hosts; ours is loopback
    return OpenAPI.from_dict(document)

"""The body of an HTTP call becomes events: one object, an array, NDJSON, CloudEvents.

What is wrong with the body as a whole is a BodyError; what is wrong with one event is that event's own answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from outreach.core.event import Event
from outreach.doors.checks import LONGEST_LINE, Unfit, kind, parse
from outreach.doors.lines import Rejected, decode_event, event_of

LIMIT = 10_000
LONGEST_BODY = 16 << 20
_JSON = frozenset({"", "application/json", "text/json"})
_LINES = frozenset({"application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"})
_CLOUD = "application/cloudevents+json"
_CLOUDS = "application/cloudevents-batch+json"
_raw_items = msgspec.json.Decoder(list[msgspec.Raw]).decode

Answers = list[Event | Rejected]


class BodyError(Exception):
    """A body that can't be read at all: what an `application/problem+json` answer says."""

    def __init__(self, status: int, title: str, detail: str):
        self.status, self.title, self.detail = status, title, detail
        super().__init__(f"{status} {title}: {detail}")


def events_from_body(body: bytes, content_type: str, limit: int = LIMIT) -> Answers:
    """Every event of a body, in its order, or why it can't be taken; `line` counts them from 1. Raises BodyError."""
    if len(body) > LONGEST_BODY:
        raise BodyError(413, "Too large", f"A body may have {LONGEST_BODY >> 20} MiB: send fewer events at a time.")
    form = _form(content_type)
    if not body.strip():
        raise BodyError(400, "Empty body", "Send an event, an array of events, or one event a line (NDJSON).")
    body = body.removeprefix(b"\xef\xbb\xbf")
    if form in _LINES:
        return _each([line for line in body.split(b"\n") if line.strip()], decode_event, limit)
    decode = _cloud_event if form in (_CLOUD, _CLOUDS) else decode_event
    is_array = body.lstrip()[:1] == b"["
    if form in (_CLOUD, _CLOUDS) and is_array != (form == _CLOUDS):
        raise BodyError(400, "Wrong content type", f"One CloudEvent is {_CLOUD}, an array of them {_CLOUDS}.")
    return _each(_array(body) if is_array else [_object(body)], decode, limit)


def _form(content_type: str) -> str:
    form, *parameters = (part.strip().lower() for part in content_type.split(";"))
    if form not in _JSON | _LINES | {_CLOUD, _CLOUDS}:
        raise BodyError(
            415, "Unknown content type",
            f"{form[:80]} is not understood: send application/json, application/x-ndjson or {_CLOUD}.",
        )  # fmt: skip
    charset = next((p.partition("=")[2].strip('"') for p in parameters if p.startswith("charset=")), "utf-8")
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise BodyError(415, "Unknown character set", "JSON is UTF-8: send it so.")
    return form


def _each(items: list[bytes], decode: Callable[[bytes, int], Event | Rejected], limit: int) -> Answers:
    if len(items) > limit:
        said = f"{len(items)} events at once, {limit} may be: send them in several calls."
        raise BodyError(413, "Too many events", said)
    return [decode(item, number) for number, item in enumerate(items, 1)]


def elements(body: bytes) -> list[bytes]:
    """The items of a JSON array, each as its own text. Raises msgspec.DecodeError or RecursionError."""
    return [bytes(item) for item in _raw_items(body)]


def _array(body: bytes) -> list[bytes]:
    try:
        return elements(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise BodyError(400, "Malformed JSON", f"The array can't be read: {error}.") from None


def _object(body: bytes) -> bytes:
    """The body itself, if it is one JSON text."""
    if len(body) > LONGEST_LINE:
        raise BodyError(413, "Too large", f"One event may have {LONGEST_LINE >> 20} MiB.")
    try:
        parse(body)
    except Unfit as unfit:
        hint = " One event a line is sent as application/x-ndjson." if "trailing characters" in str(unfit) else ""
        raise BodyError(400, "Malformed JSON", f"The body {unfit}.{hint}") from None
    return body


def _cloud_event(item: bytes, number: int) -> Event | Rejected:
    try:
        found = event_of(_from_cloud(parse(item)))
    except Unfit as unfit:
        found = str(unfit)
    return Rejected(line=number, reason=found, raw=item) if isinstance(found, str) else found


def _from_cloud(told: object) -> dict[str, Any]:
    """The event in a CloudEvent's clothes. Its other attributes are about the transport, and go no further."""
    if not isinstance(told, Mapping):
        raise Unfit(f"a CloudEvent is an object ({{…}}), this is {kind(told)}")
    if told.get("specversion") != "1.0":
        raise Unfit('specversion must be "1.0"')
    if "data_base64" in told:
        raise Unfit("data_base64 can't be read: send `data` as a JSON object")
    media = str(told.get("datacontenttype") or "application/json").partition(";")[0].strip().lower()
    if media != "application/json" and not media.endswith("+json"):
        raise Unfit(f"datacontenttype {media[:60]!r} can't be read: send `data` as a JSON object")
    if told.get("subject") in (None, ""):
        raise Unfit("subject is missing: it names the customer")
    plain = {name: told[name] for name in ("id", "type", "time", "data", "site", "source") if name in told}
    return plain | {"customer": told["subject"]}

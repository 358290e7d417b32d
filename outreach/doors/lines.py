"""One line of JSON becomes one event, or a reason why not.

Two ways lead to the same answer. The fast one decodes into the exact shape and asks the cheap questions; whatever
surprises it goes the slow way (`event_of`), which alone decides and finds the words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import msgspec

from outreach.core.event import Event
from outreach.doors.checks import (
    BIGGEST,
    FIRST_YEAR,
    LAST_YEAR,
    LONGEST_LINE,
    LONGEST_TEXT,
    Unfit,
    an_object,
    instant,
    kind,
    only,
    parse,
    text,
)  # fmt: skip
from outreach.doors.known import tidied

T = TypeVar("T")
#: Its data are addresses and places, which have one form here.
CHANGED = "customer.changed"
NAMES = ("id", "type", "customer", "time", "data", "site", "source")
REQUIRED = ("id", "type", "customer", "time")
#: What tells a CloudEvent, which has a content type of its own, from a line.
_CLOUD = frozenset({"specversion", "datacontenttype", "subject"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A line (counted from 1; 0 when it stood alone) that could not be taken, why, and the line itself."""

    line: int
    reason: str
    raw: bytes


_Whole = Annotated[int, msgspec.Meta(ge=-BIGGEST - 1, le=BIGGEST)]
_Value: Any = _Whole | float | str | bool | None
for _ in range(6):  # as deep as anybody writes; what lies deeper takes the slow way
    _Value = _Whole | float | str | bool | None | list[_Value] | dict[str, _Value]
_Key = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_TEXT)]
_Word = Annotated[str, msgspec.Meta(max_length=LONGEST_TEXT)]


class _Line(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A line without surprises. Not `Event` itself: a dataclass lets unknown names pass, and what they hold is lost."""

    id: _Key
    type: _Key
    customer: _Key
    time: Annotated[datetime, msgspec.Meta(tz=True)]
    data: dict[str, _Value] = {}
    site: _Word = ""
    source: _Word = ""


_decode = msgspec.json.Decoder(_Line).decode


def decode_event(line: bytes, number: int = 0) -> Event | Rejected:
    """The event of one JSON line. Never raises; `number` is the line's place in its file."""
    try:
        seen = _decode(line)
        keys, time = seen.id + seen.type + seen.customer + seen.site + seen.source, seen.time
        if (
            seen.type != CHANGED
            and keys.isprintable()
            and " " not in keys
            and b"\\u0000" not in line
            and len(line) <= LONGEST_LINE
            and FIRST_YEAR <= time.year <= LAST_YEAR
        ):
            if time.tzinfo is not UTC:
                time = time.astimezone(UTC)
            return Event(
                id=seen.id, type=seen.type, customer=seen.customer, time=time, data=seen.data, site=seen.site,
                source=seen.source,
            )  # fmt: skip
    except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError):
        pass
    return read_line(line, number, _event)


def read_line(line: bytes, number: int, of: Callable[[object], T]) -> T | Rejected:
    """What `of` makes of a line of JSON, or the line with the reason why it makes nothing of it (`of` raises Unfit)."""
    try:
        return of(parse(line))
    except Unfit as unfit:
        return Rejected(line=number, reason=str(unfit), raw=line)


def event_of(plain: object) -> Event | str:
    """The event of decoded JSON, or the reason why it is none. `data` is taken as it is, not copied."""
    try:
        return _event(plain)
    except Unfit as unfit:
        return str(unfit)


def _event(plain: object) -> Event:
    if not isinstance(plain, Mapping):
        raise Unfit(f"an event is an object ({{…}}), this is {kind(plain)}")
    if len(_CLOUD & plain.keys()) > 1:
        raise Unfit("this is a CloudEvent: send it over HTTP as application/cloudevents+json")
    only(plain, NAMES, "put it under `data`")
    event = Event(
        id=text(plain, "id", required=True), type=text(plain, "type", required=True),
        customer=text(plain, "customer", required=True), time=instant(plain.get("time")),
        data=an_object(plain.get("data"), "data"), site=text(plain, "site"), source=text(plain, "source"),
    )  # fmt: skip
    if event.type == CHANGED:
        event.data = tidied(event.data)
    return event

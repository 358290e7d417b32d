from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.core.event import Event
from outreach.doors.envelopes import LONGEST_BODY, BodyError, events_from_body
from outreach.doors.lines import Rejected

LINE = {"id": "e1", "type": "purchase", "customer": "c1", "time": "2026-11-02T14:05:00-05:00", "data": {"total": 42.5}}
CLOUD = {
    "specversion": "1.0", "id": "e1", "type": "purchase", "source": "/till/3", "subject": "c1",
    "time": "2026-11-02T14:05:00-05:00", "datacontenttype": "application/json; charset=utf-8",
    "traceparent": "00-1", "data": {"total": 42.5},
}  # fmt: skip
AT = datetime(2026, 11, 2, 19, 5, tzinfo=UTC)
EVENT = Event(id="e1", type="purchase", customer="c1", time=AT, data={"total": 42.5})
CLOUD_EVENT = Event(id="e1", type="purchase", customer="c1", time=AT, data={"total": 42.5}, source="/till/3")
ONE, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"


def body(value: object) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.parametrize("form", ["application/json", "Application/JSON; charset=UTF-8", "", "text/json"])
def test_one_event_or_an_array(form: str) -> None:
    assert events_from_body(body(LINE), form) == [EVENT]
    assert events_from_body(b"\xef\xbb\xbf " + body([LINE, LINE]), form) == [EVENT, EVENT]
    assert events_from_body(b"[]", form) == []


def test_one_event_a_line() -> None:
    told = body(LINE) + b"\r\n\n{\n" + body(LINE)
    first, second, third = events_from_body(told, "application/x-ndjson")
    assert (first, third) == (EVENT, EVENT)
    assert isinstance(second, Rejected)
    assert second.line == 2


def test_a_bad_event_stands_beside_the_good_ones() -> None:
    told = events_from_body(body([LINE, {"id": "e2"}, 3]), "application/json")
    assert told == [
        EVENT,
        Rejected(line=2, reason="type is missing", raw=b'{"id": "e2"}'),
        Rejected(line=3, reason="an event is an object ({…}), this is a number", raw=b"3"),
    ]


def test_cloud_events() -> None:
    assert events_from_body(body(CLOUD), f"{ONE}; charset=utf-8") == [CLOUD_EVENT]
    assert events_from_body(body([CLOUD, CLOUD]), BATCH) == [CLOUD_EVENT, CLOUD_EVENT]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"specversion": "0.3"}, 'specversion must be "1.0"'),
        ({"subject": None}, "subject is missing: it names the customer"),
        ({"subject": 3.5}, "customer must be a text, not a number"),
        ({"time": None}, "time is missing"),
        ({"id": ""}, "id is empty"),
        ({"data": "<x/>", "datacontenttype": "text/xml"},
         "datacontenttype 'text/xml' can't be read: send `data` as a JSON object"),
        ({"data": [1]}, "data must be an object, not a list"),
        ({"data_base64": "AA=="}, "data_base64 can't be read: send `data` as a JSON object"),
    ],
)  # fmt: skip
def test_a_cloud_event_that_is_none_of_ours(changed: dict[str, object], reason: str) -> None:
    (found,) = events_from_body(body([CLOUD | changed]), BATCH)
    assert isinstance(found, Rejected)
    assert (found.line, found.reason) == (1, reason)


def test_a_cloud_event_among_lines_is_told_where_to_go() -> None:
    (found,) = events_from_body(body(CLOUD), "application/json")
    assert isinstance(found, Rejected)
    assert "application/cloudevents+json" in found.reason


def test_what_is_no_cloud_event_at_all() -> None:
    (found,) = events_from_body(b"[7]", BATCH)
    assert isinstance(found, Rejected)
    assert found.reason == "a CloudEvent is an object ({…}), this is a number"


@pytest.mark.parametrize(
    ("told", "form", "status", "detail"),
    [
        (b"", "application/json", 400, "Send an event"),
        (b" \n", "application/x-ndjson", 400, "Send an event"),
        (b"{", "application/json", 400, "The body is not JSON: it ends too early"),
        (b"[{}", "application/json", 400, "The array can't be read: "),
        (b"[" * 50_000, "application/json", 400, "The array can't be read: "),
        (b'{"a":' * 50_000, "application/json", 400, "is nested deeper"),
        (body(LINE) + b"\n" + body(LINE), "application/json", 400, "sent as application/x-ndjson."),
        (body(LINE), "text/csv", 415, "text/csv is not understood"),
        (body(LINE), "application/json; charset=latin-1", 415, "JSON is UTF-8"),
        (body(CLOUD), BATCH, 400, "One CloudEvent is"),
        (body([CLOUD]), ONE, 400, "One CloudEvent is"),
        (b"{" + b" " * (1 << 20) + b"}", "application/json", 413, "One event may have 1 MiB."),
        (b" " * LONGEST_BODY + b"{}", "application/json", 413, "A body may have 16 MiB"),
        (body([LINE] * 4), "application/json", 413, "4 events at once, 3 may be: send them in several calls."),
        (b"{}\n" * 4, "application/x-ndjson", 413, "4 events at once, 3 may be: send them in several calls."),
    ],
)
def test_a_body_that_cannot_be_read(told: bytes, form: str, status: int, detail: str) -> None:
    with pytest.raises(BodyError) as caught:
        events_from_body(told, form, limit=3)
    assert caught.value.status == status
    assert detail in caught.value.detail


@given(st.binary(max_size=200), st.sampled_from(["application/json", "application/x-ndjson", ONE, BATCH]) | st.text())
def test_random_bytes_are_answered(told: bytes, form: str) -> None:
    with suppress(BodyError):
        assert isinstance(events_from_body(told, form), list)

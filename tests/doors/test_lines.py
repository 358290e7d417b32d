from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.core.event import Event
from outreach.doors import lines
from outreach.doors.checks import DEEPEST, LONGEST_LINE, Unfit, parse
from outreach.doors.lines import Rejected, decode_event, event_of, read_line
from outreach.doors.people import decode_person

GOOD = {"id": "e1", "type": "purchase", "customer": "c1", "time": "2026-11-02T14:05:00-05:00", "data": {"total": 42.5}}
WRITE = "write 2026-11-02T14:05:00-05:00 or …Z"
BEYOND = "data holds a whole number beyond 9223372036854775807: write it as a text"


def line(**changed: object) -> bytes:
    told = {name: value for name, value in (GOOD | changed).items() if value is not ...}
    return json.dumps(told).encode()


def deep(levels: int) -> bytes:
    return line(data=...)[:-1] + b', "data": {"a": ' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}}"


BAD = [
    (b"", "is not JSON: it is empty"),
    (b"   ", "is not JSON: it is empty"),
    (b"{", "is not JSON: it ends too early, a bracket or a quote is open"),
    (line()[:-1], "is not JSON: it ends too early, a bracket or a quote is open"),
    (line() + b" x", "is not JSON: trailing characters (byte 114)"),
    (line() + line(), "is not JSON: trailing characters (byte 113)"),
    (line() + b",", "is not JSON: trailing characters (byte 113)"),
    (b"{'id': 'e1'}", "is not JSON: names and texts stand in double quotes"),
    (b"{id: 1}", "is not JSON: names and texts stand in double quotes"),
    (b"id,type,customer,time", "is not JSON: invalid character (byte 0)"),
    (line().replace(b"42.5", b"NaN"), "is not JSON: NaN is no number there, write null"),
    (line().replace(b"42.5", b"-Infinity"), "is not JSON: Infinity is no number there, write null"),
    (line().replace(b"42.5", b"1e999"), "is not JSON: a number is out of range"),
    (line().replace(b"42.5", b"042"), "is not JSON: invalid number (byte 107)"),
    (line().replace(b"c1", b"c\xff"), "is not UTF-8: save the file as UTF-8"),
    (line().replace(b"c1", b"c\x01"), "is not JSON: invalid character (byte 47)"),
    (line().replace(b"c1", b"c\\ud800"), "is not JSON: unexpected end of escaped utf-16 surrogate pair (byte 53)"),
    (b"[" * 100_000, "is nested deeper than 32 levels"),
    (deep(40), "is nested deeper than 32 levels"),
    (b" " * LONGEST_LINE + b"{", "longer than 1048576 bytes: an event says what happened, files belong elsewhere"),
    (b"[]", "an event is an object ({…}), this is a list"),
    (b'"e1"', "an event is an object ({…}), this is a text"),
    (b"null", "an event is an object ({…}), this is null"),
    (b"17", "an event is an object ({…}), this is a number"),
    (b"{}", "id is missing"),
    (line(id=...), "id is missing"),
    (line(id=None), "id is missing"),
    (line(id=""), "id is empty"),
    (line(id="  "), "id is empty"),
    (line(id=1.5), "id must be a text, not a number"),
    (line(id=True), "id must be a text, not true or false"),
    (line(id=["e1"]), "id must be a text, not a list"),
    (line(id="e" * 201), "id is longer than 200 characters"),
    (line(id=10**300), "id is longer than 200 characters"),
    (line(id="e\n1"), "id holds a control character ('\\n')"),
    (line(id="e\u2028"), "id holds a control character ('\\u2028')"),
    (line(id=" e1"), "id begins or ends with a space: ' e1'"),
    (line(type=...), "type is missing"),
    (line(type="a\tb"), "type holds a control character ('\\t')"),
    (line(type={"name": "x"}), "type must be a text, not an object"),
    (line(customer=...), "customer is missing"),
    (line(customer=""), "customer is empty"),
    (line(customer="c1 "), "customer begins or ends with a space: 'c1 '"),
    (line(customer="c\x001"), "customer holds a control character ('\\x00')"),
    (line(time=...), "time is missing"),
    (line(time=None), "time is missing"),
    (line(time=1793646300), "time must be a text such as 2026-11-02T14:05:00-05:00, not a number"),
    (line(time="2026-11-02T14:05:00"), f"time has no offset: {WRITE}"),
    (line(time="2026-11-02 14:05:00"), f"time has no offset: {WRITE}"),
    (line(time="2026-11-02"), f"time '2026-11-02' can't be read: {WRITE}"),
    (line(time="11/02/2026 2:05 PM"), f"time '11/02/2026 2:05 PM' can't be read: {WRITE}"),
    (line(time="2026-02-30T14:05:00Z"), f"time '2026-02-30T14:05:00Z' can't be read: {WRITE}"),
    (line(time="2026-11-02T24:00:00Z"), f"time '2026-11-02T24:00:00Z' can't be read: {WRITE}"),
    (line(time="0001-01-01T00:00:00Z"), "time '0001-01-01T00:00:00Z' can't be true: is it empty where it comes from?"),
    (line(time="9999-12-31T23:59:59-05:00"),
     "time '9999-12-31T23:59:59-05:00' can't be true: is it empty where it comes from?"),
    (line(time="x" * 90), f"time '{'x' * 60}…' can't be read: {WRITE}"),
    (line(data=[1]), "data must be an object, not a list"),
    (line(data="x"), "data must be an object, not a text"),
    (line(data={"note": "a\0b"}), "data holds a NUL character (\\u0000)"),
    (line(data={"a\0b": 1}), "data holds a NUL character (\\u0000)"),
    (line(data={"n": {"m": [1 << 63]}}), BEYOND),
    (line(data={"n": -(1 << 63) - 1}), BEYOND),
    (line(site=3.5), "site must be a text, not a number"),
    (line(site=" "), "site is empty"),
    (line(source="s" * 201), "source is longer than 200 characters"),
    (line(cusotmer="c1", customer=...), "`cusotmer` is unknown: did you mean `customer`?"),
    (line(Time="x"), "`Time` is unknown: did you mean `time`?"),
    (line(amount=3), "`amount` is unknown: put it under `data`"),
    (line(amount=3, typ="x"), "`amount` is unknown: put it under `data`; `typ` is unknown: did you mean `type`?"),
    (line(**{"a\nb": 1}), "`a\\nb` is unknown: put it under `data`"),
    (line(specversion="1.0", subject="c1"),
     "this is a CloudEvent: send it over HTTP as application/cloudevents+json"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "reason"), BAD)
def test_a_bad_line_says_what_to_do(raw: bytes, reason: str) -> None:
    assert decode_event(raw, 7) == Rejected(line=7, reason=reason, raw=raw)


def test_whatever_a_line_is_to_be_the_reason_why_it_is_none_comes_with_the_line() -> None:
    def of(plain: object) -> str:
        raise Unfit(f"{plain} is none")

    assert read_line(b"1", 7, of) == Rejected(line=7, reason="1 is none", raw=b"1")
    assert read_line(b"1", 7, str) == "1"
    known = {decode(b"{", 7).reason for decode in (decode_event, decode_person, lambda *a: read_line(*a, str))}
    assert len(known) == 1


def test_there_are_many_ways_to_be_wrong() -> None:
    assert len(BAD) >= 40


def test_a_good_line_is_an_event_in_utc() -> None:
    assert decode_event(line(site="north", source="till")) == Event(
        id="e1", type="purchase", customer="c1", time=datetime(2026, 11, 2, 19, 5, tzinfo=UTC), data={"total": 42.5},
        site="north", source="till",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "field", "value"),
    [
        ({"id": 17}, "id", "17"),
        ({"customer": 4711}, "customer", "4711"),
        ({"customer": "Ann Lee"}, "customer", "Ann Lee"),
        ({"customer": "Ann\u00a0Lee"}, "customer", "Ann\u00a0Lee"),
        ({"customer": "Zoë 李"}, "customer", "Zoë 李"),
        ({"id": "e" * 200}, "id", "e" * 200),
        ({"data": ...}, "data", {}),
        ({"data": None}, "data", {}),
        ({"site": None}, "site", ""),
        ({"source": ""}, "source", ""),
        ({"time": "2026-11-02 19:05:00Z"}, "time", datetime(2026, 11, 2, 19, 5, tzinfo=UTC)),
        ({"time": "2026-11-02t19:05:00.25z"}, "time", datetime(2026, 11, 2, 19, 5, 0, 250_000, tzinfo=UTC)),
        ({"data": {"path": "C:\\u0000"}}, "data", {"path": "C:\\u0000"}),
        ({"data": {"n": (1 << 63) - 1}}, "data", {"n": (1 << 63) - 1}),
        ({"data": {"n": -(1 << 63)}}, "data", {"n": -(1 << 63)}),
        ({"data": {"open": "[" * 50}}, "data", {"open": "[" * 50}),
    ],
)
def test_what_is_only_unusual_is_taken(changed: dict[str, object], field: str, value: object) -> None:
    found = decode_event(line(**changed))
    assert isinstance(found, Event)
    assert getattr(found, field) == value
    assert found.time.tzinfo is UTC


def test_the_deepest_data_are_taken() -> None:
    assert isinstance(decode_event(deep(DEEPEST - 1)), Event)


@given(st.binary(max_size=300))
def test_random_bytes_never_raise(raw: bytes) -> None:
    assert isinstance(decode_event(raw), Event | Rejected)


@given(st.data())
def test_a_damaged_line_never_raises(data: st.DataObject) -> None:
    raw = bytearray(line(site="north", source="till"))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    found = decode_event(bytes(raw))
    assert isinstance(found, Event) or found.reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 70), 1 << 70) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=12,
)  # fmt: skip
KEYS = st.text(min_size=0, max_size=8) | st.integers() | st.none()


@given(st.fixed_dictionaries(
    {},
    optional={
        "id": KEYS, "type": KEYS, "customer": KEYS, "site": KEYS, "source": KEYS, "data": JSON,
        "time": st.datetimes().map(lambda t: t.isoformat() + "+05:30") | st.text(max_size=10), "extra": JSON,
    },
))  # fmt: skip
def test_both_ways_lead_to_the_same_answer(plain: dict[str, object]) -> None:
    raw = json.dumps(plain).encode()
    try:
        slow = event_of(parse(raw))
    except Unfit as unfit:
        slow = str(unfit)
    fast = decode_event(raw)
    assert (fast.reason if isinstance(fast, Rejected) else fast) == slow


WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), min_size=1, max_size=20)
TIMES = st.datetimes(datetime(1901, 1, 1), datetime(9997, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(WORDS, WORDS, WORDS, TIMES, st.integers(-720, 720), WORDS)
def test_an_event_survives_being_written_down(
    id: str, type: str, customer: str, time: datetime, offset: int, note: str
) -> None:
    event = Event(id=id, type=type, customer=customer, time=time, data={"note": [note, 1, 2.5, None, True]})
    local = time.astimezone(timezone(timedelta(minutes=offset))).isoformat()
    told = {"id": id, "type": type, "customer": customer, "time": local, "data": event.data}
    assert decode_event(json.dumps(told, ensure_ascii=False).encode()) == event
    assert event_of(told) == event


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_plain_data_from_elsewhere_are_checked_too(value: float) -> None:
    assert event_of(GOOD | {"data": {"x": value}}) == "data holds NaN or Infinity: write null"
    assert event_of(GOOD | {"data": {"x": "\ud83d"}}) == "data holds half a character (\\ud800)"
    assert event_of(GOOD | {"data": {"x": object()}}) == "data holds something that is not JSON (object)"
    assert event_of(GOOD | {"id": "\udc80"}) == "id holds a control character ('\\udc80')"


def test_a_time_may_come_decoded() -> None:
    moment = datetime(2026, 11, 2, 14, 5, tzinfo=timezone(timedelta(hours=-5)))
    found = event_of(GOOD | {"time": moment})
    assert isinstance(found, Event)
    assert found.time.isoformat() == "2026-11-02T19:05:00+00:00"


def test_the_names_are_those_of_the_event() -> None:
    assert set(lines.NAMES) == set(Event.__slots__)

"""Whatever is sent, the answer is never a fault of ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.web.house import MAYA, House, haircut, line, open_house

KINDS = st.sampled_from(
    [f"application/{kind}" for kind in ("json", "x-ndjson", "cloudevents+json", "cloudevents-batch+json", "x")]
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
FIELD = st.sampled_from(["id", "type", "customer", "time", "data", "site", "source", "specversion", "subject"])
FORM = {"content-type": "application/x-www-form-urlencoded"}
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    opened = open_house(tmp_path_factory.mktemp("fuzz"))
    opened.people(MAYA)
    opened.happens(haircut())
    yield opened
    opened.app.store.engine.dispose()


def post(house: House, path: str, **sent: Any) -> int:
    return int(house.client.post(path, **sent).status_code)


@given(body=st.binary(max_size=200), kind=KINDS)
def test_bytes(fuzzed: House, body: bytes, kind: str):
    for encoding in ("identity", "gzip"):
        headers = {"content-type": kind, "content-encoding": encoding}
        assert post(fuzzed, "/v1/events", content=body, headers=headers) < 500


@given(event=ANYTHING | st.dictionaries(FIELD, ANYTHING), kind=KINDS)
def test_any_json(fuzzed: House, event: Any, kind: str):
    for body in (event, [event, line()], line(data=event), [line() | (event if isinstance(event, dict) else {})]):
        assert fuzzed.client.post("/v1/events", json=body, headers={"content-type": kind}).status_code < 500


@given(fields=st.dictionaries(st.sampled_from(["token", "outcome", "note", "by", "assign"]), TEXT), right=st.booleans())
def test_forms(fuzzed: House, fields: dict[str, str], right: bool):
    card = fuzzed.cards()[0].id
    sent = {"content": urlencode(fields | ({"token": fuzzed.token} if right else {})), "headers": FORM}
    assert post(fuzzed, f"/calls/{card}/outcome", **sent) in (403, 422)
    assert post(fuzzed, "/rules/x/pause", **sent) in (403, 404)


@settings(max_examples=min(settings().max_examples, 100))  # twelve requests each
@given(path=st.text(st.characters(codec="utf-8"), max_size=20), query=TEXT)
def test_addresses(fuzzed: House, path: str, query: str):
    for start in ("/", "/customers/", "/v1/customers/", "/v1/", "/static/", "/calls/", "/rules/"):
        address = "http://localhost" + start + quote(path, safe="")
        assert fuzzed.client.get(address, params={"after": query}).status_code < 500
    for page in ("/", "/sent", "/held", "/rules", "/v1/calls"):
        assert fuzzed.client.get(page, params={"after": query, "assign": query, "said": query}).status_code < 500

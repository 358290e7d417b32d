from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from sqlalchemy import QueuePool

from tests.web.house import House, line, read_only

DEEP = b"[" * 50_000
JSON, NDJSON = "application/json", "application/x-ndjson"


def post(house: House, body: Any, kind: str = JSON, **headers: str) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return house.client.post("/v1/events", content=content, headers={"content-type": kind} | headers)


def stored(house: House) -> list[str]:
    with house.app.store.reading() as tx:
        return sorted(e.id for e in tx.events.history(["maya"], ["purchase"]).get("maya", []))


def problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert told["status"] == status
    assert told.keys() >= {"type", "title", "detail"}
    return told


def test_one_event(house: House):
    answer = post(house, line())
    assert answer.status_code == 200
    assert answer.json() == {
        "accepted": 1,
        "duplicate": 0,
        "rejected": 0,
        "events": [{"id": "e1", "status": "accepted"}],
    }
    assert stored(house) == ["e1"]


def test_an_array_keeps_its_order(house: House):
    answer = post(house, [line(3), line(1), line(2)])
    assert [e["id"] for e in answer.json()["events"]] == ["e3", "e1", "e2"]


def test_one_event_a_line(house: House):
    body = b"\n".join(json.dumps(line(n)).encode() for n in range(3)) + b"\n"
    assert post(house, body, NDJSON).json()["accepted"] == 3


@pytest.mark.parametrize("batch", [False, True])
def test_cloud_events(house: House, batch: bool):
    cloud = {
        "specversion": "1.0", "id": "ce1", "source": "/till/4", "type": "purchase", "subject": "maya",
        "time": "2026-11-02T14:00:00Z", "data": {"total": 5},
    }  # fmt: skip
    kind = "application/cloudevents-batch+json" if batch else "application/cloudevents+json"
    assert post(house, [cloud] if batch else cloud, kind).status_code == 200
    assert stored(house) == ["ce1"]


def test_the_same_event_twice_is_one_event(house: House):
    post(house, line())
    answer = post(house, [line(), line()])
    assert answer.status_code == 200
    assert [e["status"] for e in answer.json()["events"]] == ["duplicate", "duplicate"]
    assert stored(house) == ["e1"]


def test_the_good_ones_of_a_batch_go_in(house: House):
    answer = post(house, [line(1), {"id": "broken"}, line(2, customer="nobody"), line(3)])
    assert answer.status_code == 207
    told = answer.json()["events"]
    assert [(e["id"], e["status"]) for e in told] == [
        ("e1", "accepted"), ("broken", "rejected"), ("e2", "rejected"), ("e3", "accepted"),
    ]  # fmt: skip
    assert "nobody" in told[2]["reason"]
    assert stored(house) == ["e1", "e3"]


def test_when_all_are_rejected_the_answer_is_a_problem_with_each_reason(house: House):
    told = problem(post(house, [line(1, customer="nobody"), {"id": "broken"}]), 422)
    assert [e["status"] for e in told["events"]] == ["rejected", "rejected"]


def test_a_large_batch_goes_in_whole(house: House):
    answer = post(house, [line(n) for n in range(2500)])
    assert answer.json()["accepted"] == 2500
    assert len(stored(house)) == 2500


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[{]", b"\xff\xfe", b"17", b"null", b'{"id": NaN}', pytest.param(DEEP, id="deep")]
)
def test_a_body_that_cannot_be_read(house: House, body: bytes):
    assert problem(post(house, body), 400 if body not in (b"17", b"null") else 422)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", "text/html"])
def test_an_odd_content_type(house: House, kind: str):
    problem(post(house, line(), kind), 415)


def test_more_events_than_a_call_may_have(house: House):
    problem(post(house, [line(n) for n in range(10_001)]), 413)
    assert stored(house) == []


def test_a_body_that_is_too_large(house: House):
    problem(post(house, b" " * (8 * 1024 * 1024 + 1)), 413)


def test_a_body_that_is_too_large_and_does_not_say_so(house: House):
    parts = (b" " * 65536 for _ in range(200))
    answer = house.client.post("/v1/events", content=parts, headers={"content-type": JSON})
    problem(answer, 413)


def test_gzip(house: House):
    packed = gzip.compress(json.dumps([line(1)]).encode()) + gzip.compress(b" ")
    assert post(house, packed, **{"content-encoding": "gzip"}).json()["accepted"] == 1


@pytest.mark.parametrize(
    ("packed", "encoding", "status"),
    [
        (gzip.compress(b" " * (64 * 1024 * 1024)), "gzip", 413),
        (gzip.compress(b"{}")[:-6], "gzip", 400),
        (b"no gzip at all", "gzip", 400),
        (gzip.compress(b"") * 100_000, "gzip", 400),
        (b"", "gzip", 400),
        (b"{}", "br", 415),
    ],
    ids=["bomb", "cut off", "not gzip", "joined too often", "nothing", "brotli"],  # bytes hold the time: not as an id
)
def test_gzip_that_is_none_or_a_bomb(house: House, packed: bytes, encoding: str, status: int):
    problem(post(house, packed, **{"content-encoding": encoding}), status)


def test_a_database_that_cannot_be_written_is_said_and_nothing_is_lost(house: House):
    batch = [line(n) for n in range(3)]
    with read_only(house):
        answer = post(house, batch)
        told = problem(answer, 503)
    assert int(answer.headers["retry-after"]) > 0
    assert "read-only" in told["detail"]
    assert stored(house) == []
    assert post(house, batch).json()["accepted"] == 3
    assert len(stored(house)) == 3


def test_what_looks_like_code_is_only_text(house: House):
    nasty = line("<script>alert(1)</script>", data={"note": "'; DROP TABLE event; --", "\u2028": "{{ 7 * 7 }}"})
    assert post(house, nasty).status_code == 200
    assert stored(house) == ["e<script>alert(1)</script>"]


def test_a_database_that_has_no_connection_left_is_busy(house: House):
    pool = house.app.store.engine.pool
    assert isinstance(pool, QueuePool)
    pool._timeout = 0.05
    taken = [house.app.store.engine.raw_connection() for _ in range(pool.size() + 10)]
    told = problem(post(house, line()), 503)
    assert "busy" in told["detail"]
    for connection in taken:
        connection.close()
    assert post(house, line()).status_code == 200

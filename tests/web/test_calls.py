from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from outreach.core.event import Event
from tests.web.house import MONDAY, House, line, read_only


def say(house: House, card: str, **body: Any) -> Any:
    return house.client.post(f"/v1/calls/{card}/outcome", json={"outcome": "reached"} | body)


def state_of(house: House) -> tuple[str, str, str, str]:
    with house.app.store.reading() as tx:
        f = tx.follow_ups.all_of("maya")[0]
    return f.state, f.outcome, f.note, f.outcome_by


def test_todays_list(busy: House):
    told = busy.client.get("/v1/calls").json()["calls"]
    assert [(c["name"], c["channel"], c["assign"]) for c in told] == [("Maya Okafor", "call", "Lena")]
    assert busy.client.get("/v1/calls?assign=lena").json()["calls"] == told
    assert busy.client.get("/v1/calls?assign=Tom").json()["calls"] == []


def test_an_outcome_takes_the_card_off_the_list(busy: House):
    card = busy.cards()[0].id
    assert say(busy, card, note="All well.", by="Lena").json() == {"id": card, "status": "accepted"}
    assert busy.cards() == []
    assert state_of(busy) == ("done", "reached", "All well.", "Lena")


def test_the_same_word_twice_is_one_word(busy: House):
    card = busy.cards()[0].id
    say(busy, card)
    assert say(busy, card).json()["status"] == "duplicate"
    with busy.app.store.reading() as tx:
        assert len(tx.events.history(["maya"], ["outcome"])["maya"]) == 1


def test_another_word_about_a_card_that_is_done_is_refused(busy: House):
    card = busy.cards()[0].id
    say(busy, card, by="Lena")
    answer = say(busy, card, outcome="no_answer")
    assert answer.status_code == 404
    assert "done already by Lena" in answer.json()["detail"]
    assert state_of(busy)[1] == "reached"


@pytest.mark.parametrize("card", ["nothing", "0" * 32, "zzz", "..%2f..", "%00", "é"])
def test_a_card_that_nobody_knows(busy: House, card: str):
    answer = say(busy, card)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_card_that_was_withdrawn_in_the_meantime(busy: House):
    card = busy.cards()[0].id
    busy.app.engine.ingest([Event(id="x", type="consent.withdrawn", customer="maya", time=busy.clock.instant)])
    assert "not to be done any more" in say(busy, card).json()["detail"]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"outcome": 1}', b'{"outcom": "reached"}', b'{"note": "x"}', b"\xff"]
)
def test_an_outcome_that_cannot_be_read(busy: House, body: bytes):
    answer = busy.client.post(f"/v1/calls/{busy.cards()[0].id}/outcome", content=body)
    assert answer.status_code == 400
    assert len(busy.cards()) == 1


def test_an_outcome_that_means_nothing(busy: House):
    answer = say(busy, busy.cards()[0].id, outcome="sold")
    assert answer.status_code == 422
    assert "reached" in answer.json()["detail"]
    assert len(busy.cards()) == 1


def test_a_long_note_is_kept_and_an_endless_one_refused(busy: House):
    card = busy.cards()[0].id
    assert say(busy, card, note="x" * 20_001).status_code == 422
    assert say(busy, card, note="x" * 200_000).status_code == 413
    assert say(busy, card, note="ä" * 10_000).status_code == 200
    assert state_of(busy)[2] == "ä" * 10_000


def test_a_note_loses_what_no_keyboard_types(busy: House):
    say(busy, busy.cards()[0].id, note="a\u0000b\r\nc \U0001f469\u200d\U0001f4bb")
    assert state_of(busy)[2] == "ab\nc \U0001f469\u200d\U0001f4bb"


def test_a_database_that_cannot_be_written_keeps_the_card(busy: House):
    card = busy.cards()[0].id
    with read_only(busy):
        assert say(busy, card, note="Remember!").status_code == 503
    assert say(busy, card, note="Remember!").json()["status"] == "accepted"
    assert state_of(busy)[2] == "Remember!"


def test_why_a_customer_was_and_was_not_contacted(busy: House):
    busy.client.post("/v1/events", json=line(time=(MONDAY + timedelta(days=1)).isoformat()))
    busy.app.engine.dispatch()
    told = busy.client.get("/v1/customers/maya").json()
    assert told["customer"] == "maya"
    states = {f["rule"]: f["state"] for f in told["follow_ups"]}
    assert states["haircut-next-day"] == "listed"
    assert "champagne" in [m["rule"] for m in told["misses"]]


def test_a_customer_that_nobody_knows(house: House):
    answer = house.client.get("/v1/customers/no/such%20one")
    assert answer.status_code == 404
    assert "no/such one" in answer.json()["detail"]


def test_the_openapi_document_names_every_route_for_programs(house: House):
    told = house.client.get("/openapi.json").json()
    assert set(told["paths"]) == {
        "/healthz", "/readyz", "/v1/events", "/v1/calls", "/v1/calls/{follow_up}/outcome", "/v1/customers/{customer}",
        "/v1/customers/{customer}/export", "/v1/customers/{customer}/may", "/v1/customers/{customer}/contacts",
    }  # fmt: skip
    events = told["paths"]["/v1/events"]["post"]
    assert "application/x-ndjson" in events["requestBody"]["content"]
    assert {"200", "207", "400", "401", "413", "422", "503"} <= set(events["responses"])
    assert events["security"]

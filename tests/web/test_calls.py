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
    assert say(busy, card, note="All well.", by="Lena").json() == {
        "id": card, "status": "accepted", "until": (busy.clock.instant + timedelta(minutes=10)).isoformat(),
    }  # fmt: skip
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
        "/v1/customers/{customer}/notes", "/v1/customers/{customer}/memory", "/v1/calls.csv", "/v1/calls.ics",
        "/v1/calls/figures", "/v1/calls/next", "/v1/calls/{follow_up}", "/v1/load", "/v1/unknown", "/v1/unknown/{attempt}",
        *(f"/v1/calls/{{follow_up}}/{d}" for d in ("claim", "release", "skip", "snooze", "cancel", "undo", "assign")),
    }  # fmt: skip
    events = told["paths"]["/v1/events"]["post"]
    assert "application/x-ndjson" in events["requestBody"]["content"]
    assert {"200", "207", "400", "401", "413", "422", "503"} <= set(events["responses"])
    assert events["security"]


def deed(house: House, card: str, name: str, **body: Any) -> Any:
    return house.client.post(f"/v1/calls/{card}/{name}", json=body)


def test_a_card_is_claimed_held_and_given_back(busy: House):
    card = busy.cards()[0].id
    claimed = deed(busy, card, "claim", by="Lena").json()
    assert (claimed["status"], claimed["card"]["holder"]) == ("done", "Lena")
    no = deed(busy, card, "claim", by="Omar")
    assert (no.status_code, no.headers["content-type"]) == (409, "application/problem+json")
    assert (no.json()["code"], no.json()["by"], no.json()["until"]) == ("held", "Lena", claimed["until"])
    assert say(busy, card, by="Omar", note="hello").status_code == 409
    assert busy.client.get(f"/v1/calls/{card}").json()["about"]["words"]["note"] == "reached: hello"
    assert deed(busy, card, "release", by="Lena").json() == {"id": card, "status": "done"}
    assert deed(busy, card, "release", by="Lena").json()["code"] == "none"


def test_the_next_card_is_given_until_nothing_is_left(busy: House):
    first = busy.client.post("/v1/calls/next", json={"by": "Lena"}).json()
    assert first["card"]["customer"] == "maya"
    nothing = busy.client.post("/v1/calls/next", json={"by": "Omar"}).json()
    assert (nothing["card"], nothing["code"]) == (None, "none")


def test_snooze_skip_cancel_and_their_undoing(busy: House):
    card = busy.cards()[0].id
    later = (busy.clock.instant + timedelta(hours=1)).isoformat()
    for name, body in (("snooze", {"until": later}), ("cancel", {"run": True, "why": "moved"}), ("skip", {})):
        assert deed(busy, card, name, by="Lena", **body).json()["status"] == "done"
        assert deed(busy, card, "undo", by="Lena").json()["status"] == "done"
        busy.app.engine.dispatch()
        assert [c.id for c in busy.cards()] == [card]
    too_late = deed(busy, card, "snooze", by="Lena", until="2027-01-01T00:00:00Z")
    assert too_late.status_code == 422
    assert "worth something until" in too_late.json()["detail"]
    assert deed(busy, card, "undo", by="Lena").json()["code"] == "none"


def test_an_outcome_is_undone_and_said_anew(busy: House):
    card = busy.cards()[0].id
    say(busy, card, note="wrong")
    assert deed(busy, card, "undo", by="Lena").status_code == 200
    assert say(busy, card, outcome="no_answer", by="Lena").json()["status"] == "accepted"
    assert state_of(busy)[:2] == ("done", "no_answer")


def test_a_promise_over_http(busy: House):
    card = busy.cards()[0].id
    at = busy.clock.instant + timedelta(hours=1)
    assert say(busy, card, outcome="call_back", by="Lena", call_back_at=at.isoformat(), only_me=True).status_code == 200
    busy.clock.instant = at
    busy.app.engine.dispatch()
    [told] = busy.client.get("/v1/calls").json()["calls"]
    assert (told["promised"], told["promised_to"], told["assign"]) == (at.isoformat(), "Lena", "Lena")
    past = say(busy, told["id"], outcome="call_back", call_back_at="2026-11-01T00:00:00Z")
    assert past.status_code == 422
    assert "is past" in past.json()["detail"]


def test_a_card_is_assigned_and_the_day_is_told_in_figures(busy: House):
    card = busy.cards()[0].id
    assert deed(busy, card, "assign", to="Omar", by="Kim").status_code == 200
    assert busy.client.get("/v1/calls?assign=omar").json()["calls"][0]["id"] == card
    told = busy.client.get("/v1/calls/figures").json()
    assert (told["done"], told["total"], told["quadrants"]["important"]) == (0, 1, 1)
    assert {one["of"] for one in busy.client.get("/v1/load?days=2").json()["load"]} == {"house", "omar"}
    assert "BEGIN:VEVENT" in busy.client.get("/v1/calls.ics").text
    assert busy.client.get("/v1/calls.csv").text.startswith("channel,name")


def test_notes_and_memory_over_http(busy: House):
    card = busy.cards()[0].id
    for what, body in (("notes", {"note": "Rang"}), ("memory", {"name": "seat", "value": "window"})):
        assert busy.client.post(f"/v1/customers/maya/{what}", json=body | {"by": "Lena"}).status_code == 200
        assert busy.client.post(f"/v1/customers/nobody/{what}", json=body).status_code == 404
        assert busy.client.post(f"/v1/customers/maya/{what}", content=b"{").status_code == 400
    about = busy.client.get(f"/v1/calls/{card}").json()["about"]
    assert about["notes"][0]["note"] == "Rang"
    assert about["memory"] == [f"seat: window (staff Lena, {busy.clock.instant:%Y-%m-%d})"]


@pytest.mark.parametrize("name", ["claim", "release", "skip", "undo", "snooze", "cancel", "assign"])
def test_what_nobody_knows_or_can_read_is_a_problem(busy: House, name: str):
    body = {"until": "2026-11-03T18:00:00Z"} if name == "snooze" else {}
    answer = deed(busy, "000nothing", name, by="Lena", **body)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown")
    assert deed(busy, busy.cards()[0].id, name, bye="Lena").status_code == 400

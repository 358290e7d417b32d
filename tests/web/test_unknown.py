"""Messages nobody knows of: the list for programs and for people, and what a person says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from outreach.flow.reconciling import Reconciler
from outreach.ports import Unknown
from tests.support.business import an_event
from tests.support.senders import ScriptedSender
from tests.web.house import House, plain


@pytest.fixture
def undecided(house: House) -> str:
    """Maya's e-mail may have gone out, and its provider can't be asked."""
    sender = ScriptedSender([Unknown(code="timeout", text="<b>silence</b>")])
    house.app.engine.senders = {"sms": sender, "email": sender}
    house.happens(an_event("purchase", "maya", house.clock.instant))
    Reconciler(house.app.store, house.app.engine.senders, house.clock).work()
    [entry] = house.client.get("/v1/unknown").json()["unknown"]
    assert (entry["customer"], entry["channel"], entry["evidence"]) == ("maya", "email", "not scripted")
    return str(entry["attempt"])


def state(house: House) -> list[str]:
    with house.app.store.reading() as tx:
        return [f.state for f in tx.follow_ups.all_of("maya") if f.channel == "email"]


def test_the_page_shows_it_and_is_only_named_when_there_is_something(house: House, undecided: str):
    page = house.client.get("/unknown").text
    assert "not scripted" in plain(page)
    assert "<b>silence</b>" not in page
    assert 'href="/unknown"' in house.client.get("/").text
    form = {"token": house.token, "decision": "sent", "by": "Kim"}
    assert house.client.post(f"/unknown/{undecided}", data=form).headers["location"] == "/unknown"
    assert state(house) == ["sent"]
    assert 'href="/unknown"' not in house.client.get("/").text
    assert "Nothing waits for you" in house.client.get("/unknown").text


def test_what_is_looked_up_still_is_shown_apart(house: House):
    house.app.engine.senders = {"email": ScriptedSender([Unknown(code="timeout")]), "sms": ScriptedSender()}
    house.app.engine.ingest([an_event("purchase", "maya", house.clock.instant)])
    while house.app.engine.dispatch():
        pass
    assert house.client.get("/v1/unknown").json() == {"unknown": []}
    [entry] = house.client.get("/v1/unknown", params={"every": "true"}).json()["unknown"]
    assert entry["next_look"] == (house.clock.instant + timedelta(minutes=1)).isoformat()
    assert "Looked up at the provider still" in house.client.get("/unknown").text


def test_a_program_says_it_and_twice_is_once(house: House, undecided: str):
    for status in ("decided", "known"):
        answer = house.client.post(f"/v1/unknown/{undecided}", json={"decision": "let_go", "by": "Kim"})
        assert (answer.status_code, answer.json()) == (200, {"attempt": undecided, "status": status})
    assert state(house) == ["cancelled"]


@pytest.mark.parametrize(
    ("attempt", "body", "status"),
    [("0" * 32, {"decision": "sent"}, 404), ("", {"decision": "maybe"}, 422), ("", {}, 400), ("", {"said": 1}, 400)],
)
def test_what_cannot_be_taken_says_so(house: House, undecided: str, attempt: str, body: dict[str, str], status: int):
    answer = house.client.post(f"/v1/unknown/{attempt or undecided}", json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert state(house) == ["unknown"]


def test_a_form_of_another_site_says_nothing(house: House, undecided: str):
    assert house.client.post(f"/unknown/{undecided}", data={"decision": "sent"}).status_code == 403
    assert house.guest().get("/v1/unknown").status_code == 403
    assert state(house) == ["unknown"]

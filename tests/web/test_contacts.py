"""Contacts by hand over HTTP: asking first, writing down, and how they show on the customer's page."""

from __future__ import annotations

import html
from dataclasses import replace

from tests.support.business import an_event
from tests.web.house import MAYA, House, plain


def cadenced(house: House) -> None:
    house.people(MAYA)


def test_asking_and_writing_down(house: House):
    cadenced(house)
    answer = house.client.get("/v1/customers/maya/may", params={"channel": "call", "purpose": "care"})
    assert (answer.status_code, answer.json()["may"], answer.json()["reasons"]) == (200, True, [])
    made = house.client.post("/v1/customers/maya/contacts", json={"channel": "call", "by": "Lena", "id": "k1"})
    assert (made.status_code, made.json()["status"], made.json()["id"]) == (201, "accepted", "k1")
    again = house.client.post("/v1/customers/maya/contacts", json={"channel": "call", "by": "Lena", "id": "k1"})
    assert (again.status_code, again.json()["status"]) == (200, "duplicate")


def test_the_guard_objects_until_somebody_says_why(house: House):
    cadenced(house)
    wanted = {"channel": "sms", "purpose": "marketing", "note": "<b>an offer</b>"}
    refused = house.client.post("/v1/customers/maya/contacts", json=wanted)
    assert refused.status_code == 409
    assert refused.headers["content-type"] == "application/problem+json"
    told = refused.json()
    assert [r["code"] for r in told["reasons"]] == ["no_consent:sms"]
    assert "`override`" in told["detail"]
    made = house.client.post("/v1/customers/maya/contacts", json=wanted | {"override": "she asked for it"})
    assert made.status_code == 201
    told = house.client.get("/v1/customers/maya").json()["heard"]
    assert [(h["kind"], [r["code"] for r in h["reasons"]]) for h in told] == [
        ("by_hand", ["contact.made", "no_consent:sms", "override"]),
    ]  # fmt: skip
    page = house.client.get("/customers/maya").text
    assert "all the same, because: she asked for it" in html.unescape(plain(page))
    assert "<b>an offer</b>" not in page


def test_what_cannot_be_taken_says_what_to_do(house: House):
    cadenced(house)
    for path, body, status in (
        ("nobody", {}, 404), ("maya", {"channel": "pigeon"}, 422), ("maya", {"colour": 1}, 400),
        ("maya", {"time": "2026-11-02T10:00:00"}, 400),
    ):  # fmt: skip
        answer = house.client.post(f"/v1/customers/{path}/contacts", json=body)
        assert (answer.status_code, answer.json()["detail"][-1]) == (status, "."), answer.text
    assert house.client.get("/v1/customers/nobody/may").status_code == 404
    assert house.client.get("/v1/customers/maya/may?channel=task").status_code == 422


def test_another_computer_needs_the_key(house: House):
    cadenced(house)
    assert house.guest().get("/v1/customers/maya/may").status_code == 403
    assert house.guest().post("/v1/customers/maya/contacts", json={}).status_code == 403


def test_by_the_id_of_one_who_has_become_another(house: House):
    house.people(MAYA, replace(MAYA, id="m2"))
    house.happens(an_event("customer.merged", "m2", into="maya"))
    assert house.client.get("/v1/customers/m2/may").json()["customer"] == "maya"
    made = house.client.post("/v1/customers/m2/contacts", json={"channel": "call", "id": "k1"})
    assert (made.status_code, made.json()["status"]) == (201, "accepted")
    heard = house.client.get("/v1/customers/maya").json()["heard"]
    assert "by_hand" in [h["kind"] for h in heard]


def test_a_restored_database_says_that_it_cannot_tell(house: House):
    cadenced(house)
    house.app.store.write(lambda tx: tx.house.quarantine(house.clock.now()))
    answer = house.client.get("/v1/customers/maya/may", params={"channel": "call"}).json()
    assert (answer["may"], answer["next"], [r["code"] for r in answer["reasons"]]) == (False, None, ["quarantine"])
    assert "outreach db reopen" in answer["reasons"][0]["text"]
    refused = house.client.post("/v1/customers/maya/contacts", json={"channel": "call"})
    assert (refused.status_code, refused.json()["detail"].split(".")[0]) == (409, "Against it: quarantine")
    made = house.client.post("/v1/customers/maya/contacts", json={"channel": "call", "override": "it was made"})
    assert made.status_code == 201

"""One customer over HTTP: all that is known of her, and forgetting her."""

from __future__ import annotations

from pathlib import Path

import pytest

from outreach.core.customer import Customer
from tests.web.house import MAYA, MONDAY, House, haircut, line, open_house


def merged(old: str, into: str) -> dict:
    return line("m", old, type="customer.merged", data={"into": into})


def test_all_that_is_known_of_her(busy: House):
    busy.client.post("/v1/events", json=line(data={"total": 12, "note": "for Zoë"}))
    told = busy.client.get("/v1/customers/maya/export")
    assert told.headers["content-type"] == "application/json"
    assert told.json()["customer"]["last_name"] == "Okafor"
    assert "for Zoë" in told.text
    assert {f["state"] for f in told.json()["follow_ups"]} >= {"listed"}


def test_her_old_id_leads_to_her(busy: House):
    busy.people(Customer(id="m/2", first_name="Maya"))
    card = busy.cards()[0].id
    assert busy.client.post("/v1/events", json=merged("maya", "m/2")).json()["accepted"] == 1
    for path in ("/v1/customers/maya", "/v1/customers/m/2"):
        assert busy.client.get(path).json()["customer"] == "m/2"
    assert busy.client.get("/v1/customers/m/2/export").json()["customer"]["phone"] == MAYA.phone
    assert busy.client.get("/customers/maya").status_code == 200
    # A page that stood open before the merge still knows the card by its old name.
    answer = busy.client.post(f"/v1/calls/{card}/outcome", json={"outcome": "reached"})
    assert answer.json()["status"] == "accepted"
    assert busy.cards() == []
    assert busy.client.post(f"/v1/calls/{card}/outcome", json={"outcome": "reached"}).json()["status"] == "duplicate"


def test_a_merge_that_makes_no_sense_says_why(house: House):
    answer = house.client.post("/v1/events", json=merged("maya", "maya"))
    assert answer.status_code == 422
    assert answer.json()["detail"] == "'maya' can't be merged into itself"


def test_she_is_forgotten(busy: House):
    told = busy.client.delete("/v1/customers/maya")
    assert (told.status_code, told.json()) == (200, {"customer": "maya", "merged": [], "ahead": 1, "touches": 1})
    assert busy.cards() == []
    assert busy.client.get("/v1/customers/maya").status_code == 404
    assert busy.client.delete("/v1/customers/maya").status_code == 404
    refused = busy.client.post("/v1/events", json=line(2))
    assert refused.status_code == 422
    assert "unknown customer" in refused.json()["detail"]
    for path in ("/", "/sent", "/held", "/rules"):
        assert "Okafor" not in busy.client.get(path).text


@pytest.mark.parametrize("method", ["get", "delete"])
def test_only_who_has_the_key_may(tmp_path: Path, method: str):
    locked = open_house(tmp_path, api_key="correct-horse-battery")
    locked.people(MAYA)
    path = "/v1/customers/maya" + ("/export" if method == "get" else "")
    assert getattr(locked.client, method)(path).status_code == 401
    assert getattr(locked.guest(), method)(path, headers={"authorization": "Bearer wrong"}).status_code == 401
    key = {"authorization": "Bearer correct-horse-battery"}
    assert getattr(locked.client, method)(path, headers=key).status_code == 200
    locked.app.store.engine.dispose()


def test_another_site_cannot_forget_her(house: House):
    answer = house.client.delete("/v1/customers/maya", headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    assert house.client.get("/v1/customers/maya").status_code == 200


def test_nobody_of_that_name(house: House):
    for answer in (house.client.get("/v1/customers/x/export"), house.client.delete("/v1/customers/x")):
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        assert "'x' is not known" in answer.json()["detail"]


def test_the_list_of_what_was_sent_goes_on_without_her(busy: House):
    busy.happens(haircut(id="again", time=MONDAY))
    busy.client.delete("/v1/customers/maya")
    assert busy.client.get("/sent").status_code == 200

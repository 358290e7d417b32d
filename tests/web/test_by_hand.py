"""The form for a contact made by hand, notes and memories."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from outreach.core.event import Event
from tests.web.house import MAYA, House, open_house, plain, read_only

CAPPED = """
rules: {}
calendars:
  business: {timezone: America/New_York}
cadence:
  min_gap: 20 hours
  caps: []
  holidays: none
"""
CALL = {"channel": "call", "direction": "outbound", "purpose": "care"}


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[House]:
    """A house in which twenty hours lie between two contacts."""
    opened = open_house(tmp_path, rulebook=CAPPED)
    opened.people(MAYA)
    yield opened
    opened.app.store.engine.dispose()


def made(house: House) -> list[Event]:
    with house.app.store.reading() as tx:
        return tx.events.history(["maya"], ["contact.made"]).get("maya", [])


def fields(page: str) -> dict[str, str]:
    return {k: html.unescape(v) for k, v in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)}


def send(house: House, **more: str) -> Any:
    form = fields(house.client.get("/contact?customer=maya").text)
    return house.client.post("/contact", data=form | CALL | {"by": "Lena"} | more)


def test_asking_writes_nothing_and_says_that_nothing_stands_in_the_way(house: House):
    page = plain(house.client.get("/contact?customer=maya").text)
    assert "Nothing stands in the way of a call for care now: it is Mon 2 Nov 10:00 there" in page
    assert made(house) == []


def test_a_contact_is_written_down_with_its_note(house: House):
    answer = send(house, note="She moves to Boston.\r\nIn May.")
    assert (answer.status_code, answer.headers["location"]) == (303, "/customers/maya?said=logged")
    event = made(house)[0]
    assert (event.data["by"], event.data["note"], event.data["channel"]) == (
        "Lena",
        "She moves to Boston.\nIn May.",
        "call",
    )
    page = plain(house.client.get(answer.headers["location"]).text)
    assert "The contact is written down" in page
    assert "She moves to Boston." in page


def test_the_same_form_sent_twice_counts_once(house: House):
    form = fields(house.client.get("/contact?customer=maya").text) | CALL
    assert [house.client.post("/contact", data=form).status_code for _ in range(2)] == [303, 303]
    assert len(made(house)) == 1


def test_where_the_guard_objects_a_reason_is_asked_for_and_nothing_is_lost(strict: House):
    assert send(strict).status_code == 303
    page = strict.client.get("/contact?customer=maya").text
    assert "The cadence objects" in page
    assert "Why it is made all the same" in page
    refused = send(strict, note="Precious & dear")
    assert refused.status_code == 409
    assert "It was not written down: the cadence objects" in plain(refused.text)
    assert "Precious &amp; dear</textarea>" in refused.text
    assert len(made(strict)) == 1
    again = strict.client.post(
        "/contact", data=fields(refused.text) | CALL | {"note": "x", "override": "She asked for it"}
    )
    assert again.status_code == 303
    assert "She asked for it" in {e.data.get("override") for e in made(strict)}


def test_she_contacted_us(strict: House):
    assert send(strict).status_code == 303
    assert send(strict, direction="inbound").status_code == 303


@pytest.mark.parametrize(
    ("more", "status", "said"),
    [
        ({"at": "2026-11-02T09:00"}, 303, ""), ({"at": "2026-11-02T11:00"}, 422, "still to come"),
        ({"at": "yesterday"}, 422, "When?"), ({"channel": "pigeon"}, 422, "pigeon"), ({"purpose": "x"}, 422, "purpose"),
        ({"note": "x" * 20_001}, 422, "too long"), ({"token": "stale"}, 403, "once more"),
    ],
)  # fmt: skip
def test_forms_of_every_kind(house: House, more: dict[str, str], status: int, said: str):
    answer = send(house, **{"note": "Precious"} | more)
    assert answer.status_code == status
    assert said in answer.text
    assert len(made(house)) == (status == 303)
    assert status == 303 or "Precious" in answer.text or len(more.get("note", "")) > 20_000


def test_a_contact_earlier_today_counts_from_then(house: House):
    send(house, at="2026-11-02T09:00")
    assert made(house)[0].time.hour == 14  # nine in New York


def test_a_database_that_cannot_be_written_gives_the_note_back(house: House):
    form = fields(house.client.get("/contact?customer=maya").text) | CALL | {"note": "Precious"}
    with read_only(house):
        answer = house.client.post("/contact", data=form)
    assert answer.status_code == 503
    assert "Precious</textarea>" in answer.text
    again = house.client.post("/contact", data=fields(answer.text) | {"note": "Precious"})
    assert again.status_code == 303
    assert len(made(house)) == 1


def test_nobody_of_that_name(house: House):
    assert house.client.get("/contact?customer=%3Cb%3E").status_code == 404
    assert house.client.get("/contact").status_code == 404
    assert house.client.post("/contact", data={"token": house.token, "customer": "x"}).status_code == 404


def test_looking_at_another_channel_says_what_it_would_meet(strict: House):
    page = plain(strict.client.get("/contact?customer=maya&channel=sms&purpose=marketing").text)
    assert "needs consent" in page

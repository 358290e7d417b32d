"""News of the list: what a stream says, that it is bounded, and that it ends."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

import pytest

from outreach import desk
from outreach.core.event import Event
from outreach.staff import accounts, sessions
from outreach.web import live as news
from outreach.web import pulse as pulses
from outreach.web.pulse import difference
from tests.web.crew import cheaply, hire, signed_in
from tests.web.house import House, read_only, served
from tests.web.staff import crowd

#: Seconds: a heartbeat, on a machine that has much else to do; a stream would go on for ten minutes.
SOON = 6.0
#: What a browser says of what a script asks for.
SCRIPT = {"Sec-Fetch-Mode": "cors"}


@contextmanager
def stream(url: str, path: str = "/events", word: str = "") -> Iterator[HTTPResponse]:
    connection = HTTPConnection(urlsplit(url).netloc, timeout=8)
    connection.request("GET", path, headers=SCRIPT | ({"Cookie": f"outreach={word}"} if word else {}))
    yield connection.getresponse()
    connection.close()


def said(answer: HTTPResponse) -> dict[str, Any]:
    """The next thing that is said; comments and empty lines are none."""
    while line := answer.readline():
        if line.startswith(b"data: "):
            found: dict[str, Any] = json.loads(line[6:])
            return found
    pytest.fail("the stream has ended")


def test_first_all_then_what_changes(house: House):
    crowd(house, 3)
    first, second, third = (c.id for c in house.cards())
    with served(house) as url, stream(url) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert said(answer) == {"all": True, "held": {first: "", second: "", third: ""}, "gone": []}
        desk.claim(house.app.engine, first, "Lena")
        assert said(answer) == {"all": False, "held": {first: "Lena"}, "gone": []}
        desk.outcome(house.app.engine, first, desk.Said(outcome="reached", by="Lena"))
        assert said(answer) == {"all": False, "held": {}, "gone": [first]}


def test_one_persons_list(busy: House):
    card = busy.cards()[0].id
    with served(busy) as url, stream(url, "/events?assign=LENA") as hers, stream(url, "/events?assign=Tom") as his:
        assert said(hers)["held"] == {card: ""}
        assert said(his)["held"] == {}
    assert busy.client.get("/events/now?assign=lena").json() == {"all": True, "held": {card: ""}, "gone": []}


def test_what_became_of_a_card(busy: House):
    card = busy.cards()[0].id
    assert busy.client.get(f"/events/why?card={card}").json()["listed"] is True
    busy.app.engine.ingest([Event(id="x", type="consent.withdrawn", customer="maya", time=busy.clock.instant)])
    told = busy.client.get(f"/events/why?card={card}").json()
    assert told["listed"] is False
    assert "not to be done any more" in told["why"]
    assert "no call or task" in busy.client.get("/events/why?card=%00").json()["why"]


def test_too_many_streams_are_refused_and_may_ask_instead(busy: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(news, "MOST", 1)
    with served(busy) as url, stream(url) as first:
        said(first)
        with stream(url) as second:
            assert second.status == 503
        with stream(url, "/events/now") as asked:
            assert asked.status == 200


def test_a_stream_ends_when_it_is_time_and_makes_room(busy: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pulses, "LONGEST", 0.3)
    monkeypatch.setattr(pulses, "PERIOD", 0.1)
    with served(busy) as url, stream(url) as answer:
        assert answer.read().count(b"data: ") == 1


def test_a_server_that_stops_ends_its_streams(busy: House):
    server = served(busy)
    with stream(server.__enter__()) as answer:
        said(answer)
        start = time.perf_counter()
        server.__exit__(None, None, None)
        assert time.perf_counter() - start < 3
        assert b"data:" not in answer.read()


def test_many_listen_and_the_database_is_asked_once(busy: House, monkeypatch: pytest.MonkeyPatch):
    looks: list[float] = []

    def look(app: Any) -> pulses.Look:
        looks.append(time.monotonic())
        return pulses.Look()

    monkeypatch.setattr(pulses, "look_at", look)
    monkeypatch.setattr(pulses, "PERIOD", 60.0)
    with served(busy) as url, stream(url, "/events/now") as one, stream(url, "/events/now") as two:
        assert one.read() == two.read()
    assert len(looks) == 1


def test_a_database_that_is_away_ends_no_stream(busy: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pulses, "PERIOD", 0.1)
    with served(busy) as url, stream(url) as answer:
        card = next(iter(said(answer)["held"]))
        with read_only(busy):
            time.sleep(0.3)
        desk.claim(busy.app.engine, card, "Lena")
        assert said(answer)["held"] == {card: "Lena"}


def _sign_out(house: House, word: str) -> None:
    sessions.end(house.app.store, word)


def _close(house: House, _: str) -> None:
    accounts.remove(house.app.store, "Lena")


def _new_password(house: House, _: str) -> None:
    accounts.set_password(house.app.store, "Lena")


def _too_long(house: House, _: str) -> None:
    house.clock.instant += timedelta(hours=3)


@pytest.mark.parametrize("end", [_sign_out, _close, _new_password, _too_long])
def test_whoever_is_signed_out_hears_no_more(staffed: House, end: Any):
    """Of two who listen, the one whose session is over."""
    words = {}
    for name in ("Lena", "Ada"):
        words[name] = str(signed_in(staffed, name).cookies["outreach"])
    with served(staffed) as url:
        with stream(url, word=words["Lena"]) as hers, stream(url, word=words["Ada"]) as other:
            card = next(iter(said(hers)["held"]))
            said(other)
            end(staffed, words["Lena"])
            start = time.perf_counter()
            assert b"data:" not in hers.read()
            assert time.perf_counter() - start < SOON
            if end is not _too_long:
                desk.claim(staffed.app.engine, card, "Ada")
                assert said(other)["held"] == {card: "Ada"}
        with stream(url, word=words["Lena"]) as again:
            assert again.status == 401


def test_the_first_account_ends_what_stood_open_to_everybody(busy: House, monkeypatch: pytest.MonkeyPatch):
    cheaply(monkeypatch)
    with served(busy) as url, stream(url) as answer:
        said(answer)
        hire(busy, Ada="admin")
        assert b"data:" not in answer.read()


def test_a_page_that_only_stands_open_is_no_click(staffed: House):
    lena = signed_in(staffed, "Lena")
    staffed.clock.instant += timedelta(minutes=100)
    assert lena.get("/events/now", headers=SCRIPT).status_code == 200
    staffed.clock.instant += timedelta(minutes=30)
    assert lena.get("/events/now", headers=SCRIPT).status_code == 401


def test_figures_are_told_to_pages_that_show_others(house: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pulses, "PERIOD", 0.2)
    crowd(house, 3)
    first = house.cards()[0].id
    assert house.client.get("/events/now?day=0-3").json().keys() == {"all", "held", "gone"}
    assert house.client.get("/events/now?day=9-9").json()["day"] == "0-3"
    with served(house) as url, stream(url, "/events?day=0-3") as right, stream(url, "/events?day=1-3") as wrong:
        assert "day" not in said(right)
        assert said(wrong)["day"] == "0-3"
        desk.outcome(house.app.engine, first, desk.Said(outcome="reached", by="Lena"))
        for answer in (right, wrong):
            told: dict[str, Any] = {}
            while not (told.get("gone") and "day" in told):  # in one piece of news, or in two
                told |= {name: value for name, value in said(answer).items() if value}
            assert told == {"gone": [first], "day": "1-3"}


def test_nothing_changed_says_nothing():
    assert difference({"a": "", "b": "Tom"}, {"a": "", "b": "Tom"}) == {}
    assert difference({"a": "", "b": "Tom"}, {"b": "", "c": ""}) == {
        "all": False, "held": {"b": "", "c": ""}, "gone": ["a"],
    }  # fmt: skip

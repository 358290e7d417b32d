from __future__ import annotations

import html
from collections.abc import Iterator
from pathlib import Path

import pytest

from outreach.web.access import is_loopback
from outreach.web.gate import host_name
from tests.web.house import MAYA, House, line, open_house

KEY = "correct-horse-battery"


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[House]:
    """A house with a key, known to the world by a name."""
    opened = open_house(tmp_path, api_key=KEY, public_url="https://outreach.example/")
    opened.people(MAYA)
    yield opened
    opened.app.store.engine.dispose()


def test_without_a_key_only_this_machine_is_served(house: House):
    for path in ("/v1/calls", "/", "/sent"):
        assert house.client.get(path).status_code == 200
        assert house.guest().get(path).status_code == 403
    told = house.guest().post("/v1/events", json=line())
    assert told.headers["content-type"] == "application/problem+json"
    assert "OUTREACH_API_KEY" in told.json()["detail"]


def test_a_proxy_on_this_machine_does_not_make_everybody_local(house: House):
    assert house.client.get("/v1/calls", headers={"x-forwarded-for": "192.0.2.7"}).status_code == 403


def test_with_a_key_programs_bring_it(locked: House):
    for client in (locked.client, locked.guest()):
        assert client.get("/v1/calls", headers={"authorization": f"Bearer {KEY}"}).status_code == 200


@pytest.mark.parametrize(
    "sent", [None, "", "Bearer", "Bearer ", "Bearer wrong", f"Bearer {KEY}x", f"Basic {KEY}", "Bearer \u00e9", KEY]
)
def test_a_wrong_key(locked: House, sent: str | None):
    headers = {} if sent is None else {"authorization": sent.encode()}
    answer = locked.client.get("/v1/calls", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_wrong_key_is_told_before_the_body_is_read(locked: House):
    def endless() -> Iterator[bytes]:
        yield b" "
        raise AssertionError("the body was read")

    assert locked.client.post("/v1/events", content=endless()).status_code == 401


def test_browsers_are_asked_for_the_key(locked: House):
    asked = locked.guest().get("/")
    assert asked.status_code == 401
    assert asked.headers["www-authenticate"].startswith("Basic")
    assert "Amelia" not in asked.text
    assert locked.guest().get("/", auth=("Lena", KEY)).status_code == 200
    assert locked.guest().get("/", auth=("Lena", "wrong")).status_code == 401


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "evil.example:80", "", "[", "127.0.0.1.nip.io"]
)
def test_a_forged_host(house: House, host: str):
    for path in ("/", "/v1/calls"):
        assert house.client.get(path, headers={"host": host}).status_code == 421
    assert house.client.post("/v1/events", json=line(), headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8080", "127.0.0.1:1", "[::1]:8080"])
def test_names_of_this_machine(house: House, host: str):
    assert house.client.get("/v1/calls", headers={"host": host}).status_code == 200


def test_the_name_by_which_the_world_knows_it(locked: House):
    client = locked.guest(base_url="https://outreach.example")
    assert client.get("/", auth=("Lena", KEY)).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"},
        {"origin": "null"}, {"origin": "http://localhost:9999"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/v1/events", "/pause", "/calls/1/outcome"])
def test_another_site_cannot_send_anything(house: House, path: str, headers: dict[str, str]):
    answer = house.client.post(path, data={"token": house.token}, headers=headers)
    assert answer.status_code == 403
    with house.app.store.reading() as tx:
        assert tx.house.paused() == {}


def test_our_own_page_can(house: House):
    headers = {"sec-fetch-site": "same-origin", "origin": "http://localhost"}
    assert house.client.post("/pause", data={"token": house.token}, headers=headers).status_code == 303


@pytest.mark.parametrize("token", ["", "guessed", "\u00fc"])
def test_a_form_without_our_token_does_nothing(house: House, token: str):
    assert house.client.post("/pause", data={"token": token}).status_code == 403
    with house.app.store.reading() as tx:
        assert tx.house.paused() == {}


def test_every_answer_carries_the_headers(house: House):
    answers = [
        house.client.get(p) for p in ("/", "/nothing", "/v1/calls", "/v1/nothing", "/healthz", "/static/outreach.css")
    ]
    answers += [house.client.get("/", headers={"host": "evil.example"}), house.client.post("/v1/events", content=b"{")]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'self'")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"


def test_a_fault_of_ours_is_a_page_too_and_carries_the_headers(house: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("outreach.web.today.cards", lambda _engine: 1 / 0)
    answer = house.client.get("/")
    assert answer.status_code == 500
    assert "server's log" in html.unescape(answer.text)
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "ZeroDivisionError" not in answer.text


def test_loopback():
    assert all(map(is_loopback, ("127.8.9.1", "::1", "::ffff:127.0.0.1")))
    assert not any(map(is_loopback, ("192.0.2.1", "::ffff:192.0.2.1", "localhost", "")))


@pytest.mark.parametrize(
    ("host", "name"), [("a:1", "a"), ("[::1]:2", "::1"), ("A.b", "a.b"), ("[::1", ""), ("u@h", "h")]
)
def test_the_name_in_a_host_header(host: str, name: str):
    assert host_name(host) == name

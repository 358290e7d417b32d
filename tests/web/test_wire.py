"""Over the wire: a real server, a real scheduler, the real clock."""

from __future__ import annotations

import http.client
import json
import socket
import sqlite3
import time
from urllib.parse import urlsplit

import httpx2
import pytest

from outreach.bootstrap import SystemClock
from outreach.scheduler import Heart
from tests.web.house import House, line, served


def test_an_event_becomes_an_e_mail(house: House):
    house.app.engine.clock = SystemClock()
    heart = Heart(house.app.engine)
    heart.start()
    try:
        with served(house, heart) as url, httpx2.Client(base_url=url, trust_env=False) as client:
            now = house.app.engine.clock.now().isoformat()
            assert client.post("/v1/events", json=line(time=now)).json()["accepted"] == 1
            for _ in range(100):
                if "Thank you" in client.get("/sent").text:
                    break
                time.sleep(0.05)
            assert "You were here, Maya." in client.get("/sent").text
            assert client.get("/healthz").json()["scheduler"]["alive"] is True
            assert client.get("/readyz").status_code == 200
    finally:
        heart.stop()


def test_what_was_answered_with_200_survives_the_process(house: House):
    with served(house) as url, httpx2.Client(trust_env=False) as client:
        assert client.post(f"{url}/v1/events", json=[line(n) for n in range(50)]).status_code == 200
        database = house.app.store.engine.url.database
        assert database is not None
        with sqlite3.connect(database) as other:
            assert other.execute("SELECT count(*) FROM event").fetchone() == (50,)
        other.close()


@pytest.mark.parametrize("size", [9, 30])
def test_who_sends_too_much_gets_to_read_the_answer(house: House, size: int):
    with served(house) as url, httpx2.Client(trust_env=False) as client:
        body = (b" " * 1024 * 1024 for _ in range(size))
        answer = client.post(f"{url}/v1/events", content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 413
        assert client.get(f"{url}/healthz").status_code == 200


def test_an_announced_flood_is_refused_before_it_comes(house: House):
    with served(house) as url:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
        connection.putrequest("POST", "/v1/events")
        connection.putheader("Content-Type", "application/json")
        connection.putheader("Content-Length", str(10**12))
        connection.endheaders(b" " * 1024)
        assert connection.getresponse().status == 413
        connection.close()


@pytest.mark.parametrize(
    "raw",
    [
        b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", b"\x16\x03\x01\x00\xa5\x01\x00\x00\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    ],
)  # fmt: skip
def test_no_page_for_a_request_that_is_not_meant_for_us(house: House, raw: bytes):
    with served(house) as url:
        host, port = urlsplit(url).hostname, urlsplit(url).port
        assert host is not None
        assert port is not None
        with socket.create_connection((host, port), timeout=10) as s:
            s.sendall(raw)
            s.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: s.recv(65536), b""))
        assert b" 200 " not in answer.split(b"\r\n")[0]
        assert b"Today" not in answer.split(b"<main")[-1].split(b"To today")[0]


def test_two_people_press_at_once_and_one_word_counts(busy: House):
    card = busy.cards()[0].id
    with served(busy) as url:
        connections = [http.client.HTTPConnection(urlsplit(url).netloc, timeout=10) for _ in range(8)]
        for n, c in enumerate(connections):
            body = json.dumps({"outcome": "reached", "by": f"person {n}"})
            c.request("POST", f"/v1/calls/{card}/outcome", body, {"Content-Type": "application/json"})
        said = [json.load(c.getresponse())["status"] for c in connections]
        for c in connections:
            c.close()
    assert sorted(map(str, said)) == ["accepted"] + ["duplicate"] * 7
    with busy.app.store.reading() as tx:
        assert len(tx.ledger.of_follow_ups([("maya", card)])) == 1

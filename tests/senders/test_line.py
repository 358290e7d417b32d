"""The line beneath the senders: when exactly does it fail, and for how long can it be held open."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path

import pytest

from outreach.errors import ConfigError
from outreach.senders._http import Reply, base_url, request
from outreach.senders._line import Limits, NotConnected, Silence, Watchdog, connect, tls
from tests.wire.certificates import server_side
from tests.wire.server import Heard, Misbehaviour, Said, Wire


def echo(heard: Heard) -> Said:
    return Said(200, f"{heard.method} {heard.path}?{heard.query} ".encode() + heard.body, {"X-Seen": "yes"})


def test_a_request_is_what_was_asked_for():
    with Wire(echo) as wire:
        reply = request("POST", f"{wire.url}/a/b?c=d", {"X-Ours": "1"}, b"hello", Limits())

    assert reply == Reply(200, reply.headers, b"POST /a/b?c=d hello")
    assert reply.headers["x-seen"] == "yes"
    assert wire.heard[0].headers["x-ours"] == "1"
    assert wire.heard[0].headers["connection"] == "close"


def test_a_certificate_that_nobody_knows_ends_it_before_the_first_byte(certificate: Path):
    with Wire(echo, server_side(certificate)) as wire, pytest.raises(NotConnected) as caught:
        request("POST", f"{wire.url}/", {}, b"secret", Limits())

    assert caught.value.code == "tls"
    assert wire.heard == []


def test_a_certificate_that_the_machine_trusts_will_do(trusted: Path):
    with Wire(echo, server_side(trusted)) as wire:
        assert request("POST", f"{wire.url}/", {}, b"hello", Limits()).status == 200


@pytest.mark.parametrize("how", [Misbehaviour(late=20), Misbehaviour(trickle=0.2)])
def test_tls_is_cut_in_time_too(how: Misbehaviour, trusted: Path):
    with Wire(echo, server_side(trusted)) as wire:
        wire.misbehaviour = how
        start = time.monotonic()
        with pytest.raises(Silence) as caught:
            request("POST", f"{wire.url}/", {}, b"hello", Limits(connect=3, read=0.5, total=3))

    assert caught.value.code == "timeout"
    assert time.monotonic() - start < 15


def test_a_reply_without_a_length_that_is_cut_is_no_reply():
    endless = Said(202, b"x" * 1_000, {"Content-Length": None})
    with Wire(lambda heard: endless) as wire:
        wire.misbehaviour = Misbehaviour(trickle=0.02)
        with pytest.raises(Silence) as caught:
            request("POST", f"{wire.url}/", {}, b"hello", Limits(total=3))

    assert caught.value.code == "timeout"


def test_a_server_that_never_shakes_hands_is_not_connected():
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        Watchdog(5) as watchdog,
        pytest.raises(NotConnected) as caught,
    ):
        connect("127.0.0.1", server.getsockname()[1], Limits(connect=0.2), watchdog, secure=True)

    assert caught.value.code == "connect_timeout"


def test_a_handshake_that_trickles_is_cut():
    def trickle(server: socket.socket, stop: threading.Event) -> None:
        line, _ = server.accept()
        with line:
            while not stop.wait(0.1):
                try:
                    line.sendall(b"\x16")
                except OSError:
                    return

    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=trickle, args=(server, stop))
        thread.start()
        start = time.monotonic()
        with Watchdog(0.5) as watchdog, pytest.raises(NotConnected):
            connect("127.0.0.1", server.getsockname()[1], Limits(connect=30), watchdog, secure=True)
        stop.set()
        thread.join()

    assert time.monotonic() - start < 15


def test_what_connects_too_late_does_not_send():
    with socket.create_server(("127.0.0.1", 0)) as server, Watchdog(0.01) as watchdog:
        while not watchdog.expired:
            time.sleep(0.01)
        with pytest.raises(NotConnected) as caught:
            connect("127.0.0.1", server.getsockname()[1], Limits(), watchdog, secure=False)

    assert caught.value.code == "connect_timeout"


def test_a_host_that_is_none_is_not_connected():
    with Watchdog(5) as watchdog, pytest.raises(NotConnected) as caught:
        connect("127.0.0.1%nowhere", 9, Limits(), watchdog, secure=False)

    assert caught.value.code == "no_such_host"


def test_a_host_out_of_reach_is_not_connected():
    with Watchdog(5) as watchdog, pytest.raises(NotConnected) as caught:
        connect("127.255.255.255", 9, Limits(), watchdog, secure=False)

    assert caught.value.code == "not_connected"


@pytest.mark.parametrize(
    "url", ["https://api.example", "https://api.example:444/eu/", "http://127.0.0.1:8", "http://localhost"]
)
def test_an_address_that_keeps_a_secret(url: str):
    assert base_url(url, "host") == url.rstrip("/")


NO_ADDRESSES = [
    "",
    "api.example",
    "http://api.example",
    "http://127.0.0.1.example",
    "ftp://127.0.0.1",
    "https://",
    "https:///x",
]
STRANGE_ADDRESSES = [
    "https://api.example:x",
    "https://api.example:70000",
    "https://api.example:0",
    "https://a b",
    "https://[::1",
]


@pytest.mark.parametrize("url", [*NO_ADDRESSES, *STRANGE_ADDRESSES])
def test_an_address_that_does_not(url: str):
    with pytest.raises(ConfigError, match="host must be an https:// address"):
        base_url(url, "host")


def test_mozillas_list_is_trusted():
    assert tls().cert_store_stats()["x509_ca"] > 50

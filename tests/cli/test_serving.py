"""`serve` and `worker` as processes: they start, answer, refuse, and stop when they are told."""

from __future__ import annotations

import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from outreach.cli import serving
from outreach.errors import ConfigError
from tests.cli.conftest import Run
from tests.scheduler.house import attempts, counts, found, opened, people, plan, settings, until
from tests.scheduler.workers import Processes, environment, processes
from tests.wire.server import Misbehaviour, Wire, refused_port
from tests.wire.twilio import ACCOUNT, TOKEN, Twilio


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return found(tmp_path / "house")


@pytest.fixture
def started(folder: Path) -> Iterator[Processes]:
    with processes(environment(folder), folder / "log") as running:
        yield running


def ask(port: int, path: str) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, None
    except OSError:
        return 0, None


def test_serve_answers_and_stops_within_five_seconds(folder: Path, started: Processes):
    port = refused_port()
    server = started.ready(started.start("serve", "--port", str(port)))
    assert server.said.startswith(f"Outreach serves http://127.0.0.1:{port}/")
    assert until(lambda: ask(port, "/healthz")[0] == 200, 10)
    health = ask(port, "/healthz")[1]
    assert health["scheduler"]["alive"]
    assert health["scheduler"]["failure"] == ""
    second = started.start("serve", "--port", str(port))
    assert second.popen.wait(20) == 1
    assert f"can't listen on 127.0.0.1:{port}: Address already in use; try --port" in started.log.read_text()
    begun = time.monotonic()
    assert server.end() == 0
    assert time.monotonic() - begun < 5
    assert "Traceback" not in started.log.read_text()


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_told_to_stop_it_finishes_what_is_being_sent(folder: Path, command: str):
    app = opened(folder)
    plan(app, people(app, 3))
    with Wire(Twilio()) as wire:
        wire.misbehaviour = Misbehaviour(late=1.5)
        env = environment(
            folder, OUTREACH_SMS="twilio", OUTREACH_TWILIO_FROM="+12125550000", OUTREACH_TWILIO_BASE_URL=wire.url,
            TWILIO_ACCOUNT_SID=ACCOUNT, TWILIO_AUTH_TOKEN=TOKEN, OUTREACH_PORT=str(refused_port()),
        )  # fmt: skip
        with processes(env, folder / "log") as started:
            process = started.ready(started.start(command))
            assert until(lambda: len(wire.heard) == 3, 10)
            assert process.end() == 0
    assert counts(app) == {"sent": 3}
    assert {a.state for a in attempts(app)} == {"accepted"}


def test_a_worker_stops_when_told_and_makes_a_missing_database(folder: Path, started: Processes):
    assert not (folder / "outreach.db").exists()
    worker = started.ready(started.start("worker"))
    assert " runs (database sqlite:///" in worker.said
    assert (folder / "outreach.db").exists()
    begun = time.monotonic()
    assert worker.end() == 0
    assert time.monotonic() - begun < 5
    assert started.log.read_text() == ""


def test_strangers_are_served_with_a_key_only(run: Run, folder: Path):
    for host in ("0.0.0.0", "192.0.2.7", "::", "example.com"):
        with pytest.raises(ConfigError, match="needs OUTREACH_API_KEY"):
            serving._refuse_strangers(settings(folder, host=host))
        serving._refuse_strangers(settings(folder, host=host, api_key="k"))
        serving._refuse_strangers(settings(folder, host=host), anybody=True)
    for host in ("127.0.0.1", "::1", "localhost", "127.8.8.8"):
        serving._refuse_strangers(settings(folder, host=host))


def test_the_refusal_as_a_command(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch):
    for name, value in environment(folder).items():
        if name.startswith("OUTREACH_"):
            monkeypatch.setenv(name, value)
    monkeypatch.setattr(serving, "set_up", lambda **_: None)
    ran = run("serve", "--host", "0.0.0.0")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("outreach: serving 0.0.0.0 needs OUTREACH_API_KEY")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ran = run("serve", "--port", taken.getsockname()[1])
    assert (ran.code, "can't listen on 127.0.0.1" in ran.err) == (1, True)
    (folder / "rules" / "bad.yaml").write_text("rules: {x: {}}")
    for command in ("serve", "worker"):
        ran = run(command)
        assert ran.code == 1
        assert "rules/bad.yaml:1:" in ran.err


def test_a_worker_whose_scheduler_died_ends_with_a_word(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch):
    class Dead(serving.Heart):
        def health(self) -> dict[str, Any]:
            return {"alive": False}

    monkeypatch.setattr(serving, "set_up", lambda **_: None)
    monkeypatch.setattr(serving, "Heart", Dead)
    monkeypatch.setattr(serving, "LOOK_EVERY", 0.1)
    monkeypatch.setattr(serving, "_on_stop", lambda _do: None)
    monkeypatch.setenv("OUTREACH_RULES", str(folder / "rules"))
    monkeypatch.setenv("OUTREACH_TEMPLATES", str(folder / "templates"))
    ran = run("worker")
    assert (ran.code, "the scheduler died" in ran.err) == (1, True)

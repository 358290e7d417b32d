"""What the doctor says of each thing that is wrong: what it is, and what to do. Never a credential."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from outreach.bootstrap import open_store
from outreach.doctor import examine
from outreach.staff import accounts, passwords
from tests.scheduler.house import found, opened, people, plan, settings
from tests.web.crew import CHEAP, PASSWORD
from tests.wire.server import Said, Wire, refused_port

SID, TOKEN = "AC" + "0123456789abcdef" * 2, "fedcba9876543210" * 2
KEY = "SG." + "a" * 22 + "." + "b" * 43
TWILIO = {"sms": "twilio", "TWILIO_ACCOUNT_SID": SID, "TWILIO_AUTH_TOKEN": TOKEN, "twilio_from": "+12125550100"}
SENDGRID = {"email": "sendgrid", "SENDGRID_API_KEY": KEY, "email_from": "hello@example.com"}
PUBLIC = {"public_url": "https://outreach.example"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    house = found(tmp_path / "house")
    open_store(settings(house), create=True).engine.dispose()
    return house


def looked(folder: Path, **given: Any) -> dict[str, tuple[bool, str]]:
    given.setdefault("port", refused_port())
    return {f.what: (f.ok, f.said) for f in examine(settings(folder, **given))}


def test_a_house_in_order(folder: Path):
    assert [w for w, (ok, _) in looked(folder).items() if not ok] == []
    with_all = looked(folder, **TWILIO, **SENDGRID)
    assert [w for w, (ok, _) in with_all.items() if not ok] == ["public address"]
    assert "STOP" in with_all["public address"][1]


@pytest.mark.parametrize(
    ("what", "given", "said"),
    [
        ("credentials", TWILIO | {"TWILIO_ACCOUNT_SID": "AC12"}, "TWILIO_ACCOUNT_SID is AC and 32 hex digits"),
        ("credentials", TWILIO | {"TWILIO_AUTH_TOKEN": ""}, "TWILIO_AUTH_TOKEN is 32 hex digits, and this has none"),
        ("credentials", TWILIO | {"TWILIO_AUTH_TOKEN": f" {TOKEN}"}, "33 characters, blanks around it"),
        ("credentials", SENDGRID | {"SENDGRID_API_KEY": "SG.short"}, "SENDGRID_API_KEY is SG., 22 characters"),
        ("credentials", {"email": "smtp", "email_from": "a@b.example", "smtp_username": "u"}, "belong together"),
        ("sender", TWILIO | {"twilio_from": "212-555-0100"}, "OUTREACH_TWILIO_FROM is a number as +12125550100"),
        ("sender", TWILIO | {"twilio_messaging_service": "MG1"}, "one of the two"),
        ("sender", TWILIO | {"twilio_from": "", "twilio_messaging_service": "MG1"}, "MG and 32 hex digits"),
        ("sender", {"twilio_voice_from": "212-555-0100"}, "OUTREACH_TWILIO_VOICE_FROM is a number as +12125550100"),
        ("credentials", {"twilio_voice_from": "+12125550100"}, "TWILIO_ACCOUNT_SID is AC and 32 hex digits"),
        ("public address", {"twilio_voice_from": "+12125550100"}, "set OUTREACH_PUBLIC_URL"),
        ("sender", SENDGRID | {"email_from": "hello"}, "OUTREACH_EMAIL_FROM is an address"),
        ("public address", {"public_url": "http://outreach.example"}, "https://"),
        ("public address", {"public_url": "https://192.168.1.4"}, "which no provider can reach"),
        ("public address", {"public_url": "https://desk.local"}, "which no provider can reach"),
        ("public address", {"public_url": "https://outreach.example/house"}, "nothing behind it"),
        ("webhooks", SENDGRID | PUBLIC, "https://outreach.example/hooks/sendgrid/events"),
        ("accounts", PUBLIC, "outreach users add NAME --role admin"),
        ("accounts", {"host": "0.0.0.0", "api_key": "a key"}, "nobody has an account"),
    ],
)
def test_what_is_wrong_outside(folder: Path, what: str, given: dict[str, Any], said: str):
    ok, told = looked(folder, **given)[what]
    assert not ok
    assert said in told
    everything = repr(looked(folder, **given))
    assert not [secret for secret in (TOKEN, KEY, "SG.short") if secret in everything]


def test_what_to_enter_at_the_providers(folder: Path):
    said = looked(folder, **TWILIO, **SENDGRID, **PUBLIC, SENDGRID_WEBHOOK_KEY="MFkw")["webhooks"][1]
    assert "https://outreach.example/hooks/twilio/inbound" in said
    assert "https://outreach.example/hooks/sendgrid/events" in said


@pytest.mark.parametrize(("name", "mode", "ok"), [
    ("outreach.db", 0o644, False), ("outreach.db", 0o660, True),
    ("outreach.key", 0o640, False), ("outreach.key", 0o600, True),
])  # fmt: skip
def test_who_may_read_the_files(folder: Path, name: str, mode: int, ok: bool):
    assert (folder / "outreach.db").stat().st_mode & 0o077 == 0  # made so
    (folder / name).chmod(mode)
    found, said = looked(folder)["files"]
    assert found == ok
    assert ok or f"chmod 600 {folder / name}" in said


def test_a_secret_that_is_guessed(tmp_path: Path):
    house = found(tmp_path / "house")
    open_store(settings(house, secret="changeme"), create=True).engine.dispose()
    ok, said = looked(house, secret="changeme")["secret"]
    assert not ok
    assert "too easy to guess" in said
    assert "changeme" not in said


def test_accounts(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(passwords, "HASHER", CHEAP)
    assert "users add NAME --role admin" in looked(folder)["accounts"][1]
    accounts.add(open_store(settings(folder)), "Ada", "admin", datetime.now(UTC), PASSWORD)
    assert looked(folder, **PUBLIC)["accounts"] == (True, "1, administrators: Ada; 0 keys")


def test_nobody_does_what_is_due(folder: Path):
    app = opened(folder)
    plan(app, people(app, 1))
    assert looked(folder)["scheduler"][0]
    with app.store.writing() as tx:
        tx.follow_ups.write("UPDATE follow_up SET wake = wake - ?", int(timedelta(minutes=15).total_seconds() * 1e6))
    ok, said = looked(folder)["scheduler"]
    assert not ok
    assert "start `outreach serve` or `outreach worker`" in said
    with app.store.writing() as tx:
        tx.house.pause("*", datetime.now(UTC), "somebody")
    assert looked(folder)["scheduler"][0]


@pytest.mark.parametrize(
    ("reply", "ok", "said"),
    [
        (Said(200, b'{"scheduler": {"alive": true, "failure": ""}}'), True, "alive"),
        (Said(503, b'{"scheduler": {"alive": false}}'), False, "has died: restart it"),
        (Said(200, b'{"scheduler": {"failure": "the disk is full"}}'), False, "the disk is full"),
        (Said(200, b"<html>another program</html>"), True, "no server answers"),
    ],
)
def test_what_the_server_says_of_its_scheduler(folder: Path, reply: Said, ok: bool, said: str):
    with Wire(lambda _: reply) as wire:
        found, told = looked(folder, port=wire.port)["scheduler"]
    assert (found, said in told) == (ok, True)

"""Putting the parts together: the clock, the secret, the senders that the settings ask for, and what is said if not."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from outreach import bootstrap
from outreach.bootstrap import SystemClock, open_app, open_store, shipped, virtual_store, worker_name
from outreach.errors import ConfigError, DatabaseError
from outreach.providers import senders
from outreach.settings import Settings, read_settings
from tests.scheduler.house import found, opened, settings


def test_the_clock_never_goes_back(monkeypatch: pytest.MonkeyPatch):
    clock = SystemClock()
    before = clock.now()
    real = datetime

    class SetBack(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return real.now(tz) - timedelta(hours=1)

    class SetForward(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return real.now(tz) + timedelta(hours=1)

    monkeypatch.setattr(bootstrap, "datetime", SetBack)
    assert before <= clock.now() < before + timedelta(minutes=1)
    monkeypatch.setattr(bootstrap, "datetime", SetForward)
    assert clock.now() >= before + timedelta(hours=1)
    assert clock.now().tzinfo == UTC


def test_the_secret_is_made_once_for_this_user_only(tmp_path: Path):
    first = opened(found(tmp_path / "house"))
    key = tmp_path / "house" / "outreach.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(key.read_text()) == 64
    assert open_store(first.settings).secret == first.store.secret == key.read_bytes()


def test_a_given_secret_leaves_no_file(tmp_path: Path):
    chosen = settings(found(tmp_path / "house"), secret="s" * 40)
    assert open_store(chosen, create=True).secret == b"s" * 40
    assert not (tmp_path / "house" / "outreach.key").exists()
    elsewhere = settings(found(tmp_path / "other"), secret_file=tmp_path / "kept")
    open_store(elsewhere, create=True)
    assert (tmp_path / "kept").exists()


def test_a_secret_that_cannot_be_kept_is_said(tmp_path: Path):
    chosen = settings(found(tmp_path / "house"), secret_file=tmp_path / "no" / "such" / "folder")
    with pytest.raises(ConfigError, match=r"can't be kept in .*: No such file or directory; set OUTREACH_SECRET"):
        open_store(chosen, create=True)


def test_another_secret_is_refused(tmp_path: Path):
    chosen = settings(found(tmp_path / "house"), secret="one")
    open_store(chosen, create=True)
    with pytest.raises(ConfigError, match="every opt-out would be forgotten"):
        open_store(settings(tmp_path / "house", secret="two"))


def test_a_missing_database_is_made_only_when_asked(tmp_path: Path):
    chosen = settings(found(tmp_path / "house"))
    with pytest.raises(DatabaseError, match=r"there is no database .*outreach.db: run `outreach db upgrade`"):
        open_app(chosen)
    assert not (tmp_path / "house" / "outreach.db").exists()
    open_store(chosen, create=True)
    assert open_app(chosen).engine.next_wake() is None


def test_what_simulations_use_keeps_nothing():
    with virtual_store().reading() as tx:
        assert tx.customers.count() == 0


def test_the_outbox_is_what_one_begins_with():
    assert {channel: s.name for channel, s in senders(Settings(), SystemClock()).items()} == {
        "sms": "outbox", "email": "outbox",
    }  # fmt: skip


CREDENTIALS = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "t", "OUTREACH_TWILIO_FROM": "+12125550100",
    "SENDGRID_API_KEY": "SG.k", "OUTREACH_EMAIL_FROM": "hello@example.com",
}  # fmt: skip


@pytest.mark.parametrize(
    ("channel", "name", "needed"),
    [("sms", "twilio", "TWILIO_ACCOUNT_SID"), ("email", "sendgrid", "SENDGRID_API_KEY"),
     ("email", "smtp", "OUTREACH_EMAIL_FROM")],
)  # fmt: skip
def test_a_provider_is_used_when_it_can_be_and_what_it_lacks_is_named(
    monkeypatch: pytest.MonkeyPatch, channel: str, name: str, needed: str
):
    monkeypatch.setenv(f"OUTREACH_{channel.upper()}", name)
    with pytest.raises(ConfigError, match=needed):
        senders(read_settings(), SystemClock())
    for variable, value in CREDENTIALS.items():
        monkeypatch.setenv(variable, value)
    assert senders(read_settings(), SystemClock())[channel].name == name
    shown = repr(read_settings())
    assert "SG.k" not in shown


def test_two_phases_are_for_who_can(monkeypatch: pytest.MonkeyPatch):
    given = CREDENTIALS | {"OUTREACH_TWILIO_MESSAGING_SERVICE": "MG" + "0" * 32, "OUTREACH_SMS": "twilio"}
    for variable, value in given.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.delenv("OUTREACH_TWILIO_FROM")
    for email, lead in (("sendgrid", timedelta(minutes=16)), ("smtp", None)):
        both = senders(read_settings(two_phase=True, email=email), SystemClock())
        assert [getattr(both[c], "lead", None) for c in ("sms", "email")] == [timedelta(minutes=16), lead]
    assert {s.idempotency for s in senders(read_settings(), SystemClock()).values()} == {"none", "native"}


def test_two_phases_may_be_for_one_channel_alone(monkeypatch: pytest.MonkeyPatch):
    for variable, value in CREDENTIALS.items():  # a number of Twilio's, which can't
        monkeypatch.setenv(variable, value)
    monkeypatch.setenv("OUTREACH_TWO_PHASE", "email")
    made = senders(read_settings(sms="twilio", email="sendgrid"), SystemClock())
    assert [made[c].lead for c in ("sms", "email")] == [None, timedelta(minutes=16)]
    monkeypatch.setenv("OUTREACH_TWO_PHASE", "sms")
    with pytest.raises(ConfigError, match="Messaging Service only"):
        senders(read_settings(sms="twilio"), SystemClock())
    monkeypatch.setenv("OUTREACH_TWO_PHASE", "pigeon")
    with pytest.raises(ConfigError, match=r"OUTREACH_TWO_PHASE: .*'sms' or 'email'"):
        read_settings()


def test_settings_are_read_once_and_frozen(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OUTREACH_LEASE_SECONDS", "90")
    monkeypatch.setenv("OUTREACH_DATABASE_URL", "")  # empty is as good as absent
    read = read_settings(port=9000, host=None)
    assert (read.lease_seconds, read.port, read.host) == (90, 9000, "127.0.0.1")
    assert read.database_url == "sqlite:///outreach.db"
    with pytest.raises(ValueError, match="frozen"):
        read.port = 1


def test_every_wrong_setting_is_named_at_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OUTREACH_PORT", "abc")
    monkeypatch.setenv("OUTREACH_EMAIL", "pigeon")
    with pytest.raises(ConfigError, match=r"(?s)OUTREACH_PORT: .*OUTREACH_EMAIL: "):
        read_settings()


def test_the_lease_reaches_the_engine(tmp_path: Path):
    assert opened(found(tmp_path / "house"), lease_seconds=7).engine.lease == timedelta(seconds=7)


def test_the_example_business_comes_along():
    assert (shipped("rules") / "cadence.yaml").is_file()
    assert (shipped("templates") / "thank-you-warm.sms.txt").is_file()


def test_no_two_workers_have_one_name():
    assert len({worker_name() for _ in range(100)}) == 100

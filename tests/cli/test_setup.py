"""`init`, `doctor`, `db upgrade`: setting up, and what is said when something is wrong."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from outreach.store import schema
from tests.cli.conftest import Run


def findings(ran: object) -> dict[str, tuple[bool, str]]:
    return {f["what"]: (f["ok"], f["said"]) for f in ran.json}  # type: ignore[attr-defined]


def test_init_makes_a_business_that_is_in_order(run: Run, business: Path):
    names = {p.name.removesuffix("-wal").removesuffix("-shm").removesuffix("-line") for p in business.iterdir()}
    assert names == {"rules", "templates", "outreach.db", "outreach.key"}
    assert not (business / "templates" / "pages").exists()
    assert run("rules", "check").code == 0
    assert run("doctor").code == 0
    assert all(ok for ok, _ in findings(run("doctor", "--json")).values())
    assert (business / "outreach.key").stat().st_mode & 0o077 == 0


def test_init_overwrites_nothing(run: Run, business: Path):
    (business / "rules" / "mine.yaml").write_text("rules: {}\n")
    ran = run("init", ".")
    assert ran.code == 1
    assert "has rules and templates already: nothing was changed" in ran.err
    assert (business / "rules" / "mine.yaml").exists()
    (business / "file").write_text("")
    assert "is a file" in run("init", "file").err


def test_db_upgrade_makes_one_and_a_second_time_changes_nothing(run: Run, tmp_path: Path):
    first = run("db", "upgrade")
    assert (first.code, first.out) == (0, f"sqlite:///outreach.db went from nothing to {schema.HEAD}\n")
    second = run("db", "upgrade")
    assert (second.code, second.out) == (0, f"sqlite:///outreach.db is at {schema.HEAD}\n")


@pytest.mark.parametrize("command", ["calls", "why ann", "pause", "ingest x.jsonl", "doctor"])
def test_a_missing_database_is_not_made_by_the_way(run: Run, tmp_path: Path, command: str):
    ran = run(*command.split())
    assert ran.code == 1
    assert "there is no database outreach.db: run `outreach db upgrade`" in ran.out + ran.err
    assert list(tmp_path.iterdir()) == []


def test_a_missing_rules_folder_says_how_to_make_one(run: Run, business: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OUTREACH_RULES", "nowhere")
    for command in ("calls", "rules check", "rules list", "why ann"):
        ran = run(*command.split())
        assert ran.code == 1
        assert "`outreach init DIR`" in ran.err
    ok, said = findings(run("doctor", "--json"))["rules"]
    assert not ok
    assert "`outreach init DIR`" in said


def test_the_doctor_goes_on_after_what_is_broken(run: Run, business: Path, monkeypatch: pytest.MonkeyPatch):
    (business / "rules" / "bad.yaml").write_text("rules:\n  x:\n    on: purchase\n    setps: []\n")
    monkeypatch.setenv("OUTREACH_SMS", "twilio")
    ran = run("doctor", "--json")
    assert ran.code == 1
    found = findings(ran)
    assert not found["rules"][0]
    assert "rules/bad.yaml:" in found["rules"][1]
    assert not found["senders"][0]
    assert "TWILIO_ACCOUNT_SID" in found["senders"][1]
    assert found["database"][0]
    assert "MEND rules" in run("doctor").out


def test_the_doctor_tells_of_a_pause(run: Run, business: Path):
    run("pause")
    assert "PAUSED: everything" in run("doctor").out


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_the_doctor_finds_a_read_only_database(run: Run, business: Path):
    for name in ("outreach.db", "."):
        (business / name).chmod(0o555 if name == "." else 0o444)
    try:
        ok, said = findings(run("doctor", "--json"))["database"]
        assert (ok, "read-only" in said) == (False, True)
    finally:
        business.chmod(0o755)


def test_a_database_of_a_newer_version_is_left_alone(run: Run, business: Path):
    with sqlite3.connect("outreach.db") as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    db.close()
    for command in ("calls", "db upgrade", "doctor"):
        ran = run(*command.split())
        assert ran.code == 1
        assert "newer version of Outreach (schema 9999" in ran.out + ran.err


def test_a_file_that_is_no_database_is_left_alone(run: Run, business: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OUTREACH_DATABASE_URL", "sqlite:///other.db")
    (business / "other.db").write_bytes(b"not a database at all" * 100)
    for command in ("calls", "db upgrade", "doctor", "pause"):
        ran = run(*command.split())
        assert ran.code == 1
        assert "is not an Outreach database, or it is damaged" in ran.out + ran.err


def test_another_secret_is_refused_before_opt_outs_are_forgotten(
    run: Run, business: Path, monkeypatch: pytest.MonkeyPatch
):
    run("calls")
    monkeypatch.setenv("OUTREACH_SECRET", "another one")
    assert "every opt-out would be forgotten" in run("calls").err
    monkeypatch.delenv("OUTREACH_SECRET")
    (business / "outreach.key").unlink()
    assert run("calls").code == 1

"""Real purchases through the real thing: what `ingest` stores and `simulate` sends, against a count of their own."""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from bench import cdnow
from outreach.cli import app

pytestmark = pytest.mark.skipif(not cdnow.SOURCE.exists(), reason="CDNOW isn't unpacked: run `make data`")
ZONE = ZoneInfo(cdnow.ZONE)
WEEK, VALID = timedelta(days=7), timedelta(days=2)
#: Each third customer, which is enough to be wrong by; OUTREACH_TEST_CDNOW=1 takes them all.
EACH = int(os.environ.get("OUTREACH_TEST_CDNOW") or 3)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cdnow")
    cdnow.write(folder, each=EACH)
    return folder


def bought() -> list[tuple[str, str, int, float]]:
    """The purchases that are played."""
    rows = [row for row in cdnow.purchases() if int(row[0]) % EACH == 0]
    assert EACH > 1 or (len(rows), len({row[0] for row in rows})) == (69_659, 23_570)
    return rows


def counted_by_hand() -> tuple[dict[str, list[str]], int]:
    """When each customer is thanked (UTC), and how many thanks are never said; from the rows alone.

    Thanks are due at 10:00 of the day after. One that would come less than seven times 24 hours after the last waits
    until then, if that is within two days on the wall clock, and is not said at all otherwise.
    """
    sent: dict[str, list[datetime]] = defaultdict(list)
    never = 0
    for customer, day, _, _ in sorted(bought(), key=lambda row: (row[0], row[1])):
        due = datetime(int(day[:4]), int(day[4:6]), int(day[6:]), 10, tzinfo=ZONE) + timedelta(days=1)
        before = sent[customer]
        at = max(due.astimezone(UTC), before[-1] + WEEK) if before else due.astimezone(UTC)
        if at <= (due + VALID).astimezone(UTC):
            before.append(at)
        else:
            never += 1
    return {c: [f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in times] for c, times in sent.items()}, never


@pytest.mark.slow
def test_every_thank_you_of_cdnow_goes_out_when_a_count_by_hand_says(files: Path):
    out = files / "contacts.csv"
    arguments = [
        "--rules",
        "rules",
        "--customers",
        "customers.jsonl",
        "--events",
        "events.jsonl",
        "--out",
        "contacts.csv",
    ]
    paths = [str(files / a) if not a.startswith("--") else a for a in arguments]
    done = CliRunner().invoke(app, ["simulate", *paths], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    sent = defaultdict(list)
    for row in rows:
        if row["status"] == "sent":
            sent[row["customer"]].append(row["at"])
    expected, never = counted_by_hand()
    assert {c: sorted(times) for c, times in sent.items()} == expected
    assert sum(row["status"] == "expired" and row["reason"] == "cap:1/7d" for row in rows) == never
    assert len(rows) == len(bought())
    assert {row["customer"] for row in rows} == {row[0] for row in bought()}


@pytest.mark.slow
def test_cdnow_is_ingested_once_however_often_the_file_comes(files: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(files)
    monkeypatch.setenv("OUTREACH_DATABASE_URL", f"sqlite:///{files / 'live.db'}")
    run = CliRunner()
    assert run.invoke(app, ["db", "upgrade"]).exit_code == 0
    events, people = len(bought()), len({row[0] for row in bought()})
    assert f"{people} customers taken" in run.invoke(app, ["customers", "import", "customers.jsonl"]).output
    assert f"{events} events taken, 0 known before, 0 rejected" in run.invoke(app, ["ingest", "events.jsonl"]).output
    before = _rows(files / "live.db")
    assert f"0 events taken, {events} known before, 0 rejected" in run.invoke(app, ["ingest", "events.jsonl"]).output
    assert _rows(files / "live.db") == before == (events, 0)  # purchases of 1997 are history: nobody is contacted


def _rows(database: Path) -> tuple[int, int]:
    import sqlite3

    with sqlite3.connect(database) as conn:
        counts = [conn.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("event", "follow_up")]
    conn.close()
    return counts[0], counts[1]

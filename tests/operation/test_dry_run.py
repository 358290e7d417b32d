"""A dry run with a real provider's settings: nobody is called, the cadence shows what it does, nothing of it stays."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from outreach import dry_run
from outreach.bootstrap import App
from outreach.core.event import Event
from outreach.senders.dry_run import NAME
from outreach.settings import Settings
from tests.scheduler.house import attempts, counts, found, opened, people, until
from tests.scheduler.workers import environment, outreach, processes
from tests.wire.server import Wire, refused_port
from tests.wire.twilio import ACCOUNT, TOKEN, Twilio

CAPPED = """\
rules:
  now:
    on: ping
    purpose: care
    steps:
      - sms: {at: immediately, valid_for: 1 hour, template: hello}
cadence:
  min_gap: 0 minutes
  caps: [{max: 1, per: 3 days}]
  hours: {}
  laws: []
  holidays: none
  unknown_timezone: business
calendars:
  business: {days: mon-sun, timezone: UTC}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    house = found(tmp_path / "house")
    (house / "rules" / "all.yaml").write_text(CAPPED)
    return house


def ping(app: App, name: str) -> None:
    app.engine.ingest([Event(id=name, type="ping", customer="c0", time=datetime.now(UTC))])


def twilio(wire: Wire) -> dict[str, str]:
    return {
        "OUTREACH_SMS": "twilio", "OUTREACH_TWILIO_FROM": "+12125550000", "OUTREACH_TWILIO_BASE_URL": wire.url,
        "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "OUTREACH_PORT": str(refused_port()),
    }  # fmt: skip


def test_nothing_leaves_the_house_and_nothing_counts_afterwards(folder: Path):
    app = opened(folder)
    people(app, 1)
    log = folder / "log"
    with Wire(Twilio()) as wire:
        env = environment(folder, **twilio(wire))
        with processes(env, log) as started:
            dry = started.ready(started.start("worker", "--dry-run"))
            ping(app, "first")
            assert until(lambda: len(attempts(app)) == 1, 30)
            ping(app, "second")  # one in three days: the dry run's own message counts while it lasts
            assert until(lambda: counts(app).get("scheduled", 0) + counts(app).get("expired", 0) == 1, 30)
            assert until(lambda: counts(app).get("sent") == 1, 10)
            assert dry.end() == 0
            assert wire.heard == []
            (attempt,) = attempts(app)
            assert (attempt.sender, attempt.state, attempt.body) == (NAME, "accepted", "Hello Ann.")
            assert "DRY RUN" in log.read_text()
            assert f"dry run: sms {attempt.id} would go out now" in log.read_text()
            started.ready(started.start("worker"))
            assert "The dry run is over: 1 contact of it count no more" in log.read_text()
            ping(app, "third")
            assert until(lambda: len(wire.heard) == 1, 30)  # it looks every five seconds, and loads the SDK first
    assert [a.sender for a in attempts(app)].count("twilio") == 1


def test_the_proof_holds_and_a_second_end_changes_nothing(folder: Path):
    app = opened(folder, dry_run=True)
    people(app, 2)
    dry_run.begin(app.store, datetime.now(UTC))
    dry_run.begin(app.store, datetime.now(UTC))
    app.engine.ingest([Event(id=f"e{c}", type="ping", customer=c, time=datetime.now(UTC)) for c in ("c0", "c1")])
    while app.engine.dispatch():
        pass
    assert counts(app) == {"sent": 2}
    assert len(live(app)) == 4  # each at its customer and its address
    assert dry_run.end(app.store, NAME, datetime.now(UTC)) == 2
    assert live(app) == []
    assert dry_run.end(app.store, NAME, datetime.now(UTC)) == 0


def test_what_was_really_sent_before_still_counts(folder: Path):
    app = opened(folder)
    people(app, 2)
    ping(app, "real")
    while app.engine.dispatch():
        pass
    dry_run.begin(app.store, datetime.now(UTC))
    assert dry_run.end(app.store, NAME, datetime.now(UTC)) == 0
    assert len(live(app)) == 2


def test_what_was_put_off_for_it_goes_when_it_is_over(folder: Path):
    """One in three days, and the dry run's own message was that one."""
    app = opened(folder, dry_run=True)
    people(app, 1)
    dry_run.begin(app.store, datetime.now(UTC))
    for name in ("first", "second"):
        ping(app, name)
        while app.engine.dispatch():
            pass
    assert counts(app) == {"sent": 1, "scheduled": 1}
    dry_run.end(app.store, NAME, datetime.now(UTC))
    while app.engine.dispatch():
        pass
    assert counts(app) == {"sent": 2}
    with app.store.reading() as tx:
        woken = [t for t in tx.traces.of("c0") if t.decision == "woken"]
    assert [[r.text for r in t.reasons] for t in woken] == [["the dry run is over"]]


def live(app: App) -> list[Any]:
    with app.store.engine.connect() as conn:
        return list(conn.exec_driver_sql("SELECT * FROM touch WHERE state <> 'released'"))


def test_bad_settings_are_told_in_a_dry_run_too(folder: Path):
    env = environment(folder, OUTREACH_DRY_RUN="1", OUTREACH_SMS="twilio", TWILIO_ACCOUNT_SID="AC1")
    ran = outreach("worker", env=env)
    assert ran.returncode == 1
    assert "TWILIO_ACCOUNT_SID" in ran.stderr
    assert Settings(dry_run=True).dry_run

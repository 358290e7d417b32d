"""A small business on a real SQLite file and the real clock, and ways to see what became of its follow-ups."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from outreach.bootstrap import App, open_app, open_store
from outreach.core.customer import Customer
from outreach.core.event import Event
from outreach.core.follow_up import FollowUp
from outreach.scheduler import Heart
from outreach.settings import Settings
from outreach.store.attempts import Attempt

RULES = """\
rules:
  now:
    on: ping
    purpose: transactional
    steps:
      - sms: {at: immediately, valid_for: 1 hour, template: hello}
  soon:
    on: knock
    purpose: transactional
    steps:
      - sms: {at: in 1 minute, valid_for: 1 hour, template: hello}
cadence:
  min_gap: 0 minutes
  caps: []
  hours: {}
  laws: []
  holidays: none
  unknown_timezone: business
calendars:
  business: {days: mon-sun, timezone: UTC}
"""


def found(folder: Path) -> Path:
    """The business's rules and templates in this folder."""
    (folder / "rules").mkdir(parents=True)
    (folder / "templates").mkdir()
    (folder / "rules" / "all.yaml").write_text(RULES)
    (folder / "rules" / "fields.yaml").write_text("events: {ping: [n], knock: [n]}\n")
    (folder / "templates" / "hello.sms.txt").write_text("Hello {{ customer.first_name }}.")
    return folder


def settings(folder: Path, **more: Any) -> Settings:
    url = f"sqlite:///{folder / 'outreach.db'}"
    return Settings(database_url=url, rules=folder / "rules", templates=folder / "templates", **more)


def opened(folder: Path, **more: Any) -> App:
    """The app on the business's database, which is made when it's missing."""
    chosen = settings(folder, **more)
    open_store(chosen, create=True)
    return open_app(chosen)


def people(app: App, count: int) -> list[str]:
    ids = [f"c{n}" for n in range(count)]
    app.engine.save_customers(
        [(Customer(id=i, first_name="Ann", phone=f"+1212555{n:04}", timezone="UTC"), ()) for n, i in enumerate(ids)]
    )
    return ids


def plan(app: App, customers: list[str], *, due_in: float = 0.0, name: str = "e") -> datetime:
    """One follow-up for each, all due in so many seconds; the due moment. What is due now takes another rule."""
    now = datetime.now(UTC)
    kind, at = ("knock", now + timedelta(seconds=due_in - 60)) if due_in else ("ping", now)
    events = [Event(id=f"{name}-{c}", type=kind, customer=c, time=at) for c in customers]
    receipts = app.engine.ingest(events)
    assert {r.status for r in receipts} == {"accepted"}
    return at + timedelta(minutes=1) if due_in else at


def all_of(app: App) -> list[FollowUp]:
    with app.store.reading() as tx:
        return list(tx.follow_ups.ended())


def attempts(app: App) -> list[Attempt]:
    with app.store.reading() as tx:
        return tx.attempts.latest(10_000)


def counts(app: App) -> dict[str, int]:
    with app.store.reading() as tx:
        return tx.follow_ups.counts()


@contextmanager
def beating(app: App) -> Iterator[Heart]:
    """A running scheduler, that is stopped at the end."""
    heart = Heart(app.engine)
    heart.start()
    try:
        yield heart
    finally:
        heart.stop()


def until(happened: Callable[[], Any], seconds: float = 5.0, look_every: float = 0.02) -> bool:
    """Wait for it; False when it took too long."""
    end = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > end:
            return False
        time.sleep(look_every)
    return True

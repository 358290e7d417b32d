"""A worker in a process of its own: dispatches, and looks up what may have been sent, until it is killed."""

from __future__ import annotations

import time
from pathlib import Path

from outreach.bootstrap import App, open_app
from outreach.errors import DatabaseError
from outreach.flow.reconciling import Reconciler
from outreach.senders.twilio import TwilioSender
from outreach.settings import Settings
from tests.chaos.clock import ShiftedClock
from tests.wire.twilio import ACCOUNT, TOKEN


def opened(folder: Path, url: str) -> App:
    """The house, with a sender that waits a second for the provider and not twelve."""
    chosen = Settings(database_url=url, rules=folder / "rules", templates=folder / "templates", secret="one")
    app = open_app(chosen, clock=ShiftedClock(folder / "clock"))
    app.engine.senders = {
        "sms": TwilioSender(
            account_sid=ACCOUNT, auth_token=TOKEN, from_="+12125550000", base_url=(folder / "address").read_text(),
            status_callback="https://shop.example/hooks/twilio/status", timeout=(1.0, 1.0), total=1.0,
        )
    }  # fmt: skip
    return app


def work(folder: Path, url: str) -> None:
    """For ever."""
    app = opened(folder, url)
    looked = 0.0
    while True:
        try:
            done = app.engine.dispatch()
        except DatabaseError:
            done = 0
        if time.monotonic() - looked > 0.3:
            done += Reconciler(app.store, app.engine.senders, app.engine.clock).sweep(lambda: False)
            looked = time.monotonic()
        if not done:
            time.sleep(0.05)

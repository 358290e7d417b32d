"""A small house with real parts: rules and templates in files, a SQLite file, a clock that stands where it is put."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event as sql_event

from outreach.bootstrap import App, assemble, open_store
from outreach.core.customer import Customer
from outreach.core.event import Event
from outreach.desk import Card, cards
from outreach.ports import VirtualClock
from outreach.rulebook.load import load_rulebook
from outreach.scheduler import Heart
from outreach.settings import read_settings
from outreach.simulation.run import Simulation
from outreach.store import schema
from outreach.store.database import open_engine
from outreach.web.app import create_app
from outreach.web.server import Server

MONDAY = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
RULES = """
rules:
  haircut-next-day:
    about: Ask how the haircut turned out.
    on: appointment.completed
    when: event.service == 'haircut'
    purpose: care
    priority: 70
    steps:
      - call: {at: next day 10:00, valid_for: 2 days, script: haircut, assign: event.staff}
  champagne:
    about: A birthday during the stay.
    on: stay.booked
    purpose: care
    steps:
      - task:
          at: next day 09:00
          title: "Champagne for {{ customer.first_name }}"
          details: "Room {{ event.room }}"
          assign: housekeeping
  thanks:
    on: purchase
    purpose: care
    steps:
      - email: {at: immediately, template: thanks}
  offer:
    about: An offer that nobody asked for.
    on: purchase
    steps:
      - sms: {at: immediately, template: offer}
calendars:
  business: {timezone: America/New_York}
cadence:
  min_gap: 0 minutes
  caps: []
  holidays: none
"""
TEMPLATES = {
    "haircut.call.md": "**Say**\n\nHello {{ customer.first_name }}, how is it?\n\n- Nice?\n- Not nice?\n",
    "thanks.email.md": "---\nsubject: Thank you\n---\nYou were here, {{ customer.first_name }}.\n",
    "offer.sms.txt": "Ten percent off. Reply STOP to opt out\n",
}


@dataclass(slots=True)
class House:
    """The house and a browser in it. `client` is on this machine and follows no redirects."""

    app: App
    clock: VirtualClock
    web: FastAPI
    client: TestClient

    @property
    def token(self) -> str:
        return str(self.web.state.front.token)

    def people(self, *people: Customer) -> None:
        self.app.engine.save_customers([(c, []) for c in people])

    def happens(self, *events: Event) -> None:
        """These events come in, and everything that is due by two days later is done."""
        until = max(e.time for e in events) + timedelta(days=1, hours=2)
        Simulation(self.app.engine, self.clock, outcome=None, until=until).run(events)
        self.clock.instant = until

    def cards(self) -> list[Card]:
        return cards(self.app.engine)

    def guest(self, path: str = "/", *, host: str = "192.0.2.7", base_url: str = "http://localhost") -> TestClient:
        """Another computer's browser."""
        return TestClient(self.web, base_url=base_url, client=(host, 1), follow_redirects=False)


@cache
def _empty_database() -> bytes:
    """Migrated once, copied for every test: the migrations take most of a test's time."""
    with TemporaryDirectory() as folder:
        database = open_engine(f"sqlite:///{folder}/empty.db")
        schema.upgrade(database)
        database.dispose()
        return (Path(folder) / "empty.db").read_bytes()


def open_house(folder: Path, **settings: Any) -> House:
    (folder / "rules").mkdir(exist_ok=True)
    (folder / "templates").mkdir(exist_ok=True)
    (folder / "rules" / "house.yaml").write_text(settings.pop("rulebook", RULES))
    for name, text in TEMPLATES.items():
        (folder / "templates" / name).write_text(text)
    chosen = read_settings(
        database_url=f"sqlite:///{folder / 'house.db'}",
        rules=folder / "rules",
        templates=folder / "templates",
        **settings,
    )
    if not (folder / "house.db").exists():
        (folder / "house.db").write_bytes(_empty_database())
    clock = VirtualClock(MONDAY)
    book = load_rulebook(chosen.rules, chosen.templates, strict=False)
    app = assemble(chosen, open_store(chosen), book, clock)
    web = create_app(app, None)
    client = TestClient(
        web, base_url="http://localhost", client=("127.0.0.1", 1), follow_redirects=False, raise_server_exceptions=False
    )
    return House(app, clock, web, client)


MAYA = Customer(
    id="maya", first_name="Maya", last_name="Okafor", email="maya@example.com", phone="+12125550101",
    timezone="America/New_York", country="US",
)  # fmt: skip


def haircut(customer: str = "maya", **more: Any) -> Event:
    given = {"id": f"cut-{customer}", "time": MONDAY, "data": {"service": "haircut", "staff": "Lena"}} | more
    return Event(type="appointment.completed", customer=customer, **given)


def line(number: int | str = 1, customer: str = "maya", **more: Any) -> dict[str, Any]:
    """A purchase, as it is sent over HTTP."""
    when = {
        "id": f"e{number}",
        "type": "purchase",
        "customer": customer,
        "time": MONDAY.isoformat(),
        "data": {"total": 12},
    }
    return when | more


@contextmanager
def read_only(house: House) -> Iterator[None]:
    """SQLite itself refuses to write, as on a full or write-protected disk."""
    database = house.app.store.engine

    def protect(connection: Any, *_: object) -> None:
        connection.execute("PRAGMA query_only = ON")

    database.dispose()
    sql_event.listen(database, "connect", protect)
    try:
        yield
    finally:
        sql_event.remove(database, "connect", protect)
        database.dispose()


@contextmanager
def served(house: House, heart: Heart | None = None) -> Iterator[str]:
    """A real server on a free port of this machine; its address."""
    config = uvicorn.Config(
        create_app(house.app, heart), host="127.0.0.1", port=0, log_level="warning", ws="none", lifespan="off",
        server_header=False, proxy_headers=False,
    )  # fmt: skip
    server = Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)


def plain(html: str) -> str:
    """A page's text, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())

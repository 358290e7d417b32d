from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.web.callers import TOKEN
from tests.web.crew import cheaply, hire
from tests.web.exchange import Exchange, settings, staff
from tests.web.house import MAYA, House, haircut, open_house
from tests.wire import twilio
from tests.wire.server import Wire

CHROMIUM = os.environ.get("OUTREACH_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome") or ""
QUIET = [
    "--no-sandbox", "--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """With Maya, of whom nothing is known but how she is reached."""
    opened = open_house(tmp_path)
    opened.people(MAYA)
    yield opened
    opened.client.close()
    opened.app.store.engine.dispose()


@pytest.fixture
def busy(house: House) -> House:
    """Maya had her hair cut yesterday: one call is on the list."""
    house.happens(haircut())
    assert [c.channel for c in house.cards()] == ["call"]
    return house


@pytest.fixture
def staffed(busy: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """One call is on the list, and there is somebody of each role."""
    cheaply(monkeypatch)
    hire(busy, Ada="admin", Lena="staff", Mark="marketing", Olga="owner")
    return busy


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """Twilio, over its real wire."""
    monkeypatch.setattr(twilio, "TOKEN", TOKEN)
    with Wire(twilio.Twilio()) as opened:
        yield opened


@pytest.fixture
def phones(tmp_path: Path, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A house whose calls are put through (see `exchange`)."""
    cheaply(monkeypatch)
    opened = open_house(tmp_path, **settings(wire))
    staff(opened)
    yield opened
    opened.client.close()
    opened.app.store.engine.dispose()


@pytest.fixture
def exchange(phones: House, wire: Wire) -> Exchange:
    return Exchange(phones, wire.provider, [])  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One for all tests; each opens a window of its own."""
    if not CHROMIUM:
        pytest.skip("no chromium on this machine (set OUTREACH_TEST_CHROMIUM to one)")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield opened
        opened.close()

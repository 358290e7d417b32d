from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.crew import cheaply, hire
from tests.web.house import MAYA, House, haircut, open_house


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

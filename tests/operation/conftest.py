from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine

from outreach.store import postgresql, sqlite


@pytest.fixture(autouse=True)
def engines(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever engine a test opens, by whatever way, is closed at its end."""
    made: list[Engine] = []
    for module in (postgresql, sqlite):
        plain = module.create_engine

        def tracked(*args: Any, plain: Any = plain, **given: Any) -> Engine:
            made.append(plain(*args, **given))
            return made[-1]

        monkeypatch.setattr(module, "create_engine", tracked)
    yield
    for engine in made:
        engine.dispose()

"""A small house with three rules, and test files beside them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from outreach.rehearsal.reading import Tests, read_tests
from outreach.rulebook.load import load_rulebook

HOUSE = Path(__file__).parent / "house"

Read = Callable[[str], Tests]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    shutil.copytree(HOUSE, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def read(house: Path) -> Read:
    """Reads one test file beside the rules of the house."""

    def call(text: str, name: str = "salon.test.yaml") -> Tests:
        file = house / "rules" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return read_tests(house / "rules", load_rulebook(house / "rules", house / "templates"))

    return call

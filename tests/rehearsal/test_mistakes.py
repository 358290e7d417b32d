"""Mistakes in test files, as files: what people are told stands beside each of them.

To change a message on purpose, delete its `.txt`: the next run writes it anew, and fails so that somebody reads it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rehearsal.conftest import Read

BAD = sorted((Path(__file__).parent / "bad").glob("*.yaml"))


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_every_mistake_is_told_at_its_place(path: Path, read: Read):
    said = "".join(f"{problem}\n" for problem in read(path.read_text(encoding="utf-8"), path.name).problems)
    expected = path.with_suffix(".txt")
    if not expected.exists():
        expected.write_text(said, encoding="utf-8")
        pytest.fail(f"{expected.name} was written: read it, then run again")
    assert said == expected.read_text(encoding="utf-8")


def test_no_text_of_a_machine_reaches_a_person():
    for path in BAD:
        said = path.with_suffix(".txt").read_text(encoding="utf-8")
        assert not [word for word in ("Traceback", "pydantic", "Input should", "None", "{key}") if word in said]

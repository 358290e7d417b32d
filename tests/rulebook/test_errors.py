"""Mistakes that marketers make, as files: what they are told stands beside each of them.

To change a message on purpose, delete its `.txt`: the next run writes it anew, and fails so that somebody reads it.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from outreach.errors import RulebookError
from outreach.rendering import Checker
from outreach.rulebook.load import load_rulebook

HERE = Path(__file__).parent
TEMPLATES = HERE / "good" / "templates"
BAD = sorted(path for path in (HERE / "bad").iterdir() if path.suffix != ".txt")


def told(path: Path, folder: Path) -> str:
    """What somebody reads who checks this file, or this folder, in an otherwise good rulebook."""
    rules = folder / "rules"
    if path.is_dir():
        shutil.copytree(path, rules)
    else:
        rules.mkdir()
        shutil.copy(path, rules)
    if not (rules / "fields.yaml").exists():
        shutil.copy(HERE / "good" / "rules" / "fields.yaml", rules)
    own = rules / "templates"  # a folder that brings templates has what they say checked
    reader = Checker(own, {"name": "The Shop", "phone": "+12025550100"}) if own.is_dir() else None
    try:
        found = load_rulebook(rules, own if reader else TEMPLATES, reader=reader).warnings
    except RulebookError as error:
        found = error.problems
    return "".join(f"{problem}\n" for problem in found)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_every_mistake_is_told_at_its_place(path: Path, tmp_path: Path):
    begun = time.process_time()
    said = told(path, tmp_path)
    assert time.process_time() - begun < 1.5
    expected = path.with_suffix(".txt")
    if not expected.exists():
        expected.write_text(said, encoding="utf-8")
        pytest.fail(f"{expected.name} was written: read it, then run again")
    assert said == expected.read_text(encoding="utf-8")


def test_five_mistakes_are_told_at_once(tmp_path: Path):
    said = told(HERE / "bad" / "five-mistakes.yaml", tmp_path)
    assert said.count(": error: ") == 5


def test_no_text_of_a_machine_reaches_a_person():
    for path in (HERE / "bad").glob("*.txt"):
        said = path.read_text(encoding="utf-8")
        assert not [
            word for word in ("Traceback", "pydantic", "ruamel", "Input should", "<input>", "None") if word in said
        ]

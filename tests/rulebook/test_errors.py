"""Mistakes that marketers make, as files: what they are told stands beside each of them.

To change a message on purpose, delete its `.txt`: the next run writes it anew, and fails so that somebody reads it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rulebook.corpus import BAD, HERE, Ran, copied, folder_of, problems, told

ROOT = HERE.parent.parent
#: What a person waits for without noticing, and what any machine has to spare.
SECONDS, MEGABYTES = 1.0, 256.0
#: What may point at nothing that can be seen.
OF_NOTHING = ("missing", "space", "tab stands", "too early", "empty", "not allowed")
FOR_A_MACHINE = ("Traceback", "pydantic", "ruamel", "Input should", "<input>", "None", "something else", "not YAML")


def case(path: Path, tmp_path: Path) -> Path:
    return folder_of(copied(path), tmp_path)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_every_mistake_is_told_at_its_place(path: Path, tmp_path: Path):
    said = told(case(path, tmp_path))
    assert said
    expected = path.with_suffix(".txt")
    if not expected.exists():
        expected.write_text(said, encoding="utf-8")
        pytest.fail(f"{expected.name} was written: read it, then run again")
    assert said == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_every_complaint_stands_on_what_it_minds(path: Path, tmp_path: Path):
    """It points into its file, at something that can be seen, shows it, and no other complaint stands there."""
    rules = case(path, tmp_path)
    found = [problem for problem in problems(rules) if (rules.parent / problem.file).is_file()]
    for problem in found:
        line = lines_of(rules.parent / problem.file)[problem.line - 1]
        assert line[problem.column - 1 :].strip() or any(word in problem.message for word in OF_NOTHING)
        assert 0 < len(problem.text) <= 60 or "empty" in problem.message
    errors = [(p.file, p.line, p.column) for p in found if p.severity == "error"]
    assert len(errors) == len(set(errors)) or path.stem == "nothing-in-it"  # no trigger and no steps, in one place


def lines_of(file: Path) -> list[str]:
    """As a person counts them."""
    return re.split("\r\n|\r|\n", file.read_bytes().decode("utf-8-sig", "replace"))


def test_nothing_hangs_and_nothing_grows():
    """Each case has a process of its own; the odd and the large are made on the spot."""
    command = [sys.executable, "-m", "tests.rulebook.corpus"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=True)
    ran = [Ran(**json.loads(line)) for line in done.stdout.splitlines()]
    assert len(ran) > len(BAD) + 30
    assert {r.name: r.cpu for r in ran if r.cpu >= SECONDS} == {}
    assert {r.name: r.megabytes for r in ran if r.megabytes >= MEGABYTES} == {}
    assert {r.name: r.told[:300] for r in ran if f": {r.begins}" not in r.told} == {}
    assert {r.name: len(line) for r in ran for line in r.told.splitlines() if len(line) > 700} == {}


def test_five_mistakes_are_told_at_once(tmp_path: Path):
    said = told(case(HERE / "bad" / "five-mistakes.yaml", tmp_path))
    assert said.count(": error: ") == 5


def test_no_text_of_a_machine_reaches_a_person():
    for path in (HERE / "bad").glob("*.txt"):
        said = path.read_text(encoding="utf-8")
        assert [word for word in FOR_A_MACHINE if word in said] == []


def test_the_corpus_is_large_enough():
    assert len(BAD) >= 80

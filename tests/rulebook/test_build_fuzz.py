"""A good rule file, damaged at random: it is a rule or a mistake, and no rule is lost in silence."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.core.rule import Rule
from outreach.errors import Problem, RulebookError
from outreach.rulebook.load import load_rulebook

GOOD = Path(__file__).parent / "good"
LINES = (GOOD / "rules" / "everything.yaml").read_text(encoding="utf-8").splitlines(keepends=True)


@given(data=st.data())
def test_whatever_is_written_is_a_rule_or_a_mistake(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject):
    lines = list(LINES)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        column = data.draw(st.integers(0, len(lines[at])))
        new = data.draw(
            st.sampled_from(
                ["", " ", ":", "'", '"', "- ", "{", "]", "#", "&a ", "!", "x", "9", "\n", "\t", "null", "..", "é"]
            )
        )
        lines[at] = lines[at][:column] + new + lines[at][column + data.draw(st.integers(0, 3)) :]
    folder = tmp_path_factory.mktemp("fuzz")
    shutil.copytree(GOOD / "rules", folder / "rules")
    text = "".join(lines)
    (folder / "rules" / "everything.yaml").write_text(text, encoding="utf-8")
    rules, problems = loaded(folder / "rules")
    assert all(is_told_well(problem, text) for problem in problems)
    written = re.findall(r"^  [\w-]+\s*:(?=\s*\n|\s*#)", text.partition("rules:")[2], re.MULTILINE)
    assert problems or len(rules) == 1 + len(written)


def loaded(rules: Path) -> tuple[Sequence[Rule], Sequence[Problem]]:
    try:
        return load_rulebook(rules, GOOD / "templates").rules, ()
    except RulebookError as error:
        return (), error.problems


def is_told_well(problem: Problem, text: str) -> bool:
    inside = problem.file != "rules/everything.yaml" or 1 <= problem.line <= text.count("\n") + 2
    return inside and problem.column >= 1 and bool(problem.message) and len(str(problem)) < 600

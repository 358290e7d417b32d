"""A mistake in a rule file, shown as a person looks for it: the line, and a mark below the place."""

from __future__ import annotations

import re
from pathlib import Path

from outreach.errors import Problem

#: As much of a line as fits beside its indentation.
WIDEST = 100


def pointed(problem: Problem, folder: Path) -> list[str]:
    """The line it stands in and a `^` below its place; `folder` is the one that its file is named from. Where the line
    can't be read, what the problem itself remembers of it."""
    line = _line(folder / problem.file, problem.line)
    if not line.strip():
        return [f"    {problem.text}"] if problem.text else []
    column = min(problem.column, len(line) + 1) - 1
    indented = len(line) - len(line.lstrip())
    start = min(indented, column) if column < indented + WIDEST else column - WIDEST // 2
    shown = (
        ("…" if start > indented else "") + line[start : start + WIDEST] + ("…" if len(line) > start + WIDEST else "")
    )
    mark = " " * (column - start + (start > indented)) + "^"
    return [f"    {shown}", f"    {mark}"]


def _line(file: Path, number: int) -> str:
    """Without what would move the mark: tabs and whatever can't be seen are one space each."""
    try:
        text = file.read_bytes()[: 1 << 20].decode("utf-8-sig", "replace")
    except OSError:
        return ""
    lines = re.split("\r\n|\r|\n", text)
    line = lines[number - 1] if 0 < number <= len(lines) else ""
    return "".join(character if character.isprintable() else " " for character in line).rstrip()

"""Values of a YAML file that know where they stand, so that every complaint points at a line and a column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from outreach.errors import Problem

#: How to get from a node to one inside it: keys and positions.
Path = Sequence[str | int]

SHOWN = 60


@dataclass(slots=True, kw_only=True)
class Node:
    """One value: a scalar, a list or a mapping of nodes. Line and column count from 1.

    `written` is a scalar as it stands in the file, quotes and line folds included; `key` is the key before the value.
    """

    file: str
    line: int
    column: int
    value: str | int | float | bool | list[Node] | dict[str, Node] | None
    written: str = ""
    key: Node | None = None

    def plain(self) -> Any:
        """The bare data, without places."""
        match self.value:
            case dict() as entries:
                return {key: node.plain() for key, node in entries.items()}
            case list() as items:
                return [node.plain() for node in items]
            case scalar:
                return scalar

    def entries(self) -> dict[str, Node]:
        """The entries of a mapping; none when it isn't one."""
        return self.value if isinstance(self.value, dict) else {}

    def inside(self, path: Path) -> list[Node]:
        """The nodes from this one along the path, as far as it leads; what isn't there is passed over, so that a
        single value may stand for a list of one."""
        found: list[Node] = [self]
        for part in path:
            match found[-1].value:
                case dict() as entries if part in entries:
                    found.append(entries[str(part)])
                case list() as items if isinstance(part, int) and part < len(items):
                    found.append(items[part])
        return found

    def at(self, *path: str | int) -> Node:
        """The node at the end of the path, or the last one on the way."""
        return self.inside(path)[-1]

    def without(self, unwanted: set[int]) -> Node:
        """A copy that lacks the nodes with these `id()`s; the nodes that stay keep their places."""
        match self.value:
            case dict() as entries:
                kept = {key: node.without(unwanted) for key, node in entries.items() if id(node) not in unwanted}
                return replace(self, value=kept)
            case list() as items:
                return replace(self, value=[node.without(unwanted) for node in items if id(node) not in unwanted])
        return self

    def problem(self, message: str, hint: str = "", *, offset: int = 0, severity: str = "error") -> Problem:
        """A complaint about this value; `offset` counts characters into its text."""
        line, column = self.place(offset) if offset else (self.line, self.column)
        return Problem(
            file=self.file, line=line, column=column, message=message, text=short(self.written), hint=hint,
            severity=severity,
        )  # fmt: skip

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of a character of the text: the written form has the same characters in the same order,
        with quotes, escapes and indentation between them."""
        text = self.value if isinstance(self.value, str) else ""
        at = _skip_opening(self.written)
        for wanted in text[:offset]:
            found = _next_like(self.written, at, wanted)
            if found < 0:
                return self.line, self.column
            at = found + 1
        if offset < len(text):
            at = _next_like(self.written, at, text[offset])
        if at < 0:
            return self.line, self.column
        before = self.written[:at]
        lines = before.count("\n")
        return self.line + lines, len(before) - before.rfind("\n") if lines else self.column + at


def _skip_opening(written: str) -> int:
    """Past the opening quote, or the line that announces a block (`|`, `>-`)."""
    if written[:1] in ("|", ">"):
        return written.find("\n") + 1
    return 1 if written[:1] in ("'", '"') else 0


def _next_like(written: str, at: int, wanted: str) -> int:
    """Where this character comes next; a line break may stand for a space."""
    if not wanted.isspace():
        return written.find(wanted, at)
    return next((i for i in range(at, len(written)) if written[i].isspace()), -1)


def short(text: str) -> str:
    """On one line, and not longer than a person wants to see again."""
    line = " ".join(text[: 4 * SHOWN].split())
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"

"""The files of a rules folder, and their sections gathered: all rules, the one cadence, the one calendar."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from outreach.errors import Problem
from outreach.rulebook.hints import did_you_mean
from outreach.rulebook.places import Node, short
from outreach.rulebook.reading import read_file
from outreach.rulebook.values import NAME, NAME_HINT

#: Keys of one file that are looked at when they are no sections.
MOST: Final = 50
SECTIONS: Final = ("rules", "cadence", "calendars")


@dataclass(slots=True)
class Written:
    """The sections of all files, each with its place."""

    rules: list[tuple[str, Node]] = field(default_factory=list)
    single: dict[str, Node] = field(default_factory=dict)


@dataclass(slots=True)
class Folder:
    """What was read: the names of all files, the documents with rules, the documents that declare fields."""

    files: list[str] = field(default_factory=list)
    rules: list[Node] = field(default_factory=list)
    fields: list[Node] = field(default_factory=list)


def read_folder(rules_dir: Path, problems: list[Problem]) -> Folder:
    """Every file of the rulebook; one that can't be read doesn't keep the others from being checked."""
    found = Folder()
    if not rules_dir.is_dir():
        said = f"there is no folder `{rules_dir.name}` in {rules_dir.parent}"
        hint = "`outreach init DIR` makes one with rules to start from; OUTREACH_RULES names another"
        problems.append(Problem(file=rules_dir.name, line=1, column=1, message=said, hint=hint))
    for path in rule_files(rules_dir):
        name = path.relative_to(rules_dir.parent).as_posix()
        found.files.append(name)
        root = read_file(path, name, problems)
        if root is not None:
            (found.fields if path.stem == "fields" else found.rules).append(root)
    return found


def rule_files(rules_dir: Path) -> list[Path]:
    """The YAML files that make the rulebook, sorted: neither hidden ones nor tests."""
    found = (path for pattern in ("*.yaml", "*.yml") for path in rules_dir.rglob(pattern))
    return sorted(path for path in found if _belongs(path.relative_to(rules_dir)) and not path.is_dir())


def _belongs(path: Path) -> bool:
    is_test = path.stem.endswith(".test") or "tests" in path.parts[:-1]
    return not is_test and not any(part.startswith(".") for part in path.parts)


def sections(roots: Iterable[Node], problems: list[Problem]) -> Written:
    """The sections of the files, gathered; a cadence in two files is a mistake in the second."""
    written = Written()
    for root in roots:
        if not isinstance(root.value, dict):
            problems.append(root.problem("a rule file is a mapping of `key: value`", "begin it with `rules:`"))
        unknown = [
            _unknown_section(key, node) for key, node in islice(root.entries().items(), MOST) if key not in SECTIONS
        ]
        problems += unknown
        for key, node in root.entries().items():
            if key == "rules":
                written.rules += _named(node, problems)
            elif key in SECTIONS and node.value is not None:
                first = written.single.setdefault(key, node)
                if first is not node:
                    said = f"`{key}` is given a second time; the first is in {first.file}:{(first.key or first).line}"
                    problems.append((node.key or node).problem(said, "put them together"))
    return written


def _unknown_section(key: str, node: Node) -> Problem:
    entries = node.entries()
    hint = did_you_mean(key, SECTIONS)
    if "on" in entries or "steps" in entries:
        hint = "a rule stands below `rules:`, indented"
    return (node.key or node).problem(
        f"a rule file has no key `{short(key)}`", hint or "it has `rules`, `cadence`, `calendars`"
    )


def _named(node: Node, problems: list[Problem]) -> list[tuple[str, Node]]:
    """The rules below `rules:`."""
    if node.value is not None and not isinstance(node.value, dict):
        problems.append(
            node.problem("`rules` should be a mapping of names to rules", "write `rules:` and below it `my-rule:`")
        )
    for name, rule in node.entries().items():
        if not NAME.fullmatch(name):
            problems.append((rule.key or rule).problem(f"`{short(name)}` can't name a rule", NAME_HINT))
    return list(node.entries().items())

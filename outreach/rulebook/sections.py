"""The files of a rules folder, and their sections gathered: all rules, the one cadence, the one calendar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from outreach.errors import Problem
from outreach.rulebook.files import not_read, read_file, too_much
from outreach.rulebook.hints import did_you_mean
from outreach.rulebook.naming import NAME, name_hint
from outreach.rulebook.places import Node, short

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
        said = f"`{rules_dir.name}` is a file, not a folder" if rules_dir.is_file() else said
        hint = "`outreach init DIR` makes one with rules to start from; OUTREACH_RULES names another"
        problems.append(Problem(file=rules_dir.name, line=1, column=1, message=said, hint=hint))
    files = rule_files(rules_dir)
    problems += not_read(rules_dir, sorted(_all_files(rules_dir)))
    beyond = too_much(rules_dir, files)
    if beyond is not None:
        problems.append(beyond)
        return found
    for path in files:
        name = path.relative_to(rules_dir.parent).as_posix()
        found.files.append(name)
        root = read_file(path, name, problems)
        if root is not None:
            (found.fields if path.stem == "fields" else found.rules).append(root)
    return found


def rule_files(rules_dir: Path) -> list[Path]:
    """The YAML files that make the rulebook, sorted: neither hidden ones nor tests."""
    return sorted(path for path in _all_files(rules_dir) if path.suffix.lower() in (".yaml", ".yml"))


def _all_files(rules_dir: Path) -> Iterator[Path]:
    return (p for p in rules_dir.rglob("*") if _belongs(p.relative_to(rules_dir)) and not p.is_dir())


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
    entries = node.entries()
    beside = [] if any(_is_rule(rule) for rule in entries.values()) else [key for key in entries if key in _OF_A_RULE]
    if beside:
        problems.append(_beside(entries, beside))
        return []
    for name, rule in entries.items():
        if not NAME.fullmatch(name):
            said = f"`{short(name)}` can't name a rule" if name else "the name of this rule is empty"
            problems.append((rule.key or rule).problem(said, name_hint(name)))
    return list(entries.items())


#: Keys of a rule that people write without its name, or in one column with it.
_OF_A_RULE: Final = ("on", "steps", "when", "about", "purpose")


def _is_rule(node: Node) -> bool:
    return any(key in node.entries() for key in ("on", "steps"))


def _beside(entries: dict[str, Node], beside: list[str]) -> Problem:
    """The keys of a rule stand where its name belongs."""
    name = next((key for key, node in entries.items() if node.value is None and key not in beside), "")
    said = f"`{beside[0]}` stands where a rule's name belongs"
    hint = "write a name such as `my-rule:` above it, and indent it below"
    if name:
        said = f"`{beside[0]}` stands beside `{short(name)}`, not below it"
        hint = f"indent it further, and all that belongs to `{short(name)}`"
    key = entries[beside[0]].key
    return (key or entries[beside[0]]).problem(said, hint)

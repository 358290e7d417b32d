"""The test files of a rules folder, read and checked: tests that can be played, or all that is wrong at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from outreach.core.event import Event
from outreach.core.rule import Rule
from outreach.core.zone import to_local
from outreach.errors import Problem
from outreach.rehearsal.cases import Case
from outreach.rehearsal.casting import cast
from outreach.rehearsal.events import events_of
from outreach.rehearsal.file_shapes import CaseShape, TestFile
from outreach.rehearsal.naming import find_rule
from outreach.rehearsal.scene import Scene
from outreach.rehearsal.wanted import wanted_of
from outreach.rulebook.files import read_file
from outreach.rulebook.load import Rulebook
from outreach.rulebook.places import Node
from outreach.rulebook.sections import rule_files
from outreach.rulebook.shape import fit


@dataclass(slots=True)
class Tests:
    """The tests of all `files`, and what is wrong with them (with warnings)."""

    __test__ = False  # it isn't one of pytest's

    files: list[str] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def mistakes(self) -> int:
        """How many problems are no mere warnings."""
        return sum(problem.severity == "error" for problem in self.problems)


def read_tests(rules_dir: Path, book: Rulebook) -> Tests:
    """All tests beside these rules: `*.test.yaml`, and what lies in folders `tests`."""
    found = Tests()
    rules_dir = rules_dir.resolve()
    for path in find_test_files(rules_dir):
        name = path.relative_to(rules_dir.parent).as_posix()
        found.files.append(name)
        root = read_file(path, name, found.problems)
        if root is not None:
            found.cases += _read(root, _beside(path, rules_dir, book), book, found.problems)
    found.problems = sorted(dict.fromkeys(found.problems), key=lambda p: (p.file, p.line, p.column, p.message))
    return found


def find_test_files(rules_dir: Path) -> list[Path]:
    """The YAML files that are tests, sorted; hidden ones are passed over."""
    paths = {path for pattern in ("*.yaml", "*.yml") for path in rules_dir.rglob(pattern) if path.is_file()}
    hidden = {p for p in paths if any(part.startswith(".") for part in p.relative_to(rules_dir).parts)}
    return sorted(paths - hidden - set(rule_files(rules_dir)))


def _beside(path: Path, rules_dir: Path, book: Rulebook) -> frozenset[str]:
    """The rules of `haircut.yaml`, for `haircut.test.yaml` and `tests/haircut.yaml`."""
    stem = path.stem.removesuffix(".test")
    folder = path.parent.parent if path.parent.name == "tests" else path.parent
    files = {(folder / f"{stem}{end}").relative_to(rules_dir.parent).as_posix() for end in (".yaml", ".yml")}
    return frozenset(rule.name for rule in book.rules if rule.file in files)


def _read(root: Node, beside: frozenset[str], book: Rulebook, problems: list[Problem]) -> Iterable[Case]:
    """The tests of one file."""
    if not isinstance(root.value, dict):
        problems.append(root.problem("a test file is a mapping of `key: value`", "begin it with `tests:`"))
        return
    shape, node = fit(TestFile, root, problems)
    if shape is None:
        return
    named = {rule.name: rule for rule in book.rules}
    mine = _mine(shape, node, named, beside, problems)
    for name, case in shape.tests.items():
        here = node.at("tests", name)
        people = cast(shape.customers, node.at("customers"), case.customers, here.at("customers"), book.zone, problems)
        yield _case(Scene(book, named, mine, people, shape.events, problems), name, case, here)


def _mine(
    shape: TestFile, node: Node, named: Mapping[str, Rule], beside: frozenset[str], problems: list[Problem]
) -> frozenset[str]:
    """The rules that the file speaks of."""
    items = node.at("rules")
    for i, name in enumerate(shape.rules):
        found = find_rule(name, named)
        if not isinstance(found, Rule):
            problems.append(items.at(i).problem(*found))
    if not shape.rules and not beside:
        hint = "name them: `rules: [my-rule]`; by default they are those of the file beside it"
        problems.append(node.problem("this file doesn't say which rules it speaks of", hint))
    return frozenset(named.keys() & set(shape.rules)) if shape.rules else beside


def _case(scene: Scene, name: str, shape: CaseShape, node: Node) -> Case:
    """The test that stands here."""
    clock = scene.cast.clock
    since = shape.starts.instant(clock) if shape.starts else None
    until = shape.until.instant(clock, end=True) if shape.until else None
    given = list(events_of(scene, shape.given, node.at("given")))
    for event, place in _too_late(given, until):
        said = f"this comes at {to_local(event.time, clock):%Y-%m-%d %H:%M}, after the end of the test"
        scene.say(place.at("time"), (said, "move `until`, or leave it out"))
    expect, planned = (
        None if found is None else tuple(wanted_of(scene, found, node.at(key)))
        for key, found in (("expect", shape.expect), ("planned", shape.planned))
    )
    return Case(
        file=node.file, line=(node.key or node).line, name=name, about=shape.about, rules=scene.mine,
        people=scene.cast.people, house_zone=scene.cast.house, given=tuple(event for event, _ in given), since=since,
        until=until, outcome=None if shape.outcome == "none" else shape.outcome, expected=expect,
        never=tuple(wanted_of(scene, shape.never, node.at("never"))), planned=planned,
    )  # fmt: skip


def _too_late(given: Iterable[tuple[Event, Node]], until: datetime | None) -> Iterator[tuple[Event, Node]]:
    return ((event, place) for event, place in given if until is not None and event.time > until)

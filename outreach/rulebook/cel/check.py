"""One expression, read and checked: grammar and types by CEL, then names, arguments and sense by what we know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from outreach.rulebook.cel.advice import advice
from outreach.rulebook.cel.complaints import TOO_DEEP, Complaint, complaints, explained
from outreach.rulebook.cel.env import CelError, parse
from outreach.rulebook.cel.fields import Fields
from outreach.rulebook.cel.lexer import tokens
from outreach.rulebook.cel.names import Checker, Needs
from outreach.rulebook.cel.problem import ConditionProblem
from outreach.rulebook.cel.slips import slips
from outreach.rulebook.cel.tree import TooBig, Tree

#: Characters of one expression.
LONGEST = 2000


@dataclass(slots=True)
class Checked:
    """An expression with its tree (None when it can't be parsed), what is wrong with it, what it needs."""

    source: str
    tree: Tree | None = None
    problems: list[ConditionProblem] = field(default_factory=list)
    needs: Needs = field(default_factory=Needs)


def check(source: str, fields: Fields, *, strict: bool) -> Checked:
    """Reads one expression. `strict`: unknown fields are errors, else warnings."""
    checked = Checked(source)
    checked.problems.extend(_too_long(source))
    if checked.problems:
        return checked
    read = tokens(source)
    checked.problems.extend(slips(source, read))
    if checked.problems:
        return checked
    try:
        checked.tree, found = _parsed(source)
    except TooBig:
        checked.problems.append(ConditionProblem(0, *TOO_DEEP))
        return checked
    if checked.tree is None:
        checked.problems.append(explained(found[0], source, read))
        return checked
    checker = Checker(source, fields, strict=strict)
    checker.walk(checked.tree.root)
    problems = checker.problems + [explained(complaint, source, read) for complaint in _left(found, checker)]
    if not any(problem.severity == "error" for problem in problems):
        problems += advice(checked.tree, source, strict=strict)
    checked.needs = checker.needs
    checked.problems = sorted(dict.fromkeys(problems), key=lambda problem: (problem.offset, problem.severity))
    return checked


def _too_long(source: str) -> Iterator[ConditionProblem]:
    if len(source) > LONGEST:
        message = f"the condition has {len(source)} characters, {LONGEST} are allowed"
        yield ConditionProblem(0, message, "split it: `when` may be a list of conditions")
    elif not tokens(source):
        yield ConditionProblem(0, "the condition is empty", "leave `when` out if it should always hold")
    elif any("\ud800" <= character <= "\udfff" for character in source):
        at = next(i for i, character in enumerate(source) if "\ud800" <= character <= "\udfff")
        yield ConditionProblem(at, "half of a character (a lone surrogate) can't be part of a condition", "remove it")


def _parsed(source: str) -> tuple[Tree | None, list[Complaint]]:
    """The tree and what CEL minds about names and types; no tree when it minds the grammar. Raises TooBig.

    Where it only minds that a whole number meets a decimal (`event.total * 1.5 > 60`), nothing is left to mind.
    """
    try:
        return parse(source), []
    except CelError as error:
        found = complaints(str(error), source)
    try:
        tree = parse(source, types=False)
    except CelError:
        return None, found
    return tree, [each for each in found if not each.mixes_numbers]


def _left(found: Sequence[Complaint], checker: Checker) -> list[Complaint]:
    """The complaints that our own checks have not said better already."""
    if not any(problem.severity == "error" for problem in checker.problems):
        return list(found)
    return [each for each in found if each.minds_values]

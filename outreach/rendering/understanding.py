"""Reading the texts of one file: what they speak of, and what can't be understood in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from outreach.errors import Problem
from outreach.ports import Reading, Spoken
from outreach.rendering.files import Part
from outreach.rendering.problem import TemplateProblem
from outreach.rendering.sandbox import parsed
from outreach.rendering.speech import place_of, spoken, tokens

#: A name in single braces, as other programs write it, would be printed as it stands.
SINGLE: Final = re.compile(r"\{\s*(now|(?:customer|event|previous|memory|history|business|rule)[.\[][^{}\n]*?)\s*\}")
SHOWN: Final = 60


def understood(label: str, parts: Iterable[Part]) -> Reading:
    """The parts of a file, read; places count within the file."""
    problems: list[Problem] = []
    names: list[Spoken] = []
    for part in parts:
        try:
            tree, data = parsed(part.text)
        except TemplateProblem as wrong:
            problems.append(_within(wrong, label, part))
            continue
        for name in spoken(part.text, tree, data):
            line, column = part.place(name.line, name.column)
            names.append(replace(name, line=line, column=column))
        problems += _single_braces(label, part)
    return Reading(file=label, problems=tuple(problems), names=tuple(names))


def as_problem(wrong: TemplateProblem, label: str, lines: Sequence[str]) -> Problem:
    """A problem whose places count within the file already; `lines` are the file's."""
    line = max(wrong.line, 1)
    text = lines[line - 1] if line <= len(lines) else ""
    column = wrong.column or (max(text.find("{{"), 0) + 1 if wrong.line else 1)
    return problem_at(wrong.label or label, (line, column), wrong.message, text, wrong.hint)


def problem_at(file: str, place: tuple[int, int], message: str, text: str, hint: str) -> Problem:
    """An error at that line and column; `text` is shown on one line."""
    shown = " ".join(text.split())
    shown = shown if len(shown) <= SHOWN else shown[: SHOWN - 1] + "…"
    return Problem(file=file, line=place[0], column=place[1], message=message, text=shown, hint=hint)


def _within(wrong: TemplateProblem, label: str, part: Part) -> Problem:
    line, column = max(wrong.line, 1), max(wrong.column, 1)
    lines = part.text.split("\n")
    text = lines[line - 1] if line <= len(lines) else ""
    return problem_at(label, part.place(line, column), wrong.message, text, wrong.hint)


def _single_braces(label: str, part: Part) -> list[Problem]:
    found = []
    for at, kind, value in tokens(part.text):
        for braces in SINGLE.finditer(value) if kind == "data" else ():
            place = part.place(*place_of(part.text, at + braces.start()))
            said = f"`{braces[0]}` would be printed as it stands"
            found.append(problem_at(label, place, said, braces[0], f"write {{{{ {braces[1]} }}}}"))
    return found

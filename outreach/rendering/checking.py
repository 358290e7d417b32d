"""Reading templates before there is a customer: every mistake with its place, what they speak of, what an SMS costs.

`outreach rules check` asks for it, so that a slip is found by the one who wrote it. Names are only listed here: which
of them there are depends on the rule, and the rulebook knows that.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from outreach.errors import Problem
from outreach.ports import Reading
from outreach.rendering import files
from outreach.rendering.costs import about_cost, length_of
from outreach.rendering.files import Part, Source
from outreach.rendering.problem import TemplateProblem
from outreach.rendering.renderer import CONTENT, Renderer
from outreach.rendering.trying import tried
from outreach.rendering.understanding import as_problem, problem_at, understood

#: What only a layout is given.
GIVEN: Final = frozenset({CONTENT, "subject", "preview", "language"})


class Checker:
    """Reads the templates of a folder, each once; `business` is what they know of the house. With `trial` each is
    rendered with made-up values too, which takes as long again."""

    def __init__(self, folder: Path, business: Mapping[str, str], *, trial: bool = True):
        self._folder, self._trial = folder, trial
        self._house = dict(business)
        self._renderer = Renderer(folder)
        self._known: dict[tuple[str, str], Sequence[Reading]] = {}

    @property
    def business(self) -> Collection[str]:
        """What `business.…` has."""
        return self._house

    def read(self, channel: str, name: str) -> Sequence[Reading]:
        """Every file of a template: all languages, and the layout around it. None when there is no such template."""
        key = (channel, name)
        if key not in self._known:
            found = files.variants(self._folder, channel, name)
            readings = [reading for file in found for reading in self._read(channel, *file)]
            self._known[key] = [*_doubled(self._folder, found), *readings]
        return self._known[key]

    def read_text(self, text: str) -> Reading:
        """A short text that stands in a rule itself; lines and columns count within it."""
        reading = understood("", [Part(text, 1)])
        if reading.problems or not self._trial:
            return reading
        try:
            tried(reading.names, [text], self._house, lambda scope: self._renderer.compose_text(text, scope))
        except TemplateProblem as problem:
            return replace(reading, problems=_failed(problem, "", text.split("\n")))
        return reading

    def _read(self, channel: str, path: Path, language: str) -> list[Reading]:
        label = files.label(self._folder, path)
        try:
            source = files.read(path, language)
            layout = files.find_layout(source, self._folder) if source.layout else None
        except TemplateProblem as problem:
            return [Reading(file=label, problems=(as_problem(problem, label, _lines(path)),))]
        reading = understood(label, [*source.front.values(), source.body])
        around = [self._layout(*layout)] if layout else []
        if self._trial and not any(r.problems for r in (reading, *around)):
            reading = self._tried(reading, around, source, channel)
        return [reading, *around]

    def _tried(self, reading: Reading, around: list[Reading], source: Source, channel: str) -> Reading:
        """The reading, with what comes out when the template is rendered with made-up values."""
        texts = [part.text for part in (*source.front.values(), source.body)]
        names = [name for r in (reading, *around) for name in r.names]
        try:
            said = tried(
                names, texts, self._house,
                lambda scope: self._renderer.compose(source.path, source.language, channel, scope),
            )  # fmt: skip
        except TemplateProblem as problem:
            return replace(reading, problems=_failed(problem, reading.file, _lines(source.path)))
        if channel != "sms":
            return reading
        length = length_of(reading.file, (rendered.body for rendered in said))
        return replace(reading, problems=tuple(about_cost(length, source.body)), sms=length)

    def _layout(self, path: Path, language: str) -> Reading:
        label = files.label(self._folder, path)
        try:
            source = files.read(path, language)
        except TemplateProblem as problem:
            return Reading(file=label, problems=(as_problem(problem, label, _lines(path)),))
        reading = understood(label, [source.body])
        names = tuple(name for name in reading.names if name.parts[0] not in GIVEN)
        if reading.problems or any(name.parts == (CONTENT,) for name in reading.names):
            return replace(reading, names=names)
        hint = f"write {{{{ {CONTENT} }}}} where it belongs"
        wrong = problem_at(label, (1, 1), "the layout doesn't print the mail itself", "", hint)
        return replace(reading, names=names, problems=(wrong,))


def _doubled(folder: Path, found: Sequence[tuple[Path, str]]) -> list[Reading]:
    """Of two files for one language only the first would ever be used."""
    first: dict[str, Path] = {}
    clashes = [(path, first.setdefault(language, path)) for path, language in found]
    return [
        Reading(file=label, problems=(problem_at(label, (1, 1), f"there is {b.name} too", "", "keep one of them"),))
        for a, b in clashes
        if a != b and (label := files.label(folder, a))
    ]


def _failed(problem: TemplateProblem, label: str, lines: Sequence[str]) -> tuple[Problem, ...]:
    """A template that fails with every value. What made-up values lack says nothing against it."""
    return () if problem.absent else (as_problem(problem, label, lines),)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError):
        return []

"""Rendering a template with made-up values, before there is a customer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from outreach.ports import Rendered, Spoken
from outreach.rendering.problem import TemplateProblem
from outreach.rendering.sample import DAY, by_use, sample
from outreach.rendering.sandbox import TEXT

#: Where a template's use of a name doesn't tell what it holds, one of these will do.
GUESSES: tuple[object, ...] = (None, 42, DAY, ["first"])


def tried(
    names: Iterable[Spoken], texts: Iterable[str], business: Mapping[str, str],
    render: Callable[[Mapping[str, object]], Rendered],
) -> list[Rendered]:  # fmt: skip
    """What comes out with everything there, and what with all left out that may be missing.

    Raises:
        TemplateProblem: it can't be rendered, whatever the values are.
    """
    hints = {parts: value for text in texts for parts, value in by_use(TEXT.parse(text)).items()}
    spoken = list(names)
    everything = [name.parts for name in spoken]
    sure = [name.parts for name in spoken if not name.guarded]
    said = _first(lambda guess: render(sample(everything, hints, business, guess)))
    try:
        return [said, _first(lambda guess: render(sample(sure, hints, business, guess)))]
    except TemplateProblem:
        return [said]


def _first(attempt: Callable[[object], Rendered]) -> Rendered:
    """The first guess with which it can be rendered; the first one's problem when there is none."""
    found: list[TemplateProblem] = []
    for guess in GUESSES:
        try:
            return attempt(guess)
        except TemplateProblem as problem:
            found.append(problem)
    raise found[0]

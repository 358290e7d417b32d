"""One mistake in a condition. A leaf, so that every part of the compiler may say what it found."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConditionProblem:
    """One mistake in a condition, in a marketer's words.

    `offset` counts characters from 0 in the source (in item `index` of it, when it is a list); `text` is the offending
    piece of the source; `severity` is "error" or "warning".
    """

    offset: int
    message: str
    hint: str = ""
    severity: str = "error"
    text: str = ""
    index: int = 0

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that was probably meant, in whatever case it was written; empty when none is near."""
    by_low = {other.lower(): other for other in sorted(known, reverse=True)}
    found = difflib.get_close_matches(name.lower(), by_low, n=1, cutoff=0.6)
    return by_low[found[0]] if found else ""

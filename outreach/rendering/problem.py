"""What is wrong with a template, and where; and the guess at what was meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches


class TemplateProblem(Exception):
    """Why there is no text. `line` counts from 1 within the file; 0 means the file as a whole."""

    def __init__(self, message: str, line: int = 0, label: str = ""):
        super().__init__(message)
        self.message = message
        self.line = line
        self.label = label

    def __str__(self) -> str:
        where = f"{self.label}:{self.line}" if self.line else self.label
        return f"{where}: {self.message}" if where else self.message


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """` (did you mean 'x'?)`, or "" if nothing is near."""
    close = get_close_matches(name, sorted(candidates), n=1)
    return f" (did you mean '{close[0]}'?)" if close else ""


def undefined(name: str, scope: Mapping[str, object]) -> str:
    """The sentence for an unknown name. A field that stands alone is looked for one level down: customer.first_name."""
    if suggestion := did_you_mean(name, scope):
        return f"'{name}' is undefined{suggestion}"
    fields = {
        str(field): f"{root}.{field}"
        for root, value in sorted(scope.items(), reverse=True)
        if isinstance(value, Mapping)
        for field in value
    }
    close = get_close_matches(name, sorted(fields), n=1)
    return f"'{name}' is undefined" + (f" (did you mean '{fields[close[0]]}'?)" if close else "")

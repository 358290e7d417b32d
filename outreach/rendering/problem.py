"""What is wrong with a template, and where; and the guess at what was meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches


class TemplateProblem(Exception):
    """Why there is no text. `line` and `column` count from 1 within the file; line 0 means the file as a whole.

    `absent`: what was asked for isn't in the data, which says nothing against the template.
    """

    def __init__(
        self, message: str, line: int = 0, label: str = "", *, hint: str = "", column: int = 0, absent: bool = False
    ):
        super().__init__(message)
        self.message, self.hint = message, hint
        self.label, self.line, self.column = label, line, column
        self.absent = absent

    def __str__(self) -> str:
        where = f"{self.label}:{self.line}" if self.line else self.label
        said = f"{self.message} ({self.hint})" if self.hint else self.message
        return f"{where}: {said}" if where else said

    def within(self, label: str) -> TemplateProblem:
        """The same, in that file unless it says another."""
        self.label = self.label or label
        return self


def did_you_mean(name: str, candidates: Iterable[str], form: str = "{}") -> str:
    """The hint "did you mean `x`?"; empty if nothing is near. `form` is how it is written, e.g. "event.{}"."""
    close = get_close_matches(name, sorted(candidates), n=1)
    return f"did you mean `{form.format(close[0])}`?" if close else ""


def undefined(name: str, scope: Mapping[str, object]) -> tuple[str, str]:
    """Sentence and hint for an unknown name. A field that stands alone is looked for one level down:
    customer.first_name."""
    said = f"`{name}` is undefined"
    if suggestion := did_you_mean(name, scope):
        return said, suggestion
    fields = {
        str(field): f"{root}.{field}"
        for root, value in sorted(scope.items(), reverse=True)
        if isinstance(value, Mapping)
        for field in value
    }
    close = get_close_matches(name, sorted(fields), n=1)
    return said, f"did you mean `{fields[close[0]]}`?" if close else ""

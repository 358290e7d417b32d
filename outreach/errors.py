"""The tree of errors. Outcomes of a contact are values (see ports.Sent and friends); these are for people.

OutreachError
├── ConfigError      a setting is missing or wrong: says which one and what to write
├── DatabaseError    the database can't be used: says why and what to do next
├── RulebookError    rules, templates or cadence have mistakes: carries all of them
└── InputError       a file or an argument can't be read at all
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class OutreachError(Exception):
    """What a command prints, without a traceback, before it exits with 1."""


class ConfigError(OutreachError):
    """A setting is missing or wrong."""


class DatabaseError(OutreachError):
    """The database is missing, read-only, of another version or busy."""


class InputError(OutreachError):
    """A file or argument that can't be read at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake in the rules, where it stands and what to write instead. Lines and columns count from 1."""

    file: str
    line: int
    column: int
    message: str
    text: str = ""
    hint: str = ""
    severity: str = "error"

    def __str__(self) -> str:
        hint = f" ({self.hint})" if self.hint else ""
        return f"{self.file}:{self.line}:{self.column}: {self.severity}: {self.message}{hint}"


class RulebookError(OutreachError):
    """All mistakes of a rulebook at once."""

    def __init__(self, problems: Sequence[Problem]):
        self.problems = tuple(problems)
        super().__init__("\n".join(str(p) for p in self.problems))


def spoken(error: BaseException) -> str:
    """An exception as it may stand in a log or on a page that everybody sees: its words if they are ours, else only its
    kind, for what a library says may quote a customer."""
    return str(error) if isinstance(error, ConfigError | DatabaseError) else f"{type(error).__name__} (see the log)"

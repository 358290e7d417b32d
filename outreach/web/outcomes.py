"""What people type beside an outcome: how long it may be, and what of it is kept."""

from __future__ import annotations

from unicodedata import category

from outreach.web.problems import ProblemError

LONGEST_NOTE = 20_000
LONGEST_NAME = 200


def check_lengths(note: str, by: str) -> None:
    """Neither the note nor the name is longer than is kept. Raises ProblemError."""
    if len(note) > LONGEST_NOTE:
        told = f"The note has {len(note)} characters; {LONGEST_NOTE} may be. Shorten it and send it again."
        raise ProblemError(422, "The note is too long", told)
    if len(by) > LONGEST_NAME:
        raise ProblemError(422, "The name is too long", f"A name may have {LONGEST_NAME} characters.")


def clean(text: str) -> str:
    """What was typed, without what no keyboard types: a database may refuse a NUL, and nobody would see it."""
    return "".join(c for c in text.replace("\r\n", "\n") if c in "\n\t" or category(c) not in ("Cc", "Cs")).strip()

"""Dates of the rules (`2026-12-24`), and what to write for one in another fashion."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import Final

from outreach.core.span import MomentError
from outreach.rulebook.places import short

_ISO: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ] ?\d.*)?|(\d{4})(\d\d)(\d\d)", re.ASCII)
_OTHER: Final = re.compile(r"(\d{1,2})[-/.] ?(\d{1,2})[-/.] ?(\d{4})", re.ASCII)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_HINT: Final = "write it as `2026-12-24`: year, month, day"


def parse_date(text: str) -> date:
    """The date that `text` says. Raises MomentError with what to write instead.

    >>> parse_date("2026-12-24")
    datetime.date(2026, 12, 24)
    >>> parse_date("24.12.2026")
    Traceback (most recent call last):
    ...
    outreach.core.words.MomentError: `24.12.2026` is not a date (write `2026-12-24`)
    """
    try:
        return date.fromisoformat(text if len(text) == 10 else "")
    except ValueError:
        raise MomentError(f"`{short(text)}` is not a date", 0, _hint(text)) from None


def _hint(text: str) -> str:
    found = _ISO.fullmatch(text)
    if found:
        year, month, day = (int(part) for part in found.groups() if part)
        return _said(year, month, day)
    found = _OTHER.fullmatch(text)
    if found:
        first, second, year = (int(part) for part in found.groups())
        if first > 12:
            return _said(year, second, first)
        return _said(year, first, second) if second > 12 else _HINT  # 02/01 is January here and February there
    words = re.findall(r"[A-Za-z]+|\d+", text)
    month = next((_MONTHS.index(w[:3].lower()) + 1 for w in words if w[:3].lower() in _MONTHS), 0)
    numbers = [int(word) for word in words if word.isdigit() and len(word) <= 4]
    if month and len(numbers) == 2 and max(numbers) > 31:
        return _said(max(numbers), month, min(numbers))
    return _HINT


def _said(year: int, month: int, day: int) -> str:
    """That date as it is written, or the last of a month that is shorter."""
    if not (1900 <= year <= 2199 and 1 <= month <= 12 and 1 <= day <= 31):
        return _HINT
    last = monthrange(year, month)[1]
    if day > last:
        return f"that month has {last} days: write `{date(year, month, last)}`"
    return f"write `{date(year, month, day)}`"

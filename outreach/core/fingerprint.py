"""A short name for a policy: it changes whenever something changes that a contact is judged by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from datetime import date
from hashlib import blake2b
from typing import Final

from outreach.core.cadence import Cadence
from outreach.core.calendar import Calendar

#: What no contact to a customer is judged by: how much a day's list holds, and what is only said about a law.
_LEFT_OUT: Final = frozenset({"capacity", "source", "read_in", "as_of", "confidence", "note"})
#: Whose public holidays the house keeps is told by those of one year.
_SOME_YEAR: Final = 2026


def fingerprint(cadence: Cadence, calendar: Calendar, zone: str) -> str:
    """Twelve hexadecimal digits. The same on every machine: sets and mappings are spelled in order.

    >>> fingerprint(Cadence(), Calendar(), "UTC") == fingerprint(Cadence(holidays="none"), Calendar(), "UTC")
    False
    """
    shut = calendar.holidays("", "", _SOME_YEAR) if calendar.holidays is not None else ()
    said = "|".join(map(_spelled, (cadence, calendar.closed, calendar.open, frozenset(shut), zone)))
    return blake2b(said.encode(), digest_size=6).hexdigest()


def _spelled(value: object) -> str:
    if is_dataclass(value):
        kept = (f.name for f in fields(value) if f.name not in _LEFT_OUT)
        return f"({','.join(f'{name}={_spelled(getattr(value, name))}' for name in kept)})"
    if isinstance(value, Mapping):
        return f"{{{','.join(sorted(f'{_spelled(k)}:{_spelled(v)}' for k, v in value.items()))}}}"
    if isinstance(value, Set):
        return f"<{','.join(sorted(map(_spelled, value)))}>"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{','.join(map(_spelled, value))}]"
    return repr(value)

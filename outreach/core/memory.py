"""What is remembered of a customer: each fact with where it comes from, since when, and how long it is worth knowing.

Kept as `{"meal": {"value": "likes it well done", "at": "2026-11-02T15:00:00Z", "source": "overcooked", "until": …}}`. A
bare value, as a customer line may bring it, has no date and doesn't end.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple


class Fact(NamedTuple):
    """One thing remembered. `at` and `until` are RFC 3339 in UTC; empty: unknown, for ever."""

    value: Any
    at: str = ""
    source: str = ""
    until: str = ""


def facts(memory: Mapping[str, Any], now: datetime) -> dict[str, Fact]:
    """What is still worth knowing at `now`, by name."""
    found = {name: _fact(kept) for name, kept in memory.items()}
    return {name: fact for name, fact in found.items() if _lasts(fact.until, now)}


def recalled(memory: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The bare values, as conditions and templates speak of them."""
    return {name: fact.value for name, fact in facts(memory, now).items()} if memory else {}


def remembered(value: Any, at: datetime, source: str, until: datetime | None) -> dict[str, Any]:
    """A fact as it is kept."""
    kept = {"value": value, "at": _stamp(at), "source": source}
    return kept | {"until": _stamp(until)} if until is not None else kept


def _fact(kept: Any) -> Fact:
    if isinstance(kept, Mapping) and "value" in kept:
        return Fact(kept["value"], *(str(kept.get(name) or "") for name in ("at", "source", "until")))
    return Fact(kept)


def _lasts(until: str, now: datetime) -> bool:
    """An end that can't be read is none: rather know too much than forget an allergy."""
    try:
        end = datetime.fromisoformat(until) if until else None
    except ValueError:
        return True
    return end is None or end.tzinfo is None or end > now


def _stamp(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")

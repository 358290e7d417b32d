"""The first line of a sheet: what its columns are called, where their cells go, and what is wrong with it.

A column that nobody knows is refused with the sheet: refusing each of its rows would say the same a thousand times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from outreach.rulebook.hints import did_you_mean, nearest

#: The column of a rejects file; whoever mends the rows may leave it where it is.
REASON = "rejected"

#: Where a cell goes (its path; empty where the column has no name) and whether it may be a number; None: nowhere.
Place = tuple[tuple[str, ...], bool] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """`allowed`: the plain names, None for any; `nests`: names that have parts (`data.total`); `texts`: names whose
    cells stay text whatever they look like."""

    required: tuple[str, ...]
    allowed: frozenset[str] | None
    nests: frozenset[str]
    texts: frozenset[str]


def place(name: str, columns: Columns) -> Place:
    """Where the cells of this column go."""
    if name == REASON:
        return None
    if not name:
        return (), False
    return tuple(name.split(".")), name.partition(".")[0] not in columns.texts


def wrong_head(names: Sequence[str], columns: Columns) -> str:
    """What is wrong with the names of the columns; "" when nothing is."""
    named = [n for n in names if n and n != REASON]
    if missing := [n for n in columns.required if n not in named]:
        return _missing(missing, [n for n in named if n not in columns.required])
    if twice := [n for n in named if named.count(n) > 1]:
        return f"the column `{twice[0]}` is there twice"
    return next((problem for n in named if (problem := _wrong_name(n, named, columns))), "")


def _missing(missing: Sequence[str], there: Sequence[str]) -> str:
    many = ", ".join(f"`{n}`" for n in missing)
    near = [f"`{found}` instead of `{n}`" for n in missing if (found := nearest(n, there))]
    return f"the first line must name the columns, and has no {many}" + (f" (but {', '.join(near)})" if near else "")


def _wrong_name(name: str, named: Sequence[str], columns: Columns) -> str:
    parts = name.split(".")
    if "" in parts:
        return f"the column `{name}` has a dot too many"
    if columns.allowed is not None and not _allowed(name, columns.allowed, columns.nests):
        return f"the column `{name}` is unknown: {did_you_mean(name, columns.allowed) or f'name it `data.{name}`'}"
    if name in columns.nests:
        return f"the column `{name}` must name what is inside, such as `{name}.NAME`"
    above = (".".join(parts[:i]) for i in range(1, len(parts)))
    clash = next((a for a in above if a in named), "")
    return f"the columns `{clash}` and `{name}` can't both be there" if clash else ""


def _allowed(name: str, allowed: frozenset[str], nests: frozenset[str]) -> bool:
    top, dot, _ = name.partition(".")
    return top in (nests if dot else allowed)

"""Rows that are new: in nearly all of them a dozen columns say that nothing has happened yet.

What they say then stands in the statement, where it costs next to nothing; a row that says more is written as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from outreach.store.codec import as_sql
from outreach.store.dialect import Book


class Fresh:
    """How new rows of a table are written: its columns, and what those from `first` on hold at first."""

    def __init__(self, columns: Sequence[str], first: str, nothing: tuple[str | int | None, ...]):
        self._from = columns.index(first)
        self._to = self._from + len(nothing)
        self._columns, self._nothing = tuple(columns), nothing
        self._short = self._columns[: self._from] + self._columns[self._to :]
        self._same = tuple(zip(self._columns[self._from : self._to], map(as_sql, nothing), strict=True))

    def insert(self, book: Book, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Each key once; what is there already stays."""
        first, end, nothing = self._from, self._to, self._nothing
        short = [row[:first] + row[end:] for row in rows if row[first:end] == nothing]
        book.insert(table, self._short, short, same=self._same)
        if len(short) < len(rows):
            book.insert(table, self._columns, [row for row in rows if row[first:end] != nothing])

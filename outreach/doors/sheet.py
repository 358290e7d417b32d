"""A sheet (CSV) becomes the same plain objects as JSON lines: columns have the names, `data.total` lies inside `data`.

Read row by row. A quote that is never closed must not swallow the rows below it: the row in which it stands is
refused, and reading goes on at the next line.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from outreach.doors.checks import show
from outreach.doors.columns import REASON, Columns, place, wrong_head
from outreach.errors import InputError

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?")
#: More digits than this are an identifier, and a float would not keep them.
_DIGITS = 15
#: From so many columns on a line with as many cells is hardly ever a part of a cell.
_MANY = 4
_OPEN = "a double quote is opened and never closed: write a quote inside a cell twice"
_BOM = b"\xef\xbb\xbf"

#: Where a row begins (line, from 1), its bytes, and its object or the reason why it has none.
Row = tuple[int, bytes, dict[str, Any] | str]


def value_of(cell: str) -> str | int | float | bool:
    """What a cell means: `42.5`, `3`, `true`; anything that could be a code (`007`, `+1212…`, `1e5`) stays text.

    >>> value_of("42.5"), value_of("3"), value_of("TRUE"), value_of("007"), value_of("+12125550101"), value_of("1e5")
    (42.5, 3, True, '007', '+12125550101', '1e5')
    """
    found = _NUMBER.fullmatch(cell)
    if found is not None and sum(map(str.isdigit, cell)) <= _DIGITS:
        return float(cell) if found[1] else int(cell)
    low = cell.lower()
    return low == "true" if low in ("true", "false") else cell


class _Feed:
    """Hands the csv reader one physical line at a time and remembers those of the row it is reading."""

    def __init__(self, lines: Iterable[bytes]):
        self._lines = iter(lines)
        self._back: deque[bytes] = deque()
        self.row: list[bytes] = []
        self.line = 0
        self.foreign = False

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        raw = self._back.popleft() if self._back else next(self._lines)
        self.line += 1
        self.row.append(raw)
        try:
            return raw.decode()
        except UnicodeDecodeError:
            self.foreign = True
            return raw.decode(errors="surrogateescape")

    def begin(self) -> None:
        """A new row begins with the next line."""
        self.row, self.foreign = [], False

    def put_back(self) -> None:
        """All but the first line of this row are read again."""
        self._back.extendleft(reversed(self.row[1:]))
        self.line -= len(self.row) - 1
        self.row = self.row[:1]


class Sheet:
    """A sheet whose head has been read. `head` is the first line as it stood. Raises InputError for a wrong head."""

    def __init__(self, lines: Iterable[bytes], columns: Columns, name: str):
        self._feed = _Feed(lines)
        first = next(self._feed, "").removeprefix("\ufeff")
        self.head = b"".join(self._feed.row).removeprefix(_BOM)
        self.delimiter = max(",;\t", key=first.count)
        self._reader = csv.reader(self._feed, delimiter=self.delimiter, strict=True)
        names = [cell.strip() for cell in next(csv.reader([first], delimiter=self.delimiter), [])]
        self.has_reasons = names[:1] == [REASON]
        problem = "it is not UTF-8: save the sheet as “CSV UTF-8”" if self._feed.foreign else wrong_head(names, columns)
        if problem:
            raise InputError(f"{name}: {problem}")
        self._width = len(names)
        self._plan = [place(n, columns) for n in names]

    def rows(self) -> Iterator[Row]:
        """All rows, in order; empty ones are passed over."""
        while True:
            self._feed.begin()
            start = self._feed.line + 1
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                self._feed.put_back()
                yield start, self._feed.row[0], _quoting(str(error))
                continue
            if self._swallowed(len(cells)):
                self._feed.put_back()
                yield start, self._feed.row[0], _OPEN
            elif any(map(str.strip, cells)):
                yield start, b"".join(self._feed.row), self._object(cells)

    def _object(self, cells: Sequence[str]) -> dict[str, Any] | str:
        if len(cells) != self._width:
            said = f"has {len(cells)} cells, the first line has {self._width}"
            return f"{said}: does a cell hold a {show(self.delimiter)} or a quote? Then put it in double quotes"
        if self._feed.foreign:
            return "is not UTF-8: save the sheet as “CSV UTF-8”"
        plain: dict[str, Any] = {}
        for planned, cell in zip(self._plan, map(str.strip, cells), strict=True):
            if not cell or planned is None:
                continue
            path, typed = planned
            if not path:
                return f"{show(cell)} stands in a column without a name"
            here = plain
            for part in path[:-1]:
                here = here.setdefault(part, {})
            here[path[-1]] = value_of(cell) if typed else cell
        return plain

    def _swallowed(self, cells: int) -> bool:
        """Whether the second line of this row is a row of its own: then a quote was left open above it, and happened
        to be closed by a stray one further down. With few columns it may as well be a line of somebody's note."""
        if len(self._feed.row) == 1 or (cells == self._width < _MANY):
            return False
        line = self._feed.row[1].decode(errors="replace")
        try:
            cells = len(next(csv.reader([line], delimiter=self.delimiter, strict=True), []))
        except csv.Error:
            return False
        return cells == self._width


def _quoting(said: str) -> str:
    if "end of data" in said or "field larger" in said:
        return _OPEN
    if "expected after" in said:
        return "a double quote ends in the middle of a cell: write a quote inside a cell twice"
    return f"is not CSV: {said}"

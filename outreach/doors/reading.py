"""From an opened input to events or customers, whatever its form: JSON lines, a JSON array, a sheet."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from outreach.core.event import Event
from outreach.doors import lines, people
from outreach.doors.columns import REASON, Columns
from outreach.doors.envelopes import elements
from outreach.doors.lines import Rejected, decode_event, event_of
from outreach.doors.people import Person, customer_of, decode_person
from outreach.doors.sheet import Sheet
from outreach.doors.sources import Source
from outreach.errors import InputError

T = TypeVar("T")

#: A pretty-printed object.
_SPREAD = re.compile(rb'\{\s*\n\s*"')

#: Where it stands (line, from 1), its bytes, and what it says.
Record = tuple[int, bytes, T | Rejected]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[T]):
    """What a file is about: how one JSON text and one row of a sheet are understood."""

    of_line: Callable[[bytes, int], T | Rejected]
    of_row: Callable[[object], T | str]
    columns: Columns


EVENTS: Kind[Event] = Kind(
    of_line=decode_event, of_row=event_of,
    columns=Columns(
        required=lines.REQUIRED, allowed=frozenset(lines.NAMES), nests=frozenset({"data"}),
        texts=frozenset(lines.NAMES) - {"data"},
    ),
)  # fmt: skip
PEOPLE: Kind[Person] = Kind(
    of_line=decode_person, of_row=customer_of,
    columns=Columns(
        required=("id",), allowed=None, nests=frozenset({"consent", "memory"}), texts=people.OWN - {"memory"},
    ),
)  # fmt: skip


class Reading(Generic[T]):
    """The records of one input. `sheet` when it is one; `unit` is what its records are counted in."""

    def __init__(self, source: Source, kind: Kind[T]):
        self._source = source
        self._kind = kind
        begins = source.peek().lstrip()
        self.sheet: Sheet | None = None
        self.unit = "item" if begins.startswith(b"[") else "line"
        if _is_sheet(source.name, begins, kind.columns):
            self.sheet = Sheet(source.lines(), kind.columns, source.name)
        elif _SPREAD.match(begins):
            raise InputError(f"{source.name} spreads an object over several lines: write one object a line (jq -c .)")
        self._items = self._array() if self.unit == "item" else []

    def __iter__(self) -> Iterator[Record[T]]:
        if self.sheet is not None:
            return self._rows(self.sheet)
        return self._lines() if self.unit == "line" else self._each()

    def _lines(self) -> Iterator[Record[T]]:
        """Lines that begin with # are comments: a rejects file gives its reasons in them."""
        of_line = self._kind.of_line
        for number, line in enumerate(self._source.lines(), 1):
            raw = line.strip()
            if raw and not raw.startswith(b"#"):
                yield number, raw, of_line(raw, number)

    def _array(self) -> list[bytes]:
        """Read at once: whether it is one, only its end tells."""
        try:
            return elements(self._source.whole())
        except (msgspec.DecodeError, RecursionError) as error:
            raise InputError(f"{self._source.name} begins like a JSON array, but is none: {error}") from None

    def _each(self) -> Iterator[Record[T]]:
        for number, raw in enumerate(self._items, 1):
            yield number, raw, self._kind.of_line(raw, number)

    def _rows(self, sheet: Sheet) -> Iterator[Record[T]]:
        for number, raw, plain in sheet.rows():
            found = plain if isinstance(plain, str) else self._kind.of_row(plain)
            if isinstance(found, str):
                yield number, raw, Rejected(line=number, reason=found, raw=raw)
            else:
                yield number, raw, found


def _is_sheet(name: str, begins: bytes, columns: Columns) -> bool:
    """By its first byte, then by its name, then by whether its first line names the columns that must be there."""
    if begins.startswith((b"{", b"[", b"# line ", b"# item ")):
        return False
    plain = name.lower()
    while plain.endswith((f".{REASON}", ".gz")):
        plain = plain.rpartition(".")[0]
    if Path(plain).suffix == ".csv":
        return True
    first = begins.split(b"\n", 1)[0].decode(errors="replace")
    cells = {cell.strip(' \r"') for cell in first.replace(";", ",").replace("\t", ",").split(",")}
    return len(cells) > 1 and cells.issuperset(columns.required)

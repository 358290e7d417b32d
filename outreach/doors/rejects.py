"""The file of what could not be taken, made so that it can be mended where it stands and taken as it is.

JSON lines: the reason as a comment above the line. Sheets: the reason in a first column, so that it stands in the
right place even where the row itself has too few cells.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import msgspec

from outreach.doors.checks import LONGEST_LINE
from outreach.doors.columns import REASON
from outreach.doors.lines import Rejected
from outreach.doors.sheet import Sheet
from outreach.doors.sources import STDIN, Source
from outreach.errors import InputError

_FIRST_CELL = re.compile(rb'("(?:[^"]|"")*"|[^",;\t\n]*)[,;\t]')


def rejects_path(path: Path | str, source: Source) -> Path:
    """Where the rejects of this input go; never over the input itself."""
    found = Path(f"stdin.{REASON}" if str(path) == STDIN else f"{path}.{REASON}")
    while source.is_file(found):
        found = found.with_name(f"{found.name}.{REASON}")
    return found


class Rejects:
    """Written as it comes, only when something does. An old one goes first; raises InputError when that, or writing a
    new one, won't be possible, before anything has been taken."""

    def __init__(self, path: Path, sheet: Sheet | None = None, unit: str = "line"):
        self.path = path
        self.count = 0
        self._sheet = sheet
        self._unit = unit
        self._file: BinaryIO | None = None
        try:
            path.unlink(missing_ok=True)
            self._open().close()
            path.unlink()
        except OSError as error:
            raise self._unwritable(error) from None

    def __enter__(self) -> Rejects:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, rejected: Iterable[Rejected]) -> None:
        """Write these down, and let them reach the disk."""
        try:
            for one in rejected:
                if self._file is None:
                    self._file = self._open()
                    self._file.write(self._head())
                self._file.write(self._entry(one))
                self.count += 1
            if self._file is not None:
                self._file.flush()
        except OSError as error:
            raise self._unwritable(error) from None

    def _open(self) -> BinaryIO:
        """For its owner only: these are customers' data."""
        return os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")

    def _unwritable(self, error: OSError) -> InputError:
        return InputError(
            f"lines that can't be taken go to {self.path}, and that can't be written ({error.strerror or error}):"
            " take the right to write there, or move the input (with `-`: go yourself) to another folder"
        )

    def _head(self) -> bytes:
        if self._sheet is None:
            return b""
        head = _ended(self._sheet.head)
        return head if self._sheet.has_reasons else REASON.encode() + self._sheet.delimiter.encode() + head

    def _entry(self, one: Rejected) -> bytes:
        reason = " ".join(one.reason.split()).encode(errors="backslashreplace")
        raw = _ended(one.raw) if len(one.raw) <= LONGEST_LINE else b""
        if self._sheet is None:
            return b"# %s %d: %s\n%s" % (self._unit.encode(), one.line, reason, _one_line(raw))
        if self._sheet.has_reasons:
            raw = _FIRST_CELL.sub(b"", raw, count=1)
        cell = b'"line %d: %s"' % (one.line, reason.replace(b'"', b'""'))
        return cell + self._sheet.delimiter.encode() + (raw or b"\n")


def _ended(raw: bytes) -> bytes:
    bare = raw.rstrip(b"\r\n")
    return bare + b"\n" if bare else b""


def _one_line(raw: bytes) -> bytes:
    """An item of a JSON array may stand on several lines; here it stands on one."""
    return msgspec.json.format(raw, indent=-1).rstrip() + b"\n" if b"\n" in raw[:-1] else raw

"""Opening what a person named on the command line: a file, packed or not, or what is piped in; line by line.

What can't be read at all is told before anything is taken: a folder, an Excel file, UTF-16.
"""

from __future__ import annotations

import gzip
import io
import os
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, cast

from outreach.doors.checks import LONGEST_LINE
from outreach.errors import InputError

STDIN: Final = "-"
#: A JSON array is read as a whole; beyond this it has to be lines.
LONGEST_ARRAY = 256 << 20
_PEEK: Final = 1 << 16
_BOM: Final = b"\xef\xbb\xbf"
_FOREIGN: Final = {
    b"\xff\xfe": "is UTF-16: save it as UTF-8",
    b"\xfe\xff": "is UTF-16: save it as UTF-8",
    b"PK\x03\x04": "is an Excel or ZIP file: save the sheet as CSV, or unpack it",
}


class Source:
    """An opened input. `name` is what messages call it, `total` its size in bytes (0 when nobody knows)."""

    def __init__(self, name: str, file: io.BufferedReader[Any], total: int):
        self.name = name
        self.total = total
        self._file = file
        self._taken = 0
        packed = file.peek(2)[:2] == b"\x1f\x8b"
        self._stream: io.BufferedReader[Any] = io.BufferedReader(gzip.GzipFile(fileobj=file), _PEEK) if packed else file
        self._check()

    def _check(self) -> None:
        start = self.peek()
        for mark, problem in _FOREIGN.items():
            if start.startswith(mark):
                raise InputError(f"{self.name} {problem}")
        if start.startswith(_BOM):
            self._stream.read(len(_BOM))
        if not self.peek():
            raise InputError(f"{self.name} is empty: there is nothing to take")

    def peek(self) -> bytes:
        """How it begins, as far as that is known already; later, how it goes on."""
        with self._readable():
            return self._stream.peek(_PEEK)

    def done(self) -> int:
        """Bytes of the input that have been read; of a packed file, packed ones."""
        return self._file.raw.tell() if self.total else self._taken

    def is_file(self, path: Path) -> bool:
        """Whether this input and that path are the same file."""
        try:
            return os.path.samestat(os.fstat(self._file.fileno()), path.stat())
        except (OSError, ValueError):
            return False

    def lines(self) -> Iterator[bytes]:
        """All lines with their ends. Of one that is too long only its beginning, one byte longer than the limit."""
        with self._readable():
            while line := self._stream.readline(LONGEST_LINE + 1):
                self._taken += len(line)
                if len(line) > LONGEST_LINE:
                    self._skip_line(line)
                yield line

    def _skip_line(self, line: bytes) -> None:
        while line and not line.endswith(b"\n"):
            line = self._stream.readline(_PEEK)
            self._taken += len(line)

    def whole(self) -> bytes:
        """Everything at once. Raises InputError when that is too much."""
        with self._readable():
            found = self._stream.read(LONGEST_ARRAY + 1)
        if len(found) > LONGEST_ARRAY:
            size = f"more than {LONGEST_ARRAY >> 20} MiB"
            raise InputError(f"{self.name} is one JSON array of {size}: write one object a line")
        self._taken += len(found)
        return found

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except (OSError, EOFError, zlib.error) as error:
            raise InputError(f"{self.name} can't be read to its end, it is damaged or cut off: {error}") from error


@contextmanager
def open_source(path: Path | str) -> Iterator[Source]:
    """The input at this path; `-` is what is piped in. Raises InputError with what to do."""
    if str(path) == STDIN:
        piped = io.BufferedReader(cast(io.RawIOBase, sys.stdin.buffer))
        try:
            yield Source("stdin", piped, 0)
        finally:
            piped.detach()  # else it would close stdin with itself
        return
    path = Path(path)
    if path.is_dir():
        raise InputError(f"{path} is a folder: name the files in it, such as {path / '*.jsonl'}")
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise InputError(f"there is no file {path}") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path} can't be read: {getattr(error, 'strerror', None) or error}") from None
    with file:
        yield Source(str(path), file, os.fstat(file.fileno()).st_size)

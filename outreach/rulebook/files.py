"""The files of a rules folder as bytes: what can't be read, what is too much, what was meant to be read and isn't."""

from __future__ import annotations

import errno
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from outreach.errors import Problem
from outreach.rulebook.decoding import MOST_BYTES
from outreach.rulebook.places import Node
from outreach.rulebook.reading import read

#: Of all files of a rulebook: four thousand rules of a usual length, which are read in a few seconds.
MOST_IN_ALL: Final = 2 * 1024 * 1024


def read_file(path: Path, name: str, problems: list[Problem]) -> Node | None:
    """The document in this file, as `read`; complaints call the file `name`."""
    found: list[Problem] = []
    root = None
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would be waited for, and a device never ends
            raise OSError(errno.EINVAL, "it is no plain file")
        with path.open("rb") as file:
            root = read(file.read(MOST_BYTES + 1), name, found)
    except OSError as error:
        said = f"the file can't be read: {error.strerror or error}"
        hint = "the link leads nowhere: remove it" if path.is_symlink() else "make it a plain file that you may read"
        found.append(_about(name, said, hint))
    problems += found
    return root


def too_much(rules_dir: Path, files: Sequence[Path]) -> Problem | None:
    """That the files together are longer than a rulebook may be: they are not read then."""
    size = sum(_size(path) for path in files)
    if size <= MOST_IN_ALL:
        return None
    said = f"the {len(files)} files have {size:,} bytes in all, {MOST_IN_ALL:,} are allowed"
    return _about(rules_dir.name, said, "split the business, each part with its rules")


def not_read(rules_dir: Path, files: Iterable[Path]) -> Iterator[Problem]:
    """Files that were meant to be read, by their names: editors that hide endings write `haircut.yaml.txt`."""
    for path in files:
        if path.suffix.lower() == ".txt" and path.stem.lower().endswith((".yaml", ".yml")):
            said, hint = "this file is not read: its name ends in `.txt`", f"call it `{path.stem}`"
            yield _about(path.relative_to(rules_dir.parent).as_posix(), said, hint, "warning")


def _size(path: Path) -> int:
    """What of the file would be read."""
    try:
        found = path.stat()
    except OSError:
        return 0
    return min(found.st_size, MOST_BYTES) if stat.S_ISREG(found.st_mode) else 0


def _about(file: str, message: str, hint: str, severity: str = "error") -> Problem:
    return Problem(file=file, line=1, column=1, message=message, hint=hint, severity=severity)

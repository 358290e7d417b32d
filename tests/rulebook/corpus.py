"""The corpus of bad rule files, and a run of it in which each case has a process of its own, forked from one that has
everything imported: what it takes and what it needs is then its own.

    python -m tests.rulebook.corpus       prints a JSON line a case
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from outreach.errors import Problem, RulebookError
from outreach.rendering import Checker
from outreach.rulebook.load import load_rulebook
from tests.rulebook.hostile import hostile

HERE = Path(__file__).parent
GOOD, TEMPLATES = HERE / "good" / "rules", HERE / "good" / "templates"
BAD = sorted(path for path in (HERE / "bad").iterdir() if path.suffix != ".txt")

#: Each case ends here, whatever it does.
SECONDS, BYTES = 10, 2 << 30


@dataclass(frozen=True)
class Ran:
    """One case: processor and wall time in seconds, the most memory it had in megabytes, what was told."""

    name: str
    cpu: float
    wall: float
    megabytes: float
    told: str
    begins: str = ""


def problems(rules: Path) -> tuple[Problem, ...]:
    """What is wrong in this folder of rules. One that brings templates has what they say checked, too."""
    own = rules / "templates"
    reader = Checker(own, {"name": "The Shop", "phone": "+12025550100"}) if own.is_dir() else None
    try:
        return load_rulebook(rules, own if reader else TEMPLATES, reader=reader).warnings
    except RulebookError as error:
        return error.problems


def copied(path: Path) -> Callable[[Path], object]:
    """Puts a case of `bad/`, a file or a folder, into an otherwise good folder of rules."""
    if path.is_dir():
        return lambda rules: shutil.copytree(path, rules, dirs_exist_ok=True)
    return lambda rules: shutil.copy(path, rules)


def folder_of(make: Callable[[Path], object], inside: Path) -> Path:
    """The rules of a case, in `inside`."""
    rules = inside / "rules"
    rules.mkdir()
    shutil.copy(GOOD / "fields.yaml", rules)
    make(rules)
    return rules


def told(rules: Path) -> str:
    """What somebody reads who checks this folder."""
    return "".join(f"{problem}\n" for problem in problems(rules))


def cases() -> Iterator[tuple[str, Callable[[Path], object], str]]:
    """Name, what makes the folder, how the first complaint begins (empty where a snapshot says it)."""
    yield from ((path.stem, copied(path), "") for path in BAD)
    yield from hostile()


def run(name: str, make: Callable[[Path], object], begins: str) -> Ran:
    """One case, in a process of its own."""
    with tempfile.TemporaryDirectory() as inside:
        rules = folder_of(make, Path(inside))
        read, write = os.pipe()
        begun = time.perf_counter()
        child = os.fork()
        if child == 0:
            os.close(read)
            with os.fdopen(write, "w", encoding="utf-8") as out:
                out.write(_limited(rules))
            os._exit(0)
        os.close(write)
        with os.fdopen(read, encoding="utf-8") as answer:
            text = answer.read()
        _, status, used = os.wait4(child, 0)
    said = text if status == 0 else f"ended by {status}"
    cpu, peak = used.ru_utime + used.ru_stime, used.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    return Ran(name, round(cpu, 3), round(time.perf_counter() - begun, 3), round(peak, 1), said, begins)


def _limited(rules: Path) -> str:
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    signal.alarm(SECONDS)
    try:
        return told(rules)
    except MemoryError:
        return "out of memory"


def main() -> None:
    """Every case, one after the other."""
    problems(GOOD)  # imports what is imported late
    for name, make, begins in cases():
        print(json.dumps(asdict(run(name, make, begins))), flush=True)


if __name__ == "__main__":
    main()

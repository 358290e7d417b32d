"""`outreach` as processes of their own. Only what was started here is ended, by its own handle."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

#: Compiled once for all processes: where nothing is compiled, half of a process's life here would go into that.
COMPILED = Path(__file__).parents[2] / ".pytest_cache" / "compiled"


def environment(folder: Path, **more: str) -> dict[str, str]:
    """A clean environment in which `outreach` works on this business."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("OUTREACH_", "TWILIO_", "SENDGRID_", "PYTHON"))}
    ours = {
        "OUTREACH_DATABASE_URL": f"sqlite:///{folder / 'outreach.db'}", "OUTREACH_RULES": str(folder / "rules"),
        "OUTREACH_TEMPLATES": str(folder / "templates"), "PYTHONPYCACHEPREFIX": str(COMPILED),
    }  # fmt: skip
    return kept | ours | more


def outreach(*args: str, env: dict[str, str], stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, "-c", "from outreach.cli import main; main()", *args],
        env=env, input=stdin, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@dataclass
class Process:
    """A running command; `said` is its first line."""

    popen: subprocess.Popen[str]
    said: str = ""

    def kill(self) -> None:
        """kill -9, now."""
        self.popen.kill()
        self.popen.wait(10)

    def end(self) -> int:
        """SIGTERM; its exit code."""
        self.popen.terminate()
        return self.popen.wait(20)

    @property
    def lives(self) -> bool:
        return self.popen.poll() is None


class Processes:
    """All that were started; none outlives the test."""

    def __init__(self, env: dict[str, str], log: Path):
        self.env, self.log = env, log
        self.all: list[Process] = []

    def start(self, *args: str) -> Process:
        """Begin; it isn't waited for."""
        command = [sys.executable, "-c", "from outreach.cli import main; main()", *args]
        with self.log.open("a") as err:
            started = Process(subprocess.Popen(command, env=self.env, stdout=subprocess.PIPE, stderr=err, text=True))
        self.all.append(started)
        return started

    def ready(self, process: Process) -> Process:
        """Wait for its first line: then it works."""
        assert process.popen.stdout is not None
        process.said = process.popen.stdout.readline()
        assert process.said, self.log.read_text()
        return process


@contextmanager
def processes(env: dict[str, str], log: Path) -> Iterator[Processes]:
    started = Processes(env, log)
    try:
        yield started
    finally:
        for process in started.all:
            process.kill()
            if process.popen.stdout:
                process.popen.stdout.close()

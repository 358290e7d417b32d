"""`outreach` called as from a shell, in this process: what it prints, and its exit code."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from outreach.cli import main

#: An ordinary Tuesday, Wednesday and Thursday for the simulations.
CUSTOMERS = [
    {"id": "ann", "first_name": "Ann", "phone": "+12125550101", "timezone": "America/New_York",
     "consent": {"sms": {"marketing": True, "at": "2026-01-05T10:00:00Z", "source": "form"}}},
    {"id": "bob", "first_name": "Bob", "phone": "+12125550102", "timezone": "America/New_York"},
]  # fmt: skip
EVENTS = [
    {"id": "e1", "type": "purchase", "customer": "ann", "site": "shop", "time": "2026-11-10T14:05:00-05:00",
     "data": {"total": 42.5, "item": "mug"}},
    {"id": "e2", "type": "appointment.completed", "customer": "bob", "site": "salon",
     "time": "2026-11-10T15:05:00-05:00", "data": {"total": 60, "service": "haircut", "staff": "Marco"}},
]  # fmt: skip


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Runs in tmp_path. A known error is a sentence; a traceback fails the test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "140")

    def call(*args: object, stdin: str = "") -> Ran:
        monkeypatch.setattr(sys, "argv", ["outreach", *map(str, args)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return Ran(int(left.value.code or 0), said.out, said.err)

    return call


@pytest.fixture
def business(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder made by `outreach init`; commands run in it."""
    folder = tmp_path / "biz"
    assert run("init", folder).code == 0
    monkeypatch.chdir(folder)
    return folder


def jsonl(path: Path, rows: list[Any]) -> Path:
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    return path

"""All commands: their help, their JSON, their exit codes, and how long they take to begin."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from outreach import __version__
from outreach.cli import COMMANDS, load
from outreach.spreadsheet import cell
from tests.cli.conftest import Run
from tests.scheduler.workers import environment, outreach

GROUPS = {"rules": ["check", "list"], "customers": ["import"], "db": ["upgrade"]}
ALL = [c.split() for n in COMMANDS for c in ([f"{n} {sub}" for sub in GROUPS[n]] if n in GROUPS else [n])]


@pytest.mark.parametrize("command", ALL, ids=" ".join)
def test_every_command_has_a_help_that_says_what_every_option_is_for(run: Run, command: list[str]):
    ran = run(*command, "--help")
    assert (ran.code, ran.err) == (0, "")
    found = load(command[0])
    found = found.commands[command[1]] if len(command) > 1 else found
    assert found.help
    assert found.help.rstrip()[-1] in ".?"
    silent = [p.name for p in found.params if not p.help]
    assert silent == []


def test_the_help_lists_every_command_and_loads_none(run: Run):
    code = (
        "import sys\nfrom outreach.cli import main\nsys.argv = ['outreach', '--help']\n"
        "try: main()\nexcept SystemExit: pass\n"
        "sys.exit(', '.join(sorted({'sqlalchemy', 'pydantic', 'fastapi', 'structlog'} & set(sys.modules))))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert ran.stderr.strip() == ""
    for name, (_, line) in COMMANDS.items():
        assert f" {name} " in ran.stdout
        assert line.split()[0] in ran.stdout


@pytest.mark.parametrize(
    ("args", "unwanted"),
    [
        (["why", "nobody"], {"fastapi", "uvicorn", "apscheduler", "alembic", "twilio", "sendgrid", "structlog"}),
        (["pause"], {"fastapi", "uvicorn", "apscheduler", "alembic", "twilio", "sendgrid", "structlog"}),
        (["rules", "list", "--json"], {"fastapi", "uvicorn", "apscheduler", "alembic", "twilio", "structlog"}),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_command_loads_only_what_it_needs(business: Path, args: list[str], unwanted: set[str]):
    code = (
        "import atexit, sys\n"
        f"unwanted = {unwanted!r}\n"
        "atexit.register(lambda: print('loaded:', sorted(unwanted & set(sys.modules)), file=sys.stderr))\n"
        f"sys.argv = ['outreach', *{args!r}]\nfrom outreach.cli import main\nmain()\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=business, env=environment(business), capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert ran.stderr.splitlines()[-1] == "loaded: []"


def test_exit_codes_and_streams_as_a_shell_sees_them(business: Path):
    env = environment(business)
    version = outreach("--version", env=env)
    assert (version.returncode, version.stdout, version.stderr) == (0, f"outreach {__version__}\n", "")
    no = outreach("why", "nobody", env=env)
    assert (no.returncode, no.stdout) == (1, "")
    assert no.stderr == (
        "outreach: customer 'nobody' is not known; `outreach customers import FILE` brings customers in\n"
    )
    asked_wrongly = outreach("whyy", env=env)
    assert (asked_wrongly.returncode, asked_wrongly.stdout) == (2, "")
    assert "Did you mean 'why'?" in asked_wrongly.stderr


def test_without_a_command_it_shows_the_help(run: Run):
    assert "Usage: outreach" in run().out
    assert run().code == 2
    assert run("rules").code == 2


@pytest.mark.parametrize(
    "args",
    ["doctor", "calls", "rules check", "rules list", "why ann", "ingest ev.jsonl", "customers import cu.jsonl"],
)
def test_json_is_one_document(run: Run, business: Path, args: str):
    (business / "cu.jsonl").write_text('{"id": "ann"}\n')
    (business / "ev.jsonl").write_text('{"id": "e", "type": "x", "customer": "ann", "time": "2026-11-02T14:05:00Z"}\n')
    run("customers", "import", "cu.jsonl")
    ran = run(*args.split(), "--json")
    assert ran.code == 0
    json.loads(ran.out)
    assert ran.err == ""


def test_a_cell_never_runs_as_a_formula():
    assert [cell(v) for v in ("=1+1", "  @cmd", "+12125550101", "-3", "\uff1d1", "\tx", "plain", None, 5)] == [
        "'=1+1", "'  @cmd", "+12125550101", "-3", "'\uff1d1", "'\tx", "plain", "", "5",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("variable", "value"),
    [("OUTREACH_PORT", "abc"), ("OUTREACH_PORT", "70000"), ("OUTREACH_SMS", "pigeon"),
     ("OUTREACH_LEASE_SECONDS", "0"), ("OUTREACH_DATABASE_URL", "nonsense")],
)  # fmt: skip
def test_a_wrong_setting_is_named(run: Run, business: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str):
    monkeypatch.setenv(variable, value)
    ran = run("calls")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("outreach: ")
    assert variable in ran.err

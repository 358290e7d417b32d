"""The house rules that no linter knows: small files, no machine's traces, one list of requirements."""

from __future__ import annotations

import ast
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CEILING, MEDIAN = 200, 100
WRITTEN_ONCE = "outreach/store/migrations/versions/"  # a migration is as long as its tables and never grows

REGISTRIES = ("pypi" + ".org", "python" + "hosted.org", "npmjs" + ".org", "crates" + ".io", "proxy.golang" + ".org")
MACHINE_PATH = re.compile(r"(?<![\w.}~-])/(?:" + "|".join(["work", "root", "home"]) + r")/")
BESIDE_THE_CLONE = ".." + "/shared"


@cache
def project_files() -> tuple[str, ...]:
    if not (shutil.which("git") and (ROOT / ".git").exists()):
        pytest.skip("not a git clone")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(sorted({name for name in listed.split("\0") if name and (ROOT / name).is_file()}))


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8", errors="ignore")


def modules() -> list[str]:
    return [name for name in project_files() if name.startswith("outreach/") and name.endswith(".py")]


def lines_in(name: str) -> list[str]:
    return text_of(name).splitlines()


def places(pattern: re.Pattern[str], names: tuple[str, ...]) -> list[str]:
    return [
        f"{n}:{i}: {line.strip()[:80]}" for n in names for i, line in enumerate(lines_in(n), 1) if pattern.search(line)
    ]


def requirement_names(lines: list[str]) -> dict[str, str]:
    """`name[extra]>=1,<2` → {name: the whole line}."""
    wanted = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith(("#", "--"))]
    return {re.split(r"[\[<>=!~; ]", line)[0].lower().replace(".", "-").replace("_", "-"): line for line in wanted}


def pinned(line: str) -> str:
    """`name==1.2` of a locked line, without the systems that it is for."""
    return line.partition(";")[0].rstrip(" \\")


def test_files_can_be_read_at_one_sitting():
    lengths = {name: len(lines_in(name)) for name in modules() if not name.startswith(WRITTEN_ONCE)}
    assert {name: length for name, length in lengths.items() if length > CEILING} == {}
    assert statistics.median(lengths.values()) <= MEDIAN


def test_every_module_says_what_it_is_for():
    silent = [name for name in modules() if text_of(name).strip() and not ast.get_docstring(ast.parse(text_of(name)))]
    assert silent == []


def test_no_file_names_a_registry():
    assert places(re.compile("|".join(map(re.escape, REGISTRIES))), project_files()) == []


def test_no_file_names_a_path_of_somebodys_machine():
    assert places(MACHINE_PATH, project_files()) == []


def test_only_ci_looks_beside_the_clone():
    names = tuple(name for name in project_files() if name != ".ci/run")
    assert places(re.compile(re.escape(BESIDE_THE_CLONE)), names) == []


def test_the_core_imports_the_standard_library_only():
    allowed = sys.stdlib_module_names | {"outreach"}
    for name in modules():
        if not name.startswith("outreach/core/"):
            continue
        for node in ast.walk(ast.parse(text_of(name))):
            imported = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                imported = [node.module or ""]
            assert {module.partition(".")[0] for module in imported} <= allowed, name


def test_the_requirements_agree():
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    promised = requirement_names(project["dependencies"] + project["optional-dependencies"]["postgres"])
    wanted = requirement_names(lines_in("requirements.in"))
    assert {name: wanted.get(name) for name in promised} == promised

    locked = requirement_names(lines_in("requirements.txt"))
    assert set(wanted) <= set(locked)
    peers = requirement_names(lines_in("requirements-bench.txt"))
    assert set(requirement_names(lines_in("requirements-bench.in"))) <= set(peers)
    # What both need is the same, wherever it is needed: the benchmark must not change what is measured.
    both = peers.keys() & locked.keys()
    assert {name: pinned(peers[name]) for name in both} == {name: pinned(locked[name]) for name in both}


def test_a_test_cannot_talk_to_the_world():
    for address in ("192.0.2.1", "example.com"):
        with pytest.raises(pytest.fail.Exception, match="loopback only"):
            socket.create_connection((address, 443), timeout=1)


def test_a_test_can_talk_to_itself():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()

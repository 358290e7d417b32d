"""Eight writers on sixteen hot customers, as processes of their own on one file or one PostgreSQL: nothing is broken,
and the judge would see it if it were. OUTREACH_TEST_HOT_SECONDS makes it longer; `python -m bench.hot 60` gives the
figures alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench.hot import Row, broken
from tests.support import postgres

ROOT = Path(__file__).parents[1]
CAPS = [(2, 100, ""), (1, 50, "email")]


def judged(*touches: tuple[int, str]) -> list[str]:
    return broken([Row("c:c1", at, channel) for at, channel in touches], gap=10, caps=CAPS)


@pytest.mark.parametrize(
    ("touches", "faults"),
    [
        ([(0, "sms"), (10, "sms"), (100, "sms"), (110, "sms")], []),
        ([(0, "sms"), (9, "sms")], ["c:c1: gap at 9"]),
        ([(0, "sms"), (0, "sms")], ["c:c1: gap at 0"]),
        ([(0, "sms"), (20, "sms"), (99, "sms")], ["c:c1: 2 in 100 at 99"]),
        ([(0, "email"), (49, "email")], ["c:c1: 1 in 50 at 49"]),
        ([(0, "email"), (49, "sms"), (99, "email")], ["c:c1: 2 in 100 at 99"]),
    ],
)
def test_the_judge_counts_to_the_very_edge(touches: list[tuple[int, str]], faults: list[str]):
    assert judged(*touches) == faults


def test_the_judge_keeps_subjects_apart():
    assert broken([Row("a:x", 0, "sms"), Row("c:c1", 1, "sms")], gap=10, caps=CAPS) == []


@pytest.mark.slow
@pytest.mark.chaos
@pytest.mark.skipif(sys.platform == "win32", reason="the writers are forked")
@pytest.mark.parametrize("kind", ["file", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_eight_writers_on_sixteen_customers_break_nothing(kind: str):
    seconds = os.environ.get("OUTREACH_TEST_HOT_SECONDS", "10")
    url = postgres.made() if kind == "postgres" else ""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE")}
    done = subprocess.run(
        [sys.executable, "-m", "bench.hot", seconds, "8", *([url] if url else [])],
        cwd=ROOT, env=kept, capture_output=True, text=True, timeout=float(seconds) + 180, check=False,
    )  # fmt: skip
    print(done.stdout, done.stderr)
    if url:
        postgres.dropped(url)
    figures = re.search(
        r"^8 writers on 16 customers .*: (\d+) attempts .* (\d+) touches; .* 0 claims failed, 0 deadlocks", done.stdout
    )
    assert figures, done.stderr
    assert done.returncode == 0, done.stdout
    assert int(figures[1]) > int(figures[2]) > 16

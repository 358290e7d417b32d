"""`customers export` and `customers erase`: all that is known of somebody, and forgetting her."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.conftest import CUSTOMERS, EVENTS, Run, jsonl


@pytest.fixture
def known(run: Run, business: Path) -> Path:
    """Ann and Bob; Ann has bought something just now, and Bob is a customer whom she has become."""
    now = datetime.now(UTC).isoformat()
    merged = {"id": "m", "type": "customer.merged", "customer": "bob", "time": now, "data": {"into": "ann"}}
    assert run("customers", "import", jsonl(business / "cu.jsonl", CUSTOMERS)).code == 0
    assert run("ingest", jsonl(business / "ev.jsonl", [EVENTS[0] | {"time": now}, merged])).code == 0
    return business


def test_everything_is_exported_by_either_id(run: Run, known: Path):
    told = run("customers", "export", "bob").json
    assert told["customer"]["id"] == "ann"
    assert [m["id"] for m in told["merged"]] == ["bob"]
    assert [e["type"] for e in told["events"]] == ["purchase", "customer.merged"]
    assert [f["state"] for f in told["follow_ups"]] == ["scheduled"]


def test_it_asks_before_it_erases(run: Run, known: Path):
    ran = run("customers", "erase", "ann")
    assert (ran.code, ran.out) == (1, "")
    assert "add --yes" in ran.err
    assert run("customers", "export", "ann").code == 0


def test_she_is_forgotten(run: Run, known: Path):
    ran = run("customers", "erase", "bob", "--yes")
    assert (ran.code, ran.out) == (0, "ann, also known as bob is forgotten; 1 planned follow-up ended with that.\n")
    with sqlite3.connect(known / "outreach.db") as database:
        dump = "\n".join(database.iterdump())
    database.close()
    assert "+12125550101" not in dump
    assert "'ann'" not in dump
    ran = run("ingest", jsonl(known / "more.jsonl", [EVENTS[0] | {"id": "later"}]))
    assert ran.code == 1
    assert "unknown customer 'ann'" in (known / "more.jsonl.rejected").read_text()


def test_it_tells_programs_what_it_did(run: Run, known: Path):
    told = json.loads(run("customers", "erase", "ann", "--yes", "--json").out)
    assert told == {"customer": "ann", "merged": ["bob"], "ahead": 1, "touches": 0}


@pytest.mark.parametrize("command", [("export", "nobody"), ("erase", "nobody", "--yes")])
def test_nobody_of_that_name(run: Run, business: Path, command: tuple[str, ...]):
    ran = run("customers", *command)
    assert (ran.code, ran.out) == (1, "")
    assert "customer 'nobody' is not known: nothing was done" in ran.err

"""`outreach verify`, on a business of its own."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from tests.cli.conftest import CUSTOMERS, EVENTS, Run, jsonl

HAND = [
    {"id": f"h{n}", "type": "contact.made", "customer": "ann", "time": f"2026-11-10T1{n}:00:00-05:00",
     "data": {"channel": "call", "by": "Lena"}} for n in (0, 1)
]  # fmt: skip


def test_an_empty_ledger_is_in_order(business: Path, run: Run):
    done = run("verify")
    assert (done.code, done.out.splitlines()[-1]) == (0, "0 violations in 0 touches of 0 customers")


def test_what_was_made_by_hand_is_listed_and_is_no_violation(business: Path, run: Run):
    run("customers", "import", jsonl(business / "c.jsonl", CUSTOMERS))
    run("ingest", jsonl(business / "e.jsonl", [*EVENTS, *HAND]))
    done = run("verify")
    assert done.code == 0
    assert "By hand, not the engine's:\n2026-11-10T16:00:00  c:ann  gap:20h  60 minutes after another" in done.out
    told = run("verify", "--json").json
    assert (told["violations"], {f["rule"] for f in told["by_hand"]}) == (0, {"gap:20h"})


def test_a_violation_is_named_and_the_answer_is_no(business: Path, run: Run):
    run("customers", "import", jsonl(business / "c.jsonl", CUSTOMERS))
    run("ingest", jsonl(business / "e.jsonl", HAND))
    break_a_touch(business)
    done = run("verify")
    assert done.code == 1
    assert "c:ann  touch_alone  a touch stands for a follow-up that is not there" in done.out
    told = run("verify", "--json")
    assert told.code == 1
    assert told.json["checks"]["follow_up"]["broken"] == told.json["violations"] == 1
    assert told.json["faults"][0]["subject"] == "c:ann"
    assert told.json["said"] == done.out.splitlines()[-1]


def test_only_what_came_since(business: Path, run: Run):
    run("customers", "import", jsonl(business / "c.jsonl", CUSTOMERS))
    run("ingest", jsonl(business / "e.jsonl", HAND))
    break_a_touch(business)
    assert run("verify", "--since", "2026-11-11").code == 0
    assert run("verify", "--since", "2026-11-10").code == 1


def test_it_says_what_to_do(business: Path, run: Run):
    assert "write 2026-11-03" in run("verify", "--since", "yesterday").err
    assert "has no offset" in run("verify", "--since", "2026-11-03T10:00").err
    assert "run `outreach db upgrade`" in run("verify", "--database", "sqlite:///none.db").err


def test_it_changes_nothing_while_somebody_writes(business: Path, run: Run):
    with sqlite3.connect(business / "outreach.db") as other:
        other.execute("BEGIN IMMEDIATE")
        assert run("verify").code == 0


def break_a_touch(folder: Path) -> None:
    """The first contact pretends to be a follow-up's, decided by a guard."""
    known = json.dumps({"policy": "p", "zones": [], "places": [], "home": ["", ""]})
    with sqlite3.connect(folder / "outreach.db") as conn:
        conn.execute("UPDATE touch SET follow_up = 'f', known = ? WHERE at = (SELECT min(at) FROM touch)", (known,))
    conn.close()


def test_the_demo_keeps_its_cadence(run: Run, business: Path):
    assert run("demo", "--today", "2026-11-20", "--database", "sqlite:///demo.db", "--json").code == 0
    told = run("verify", "--database", "sqlite:///demo.db", "--json")
    assert (told.code, told.json["violations"], told.json["not_judged"]) == (0, 0, {})
    assert told.json["touches"] > 20
    assert min(told.json["checks"][c]["asked"] for c in ("gap", "cap", "back_off", "hours", "law", "consent")) > 10

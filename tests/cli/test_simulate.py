"""`simulate`: whom would these rules have contacted, when, and whom not and why."""

from __future__ import annotations

import csv
import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import CUSTOMERS, EVENTS, Ran, Run, jsonl

COLUMNS = "at,due,customer,address,channel,purpose,rule,step,event,status,reason"


@pytest.fixture
def simulate(run: Run, business: Path) -> Run:
    """Plays the two customers' events against the example's rules; `contacts` reads what came of it."""
    jsonl(business / "cu.jsonl", CUSTOMERS)
    jsonl(business / "ev.jsonl", EVENTS)

    def play(*args: object) -> Ran:
        given = [str(a) for a in args]
        rest = [a for n, f in (("--customers", "cu.jsonl"), ("--events", "ev.jsonl")) if n not in given for a in (n, f)]
        return run("simulate", "--rules", "rules", *rest, "--out", "contacts.csv", *given)

    return play


def contacts() -> list[dict[str, str]]:
    with Path("contacts.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def outcome(time: str, **data: Any) -> dict[str, Any]:
    about = {"rule": "haircut-next-day", "step": "how-is-it"}
    return {"id": f"o{time}", "type": "outcome", "customer": "bob", "time": time, "data": about | data}


def test_contacts_are_in_the_contracts_form(simulate: Run):
    assert simulate().code == 0
    assert Path("contacts.csv").read_text().splitlines()[0] == COLUMNS
    rows = contacts()
    assert [(r["at"], r["customer"], r["address"], r["channel"], r["status"]) for r in rows] == [
        ("2026-11-12T15:00:00Z", "bob", "+12125550102", "call", "done"),  # the 11th is a holiday
        ("2026-11-12T16:00:00Z", "ann", "+12125550101", "sms", "sent"),
    ]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", r[name]) for r in rows for name in ("at", "due"))
    assert {(r["purpose"], r["rule"], r["step"], r["event"]) for r in rows} == {
        ("care", "haircut-next-day", "how-is-it", "e2"), ("marketing", "thank-you-for-the-purchase", "thank-you", "e1"),
    }  # fmt: skip


def test_it_needs_no_database_and_makes_none(simulate: Run, business: Path):
    for path in business.glob("outreach.*"):
        path.unlink()
    assert simulate().code == 0
    assert list(business.glob("*.db*")) + list(business.glob("*.key")) == []


def test_many_events_come_out_in_order_of_time(simulate: Run, business: Path):
    jsonl(business / "cu.jsonl", [c | {"id": f"{c['id']}{n}"} for n in range(20) for c in CUSTOMERS])
    hours = [f"2026-11-{10 + n % 5:02}T{9 + n % 8:02}:00:00-05:00" for n in range(20)]
    many = [e | {"id": f"{e['id']}{n}", "customer": f"{e['customer']}{n}", "time": hours[n]}
            for n in range(20) for e in EVENTS]  # fmt: skip
    jsonl(business / "ev.jsonl", many)
    assert simulate("--outcome", "no_answer").code == 0
    assert [r["at"] for r in contacts()] == sorted(r["at"] for r in contacts())
    assert len(contacts()) >= 40


def test_unless_told_otherwise_calls_reach_and_an_outcome_event_knows_better(simulate: Run, business: Path):
    simulate("--outcome", "no_answer")
    assert [(r["step"], r["status"]) for r in contacts() if r["customer"] == "bob"] == [
        ("how-is-it", "done"), ("missed-you", "sent"), ("one-more-try", "done"),
    ]  # fmt: skip
    jsonl(business / "ev.jsonl", [*EVENTS, outcome("2026-11-12T10:30:00-05:00", outcome="reached", by="Marco")])
    simulate("--outcome", "no_answer")
    bobs = [r for r in contacts() if r["customer"] == "bob"]
    assert [(r["step"], r["at"], r["reason"]) for r in bobs][:1] == [("how-is-it", "2026-11-12T15:00:00Z", "reached")]
    assert "sent" not in {r["status"] for r in bobs}


def test_history_starts_nothing(simulate: Run):
    assert simulate("--from", "2026-11-11").code == 0
    assert contacts() == []
    assert simulate("--from", "2026-11-10T20:00:00Z").code == 0
    assert [r["customer"] for r in contacts()] == ["bob"]


def test_until_ends_it(simulate: Run):
    simulate("--until", "2026-11-12T15:30:00Z")
    assert [r["customer"] for r in contacts()] == ["bob"]


def test_bad_lines_are_reported_and_the_good_ones_simulated(simulate: Run, business: Path):
    jsonl(business / "ev.jsonl", ["broken", *EVENTS, EVENTS[0] | {"id": "e7", "customer": "zoe"}])
    jsonl(business / "cu.jsonl", [*CUSTOMERS, {"first_name": "no id"}])
    ran = simulate("--json")
    assert ran.code == 1
    assert len(ran.json["rejected"]) == 3
    assert "rejected: ev.jsonl:1: " in ran.err
    assert "rejected: cu.jsonl:3: " in ran.err
    assert "unknown customer 'zoe'" in ran.err
    assert len(contacts()) == 2


def test_against_shows_what_the_other_rules_do_otherwise(simulate: Run, business: Path):
    shutil.copytree("rules", "other/rules")
    shutil.copytree("templates", "other/templates")
    haircut = Path("other/rules/haircut.yaml")
    haircut.write_text(haircut.read_text().replace("event.total >= 30", "event.total >= 100"))
    changes = simulate("--against", "other/rules", "--json").json["changes"]
    assert [(c["customer"], c["rule"], c["after"]) for c in changes] == [("bob", "haircut-next-day", "")]
    assert changes[0]["before"] == "done 2026-11-12T15:00:00Z (reached)"
    shown = simulate("--against", "other/rules").out
    assert "What changes (1)" in shown
    assert simulate("--against", "rules", "--json").json["changes"] == []


def test_json_counts_what_the_file_lists(simulate: Run):
    told = simulate("--json").json
    assert (told["follow_ups"], told["contacts"], told["customers_contacted"]) == (2, 2, 2)
    summary = Counter({(s["rule"], s["status"]): s["count"] for s in told["summary"]})
    assert summary == Counter((r["rule"], r["status"]) for r in contacts())


@pytest.mark.parametrize(
    ("args", "said"),
    [("--outcome maybe", "--outcome 'maybe' is unknown"), ("--from soon", "--from 'soon' is no time"),
     ("--rules nowhere", "`outreach init DIR`"), ("--events nowhere.jsonl", "there is no file nowhere.jsonl"),
     ("--out no/such/folder.csv", "can't be written"), ("--against nowhere", "there is no folder `nowhere`")],
)  # fmt: skip
def test_what_cannot_be_played_is_said(simulate: Run, args: str, said: str):
    ran = simulate(*args.split())
    assert (ran.code, ran.out) == (1, "")
    assert said in ran.err


def test_without_its_files_it_is_used_wrongly(run: Run, business: Path):
    assert run("simulate", "--customers", "cu.jsonl").code == 2

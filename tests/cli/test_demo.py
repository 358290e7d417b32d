"""`demo`: plays the same fortnight every time, and never touches a database that isn't its own."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.cli.conftest import Run

DAY = ("--today", "2026-11-20")


def test_it_is_the_same_every_time(run: Run, tmp_path: Path):
    first, second = (run("demo", *DAY, "--database", f"sqlite:///{n}.db", "--json") for n in ("one", "two"))
    assert first.code == 0
    assert first.out == second.out
    again = run("demo", *DAY, "--database", "sqlite:///one.db", "--json")
    assert again.out == first.out


def test_what_it_plays(run: Run, tmp_path: Path):
    played = run("demo", *DAY, "--json").json
    assert Path("demo.db").exists()
    assert not Path("outreach.db").exists()
    contacts = played["contacts"]
    assert all(c["at"].endswith("Z") for c in contacts)
    assert [c["at"] for c in contacts] == sorted(c["at"] for c in contacts)
    ends = Counter((c["rule"], c["status"]) for c in contacts)
    assert ends["haircut-next-day", "sent"] == 1
    assert ends["order-did-not-ship", "cancelled"] == 2
    assert ends["complaint-recovery", "done"] == 2
    assert {c["status"] for c in contacts} <= {"sent", "done", "expired", "cancelled", "suppressed"}
    assert {c["reason"] for c in contacts if c["status"] == "suppressed"} >= {"opted_out:sms", "no_consent:sms"}
    assert {c["channel"] for c in played["list"]} == {"call", "task"}


def test_what_it_shows(run: Run, tmp_path: Path):
    ran = run("demo", *DAY)
    assert (ran.code, ran.err) == (0, "")
    parts = ["Marlow & Finch, ", "What went to whom", "What staff did", "What was held back, and why",
             "On the list now", "Nothing left this machine"]  # fmt: skip
    places = [ran.out.index(part) for part in parts]
    assert places == sorted(places)
    assert "Priya Shah" in ran.out


def test_it_leaves_another_database_alone(run: Run, business: Path):
    ran = run("demo", *DAY, "--database", "sqlite:///outreach.db")
    assert ran.code == 1
    assert "wasn't made by the demo" in ran.err
    (business / "file.db").write_text("no database" * 99)
    assert run("demo", *DAY, "--database", "sqlite:///file.db").code == 1


def test_a_day_that_is_none_is_refused(run: Run, tmp_path: Path):
    ran = run("demo", "--today", "soon")
    assert (ran.code, "--today 'soon' is no date" in ran.err) == (1, True)

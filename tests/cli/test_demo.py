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


def test_what_the_clock_and_memory_do_in_it(run: Run, tmp_path: Path):
    played = run("demo", *DAY, "--json").json
    ends = {(c["customer"], c["rule"], c["channel"]): (c["status"], c["at"]) for c in played["contacts"]}
    assert ends["felix", "happy-birthday", "email"] == ("sent", "2026-11-16T14:00:00Z")
    assert ("elena", "happy-birthday", "email") not in ends  # she is with us on the day
    assert ("gus", "happy-birthday", "email") not in ends
    cards = {(c["customer"], c["rule"]): c for c in played["list"]}
    assert cards["lucia", "nobody-has-spoken-to-her"]["due"] == "2026-11-20T15:00:00+00:00"
    kitchen = cards["harold", "overcooked-last-time"]
    assert "The lamb was grey right through" in kitchen["text"]
    assert [fact.partition(": ")[0] for fact in kitchen["memory"]] == ["last meal", "said"]
    assert kitchen["memory"][1].startswith("said: The lamb was grey right through")


def test_a_day_on_which_all_was_off(run: Run, tmp_path: Path):
    contacts = run("demo", *DAY, "--json").json["contacts"]
    assert not [c for c in contacts if "2026-11-07T05:00" <= c["at"] < "2026-11-08T13:00"]
    of = {
        who: [(c["rule"], c["status"], c["at"]) for c in contacts if c["customer"] == who] for who in ("ida", "jules")
    }
    assert of["ida"][0] == ("before-the-stay", "sent", "2026-11-08T13:00:00Z")
    assert len([c for c in of["ida"] if c[0] == "before-the-stay"]) == 1
    assert of["jules"] == [("happy-birthday", "expired", "2026-11-08T13:00:00Z")]


def test_a_recall_goes_past_caps_and_hours(run: Run, tmp_path: Path):
    contacts = run("demo", *DAY, "--json").json["contacts"]
    recalled = {
        (c["customer"], c["channel"]): (c["status"], c["at"]) for c in contacts if c["rule"] == "product-recalled"
    }
    assert recalled["priya", "sms"] == recalled["priya", "email"] == ("sent", "2026-11-20T02:40:00Z")
    assert recalled["leo", "email"] == ("sent", "2026-11-20T02:40:00Z")


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

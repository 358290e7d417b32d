"""`calls`, `why`, `pause`, `resume`, on the demo's database."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import CUSTOMERS, EVENTS, Run, jsonl

DAY = "2026-11-20"


@pytest.fixture(scope="module")
def demos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demo's database is kept once it was played: to play it costs more than most tests."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture
def played(run: Run, business: Path, demos: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    if not (demos / "demo.db").exists():
        assert run("demo", "--today", DAY, "--database", "sqlite:///demo.db", "--json").code == 0
        for file in business.glob("demo.*"):
            shutil.copy(file, demos)
    for file in demos.iterdir():
        shutil.copy(file, business)
    monkeypatch.setenv("OUTREACH_DATABASE_URL", "sqlite:///demo.db")
    return run


def test_calls_are_the_list_for_eyes_programs_and_spreadsheets(played: Run):
    listed = played("calls", "--json").json
    assert len(listed) >= 5
    places = [(c["until"], 0) if c["rank"].startswith("ends") else ("9", -c["priority"]) for c in listed]
    assert places == sorted(places)
    assert {c["channel"] for c in listed} == {"call", "task"}
    shown = played("calls").out
    assert all(c["name"] in shown for c in listed)
    rows = list(csv.DictReader(io.StringIO(played("calls", "--csv", "-").out)))
    assert [row["id"] for row in rows] == [c["id"] for c in listed]
    assert played("calls", "--csv", "list.csv").out == ""
    assert Path("list.csv").read_text().startswith("channel,name,phone,")
    calendar = played("calls", "--ics", "-").out
    assert calendar.count("UID:") == len(listed)
    assert "done today; important and not urgent" in shown


def test_managers_assign_cards_cover_absences_and_see_the_load(played: Run):
    card = next(c for c in played("calls", "--json").json if c["assign"])
    assert played("assign", card["id"], "--to", "Quinn", "--by", "Kim").out == "It is for Quinn now.\n"
    assert [c["id"] for c in played("calls", "--assign", "quinn", "--json").json] == [card["id"]]
    assert played("absent", "Quinn", "--until", "2099-01-01", "--to", "Omar").out.endswith("Omar stands in.\n")
    assert played("calls", "--assign", "quinn", "--json").json == []
    assert [a["to"] for a in played("absent", "--json").json] == ["Omar"]
    assert played("absent", "Quinn", "--back").out == "Quinn is back.\n"
    assert played("absent", "Quinn", "--back").code == 1
    assert played("absent").out.endswith("Nobody is away.\n")
    assert len({day["day"] for day in played("load", "--json").json}) == 14
    assert played("load").code == 0


def test_calls_of_one_person_and_of_one_day(played: Run):
    everything = played("calls", "--json").json
    who = everything[0]["assign"]
    mine = played("calls", "--assign", who.upper(), "--json").json
    assert {c["assign"] for c in mine} == {who}
    assert 0 < len(mine) < len(everything)
    days = [len(played("calls", "--date", d, "--json").json) for d in ("2026-11-19", DAY, "2031-01-01")]
    assert days[2] == 0
    assert days[0] + days[1] > 0
    assert played("calls", "--date", "2031-01-01").out.endswith("appear here when they fall due.\n")


@pytest.mark.parametrize(
    ("args", "said"),
    [("calls --date soon", "--date 'soon' is no date"), ("calls --csv no/such/folder.csv", "can't be written"),
     ("calls --ics x.ics --csv x.csv", "ask for one at a time"), ("absent Lena", "say until when"),
     ("absent Lena --until soon", "is no day"), ("assign nothing --to Omar", "no call or task with this id"),
     ("assign nothing", "say who is to do it"), ("why priya --at noon", "--at 'noon' is no time"),
     ("why priya --at 2026-11-10T10:00:00", "has no offset"), ("why nobody", "`outreach customers import FILE`"),
     ("why priya --rule nothing", "`outreach rules list` shows all"), ("pause nothing", "there is no rule 'nothing'"),
     ("resume", "everything was not paused")],
)  # fmt: skip
def test_what_cannot_be_answered_says_what_to_do(played: Run, args: str, said: str):
    ran = played(*args.split())
    assert (ran.code, ran.out) == (1, "")
    assert said in ran.err


def test_why_tells_every_decision_and_the_nearest_miss(played: Run):
    out = played("why", "priya").out
    assert "Priya Shah (priya), times in America/New_York" in out
    assert "thank-you-for-the-purchase / thank-you (sms, marketing): sent" in out
    assert "cap:1/3d" in out
    assert "hold:complaint" in out
    assert "order-did-not-ship: not planned: no_event no order.placed is known of this customer" in out
    one = played("why", "priya", "--rule", "thank-you-for-the-purchase", "--json").json
    assert {f["rule"] for f in one["follow_ups"]} == {"thank-you-for-the-purchase"}
    assert all(f["decisions"] for f in one["follow_ups"])
    early = played("why", "priya", "--at", "2026-11-10T20:00:00-05:00", "--json").json
    assert 0 < len(early["follow_ups"]) < len(played("why", "priya", "--json").json["follow_ups"])
    missed = played("why", "ines", "--rule", "haircut-next-day").out
    assert "haircut-next-day: not planned" in missed


def test_a_name_is_text_and_no_markup(run: Run, business: Path):
    run("customers", "import", jsonl(business / "cu.jsonl", [CUSTOMERS[0] | {"first_name": "[red]Ann[/]"}]))
    assert run("why", "ann").out.startswith("[red]Ann[/] (ann), times in America/New_York\n")


def test_the_big_switch_works_while_the_rules_are_broken(run: Run, business: Path):
    (business / "rules" / "bad.yaml").write_text("rules: [")
    assert run("pause").out == "Everything is paused; `outreach resume` lets it go on.\n"
    assert run("pause").code == 0
    assert run("resume").out == "Everything goes on.\n"
    assert run("resume").code == 1


def test_a_rule_is_paused_by_its_name(run: Run, business: Path):
    jsonl(business / "ev.jsonl", EVENTS)
    assert run("pause", "haircut-next-day").out == (
        "haircut-next-day is paused; `outreach resume haircut-next-day` lets it go on.\n"
    )
    assert "PAUSED: haircut-next-day" in run("doctor").out
    assert run("resume", "haircut-next-day").out == "haircut-next-day goes on.\n"

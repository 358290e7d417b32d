"""`may` and `contact`, as from a shell."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import CUSTOMERS, Run, jsonl

RULES = """
rules: {r: {on: purchase, steps: [{task: {at: immediately, title: hello}}]}}
cadence: {min_gap: 20 hours, caps: [{max: 1, per: 14 days, channel: call}], holidays: none}
"""


@pytest.fixture
def shop(run: Run, business: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    (business / "own").mkdir()
    (business / "own" / "rules.yaml").write_text(RULES)
    monkeypatch.setenv("OUTREACH_RULES", "own")
    assert run("customers", "import", jsonl(business / "cu.jsonl", list(CUSTOMERS))).code == 0
    return run


def test_ask_write_down_ask_again_and_override(shop: Run):
    assert shop("may", "ann", "--channel", "call").out == "Yes: a call to ann for care may be made now.\n"
    assert shop("contact", "ann", "--channel", "call", "--by", "Lena", "--note", "the mug").out == "Written down.\n"
    no = shop("may", "ann", "--channel", "call")
    assert no.code == 1
    assert "cap:1/14d 1 of 1 contacts in 14 days are taken; room again " in no.out
    assert "next possible: " in no.out
    told = shop("may", "ann", "--channel", "call", "--json")
    assert (told.code, told.json["may"]) == (1, False)
    assert [r["code"] for r in told.json["reasons"]] == ["gap:20h", "cap:1/14d"]
    assert told.json["next"] == told.json["reasons"][1]["numbers"]["free"]
    refused = shop("contact", "ann")
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.endswith("say why: --override REASON\n")
    made = shop("contact", "ann", "--override", "she asked me to", "--json")
    assert (made.code, made.json["status"]) == (0, "accepted")
    why = shop("why", "ann").out
    assert why.count("contacted by hand: contact.made") == 2
    assert "override all the same, because: she asked me to" in why


def test_what_she_did_is_written_down_and_counts_nothing(shop: Run):
    assert shop("contact", "ann", "--direction", "inbound").code == 0
    assert shop("may", "ann", "--channel", "call").code == 0
    assert "she contacted us: contact.made" in shop("why", "ann").out


@pytest.mark.parametrize(
    ("args", "code"),
    [("may nobody --channel call", 1), ("contact ann --at noon", 1), ("may ann --channel pigeon", 2), ("may ann", 2)],
)
def test_asked_wrongly(shop: Run, args: str, code: int):
    ran = shop(*args.split())
    assert (ran.code, ran.out) == (code, "")


def test_by_the_id_of_one_who_has_become_another(shop: Run, business: Path):
    merged = {"id": "m", "type": "customer.merged", "customer": "bob", "time": "2026-11-02T14:05:00Z",
              "data": {"into": "ann"}}  # fmt: skip
    assert shop("ingest", jsonl(business / "ev.jsonl", [merged])).code == 0
    assert shop("contact", "bob", "--channel", "call").code == 0
    asked = shop("may", "bob", "--channel", "call", "--json")
    assert (asked.code, asked.json["customer"], asked.json["may"]) == (1, "ann", False)


def test_a_restored_database_says_that_it_cannot_tell(shop: Run):
    assert shop("db", "restored").code == 0
    told = shop("may", "ann", "--channel", "call")
    assert told.code == 1
    assert "quarantine the database was restored, " in told.out
    refused = shop("contact", "ann", "--channel", "call")
    assert refused.code == 1
    assert "outreach db reopen" in refused.err
    assert shop("contact", "ann", "--channel", "call", "--override", "it was made").code == 0

"""`rules check` and `rules list`."""

from __future__ import annotations

import re
from pathlib import Path

from tests.cli.conftest import Run

FIVE = """\
rules:
  first:
    on: purchase
    when: event.totl > 5
    colour: red
    steps:
      - sms: {at: sometime, template: thank-you-warm}
      - sms: {at: immediately, template: thank-you-wram}
      - pigeon: {at: immediately}
"""


def test_the_shipped_rules_are_in_order(run: Run, business: Path):
    ran = run("rules", "check")
    assert (ran.code, ran.out, ran.err) == (0, "16 rules are in order, 0 warnings\n", "")
    assert run("rules", "check", "--json").json == {"ok": True, "problems": []}


def test_five_mistakes_are_told_at_once_each_with_its_place(run: Run, business: Path):
    (business / "rules" / "bad.yaml").write_text(FIVE)
    ran = run("rules", "check")
    assert (ran.code, ran.out) == (1, "5 mistakes\n")
    places = re.findall(r"^rules/bad\.yaml:(\d+):(\d+): error: ", ran.err, re.M)
    assert [int(line) for line, _ in places] == [4, 5, 7, 8, 9]
    assert "event.total" in ran.err
    told = run("rules", "check", "--json")
    assert told.code == 1
    assert told.json["ok"] is False
    first = told.json["problems"][0]
    assert (first["file"], first["line"], first["severity"]) == ("rules/bad.yaml", 4, "error")


def test_broken_rules_stop_what_needs_them_with_the_same_words(run: Run, business: Path):
    (business / "rules" / "bad.yaml").write_text(FIVE)
    for command in ("calls", "why ann", "rules list"):
        ran = run(*command.split())
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.count("rules/bad.yaml:") >= 5
        assert ran.err.endswith("5 mistakes in the rules\n")


def test_a_folder_may_be_named_and_brings_its_templates(run: Run, business: Path, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("rules", "check", business / "rules").code == 0
    assert run("rules", "list", business / "rules", "--json").code == 0


def test_list_shows_what_sets_each_off_and_where_it_stands(run: Run, business: Path):
    run("pause", "service-plan")
    rules = {rule["name"]: rule for rule in run("rules", "list", "--json").json}
    assert len(rules) == 16
    assert rules["haircut-next-day"]["on"] == "appointment.completed"
    assert rules["haircut-next-day"]["place"].startswith("rules/haircut.yaml:")
    assert [name for name, rule in rules.items() if rule["paused"]] == ["service-plan"]
    out = run("rules", "list").out
    assert "haircut-next-day" in out
    assert "paused" in out

"""`rules check` and `rules list`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

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
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith("\n16 rules are in order, 0 warnings\n")
    told = run("rules", "check", "--json").json
    assert (told["ok"], told["problems"]) == (True, [])


def test_check_says_what_the_law_misses_in_real_mails(run: Run, business: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OUTREACH_EMAIL", "smtp")
    ran = run("rules", "check")
    assert (ran.code, ran.out.endswith("16 rules are in order, 2 warnings\n")) == (0, True)
    assert "without a way to unsubscribe (set OUTREACH_PUBLIC_URL: then each carries its link)" in ran.err
    assert "with the example's postal address (set OUTREACH_BUSINESS_ADDRESS to your own)" in ran.err
    monkeypatch.setenv("OUTREACH_PUBLIC_URL", "https://outreach.example")
    monkeypatch.setenv("OUTREACH_BUSINESS_ADDRESS", "1 Own Street")
    assert run("rules", "check").err == ""


def test_check_shows_what_each_sms_costs(run: Run, business: Path):
    out = run("rules", "check").out
    assert "SMS, with names and things of usual length" in out
    assert re.search(r"^templates/thank-you-warm\.sms\.txt +1 +\d+ +GSM-7 +\d+ more", out, re.M)
    shown = {sms["file"]: sms for sms in run("rules", "check", "--json").json["sms"]}
    assert sorted(shown) == [
        f"templates/{name}.sms.txt"
        for name in ("product-recalled", "sorry-we-missed-you", "thank-you-short", "thank-you-warm")
    ]
    warm = shown["templates/thank-you-warm.sms.txt"]
    assert warm["text"].startswith("Hi Alexandra, thanks for coming by.")
    assert (warm["characters"], warm["segments"]) == (len(warm["text"]), 1)
    assert warm["room"] == 160 - warm["characters"]


def test_a_slip_in_a_template_is_found_before_a_customer_finds_it(run: Run, business: Path):
    template = business / "templates" / "thank-you-warm.sms.txt"
    template.write_text(template.read_text().replace("customer.first_name", "customer.frist_name", 1))
    template = business / "templates" / "haircut-next-day.call.md"
    template.write_text(template.read_text().replace("event.service", "event.servce"))
    ran = run("rules", "check")
    assert (ran.code, ran.out) == (1, "1 mistake\n")
    said = ran.err.splitlines()
    assert said[0] == (
        "templates/haircut-next-day.call.md:3:119: error: `event.servce` is not a known field of"
        " `appointment.completed` (did you mean `event.service`?)"
    )
    assert said[1][said[2].index("^") :].startswith("event.servce")
    assert said[3] == (
        "templates/thank-you-warm.sms.txt:1:7: warning: `customer.frist_name` is not a known field of a customer, so"
        " what is provided for its absence always stands there (did you mean `customer.first_name`?)"
    )
    assert said[4][said[5].index("^") :].startswith("customer.frist_name")
    assert run("calls").code == 1
    said = run("simulate", "--rules", "rules", "--customers", "-", "--events", "-").err
    assert "Traceback" not in said


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


def test_each_mistake_is_shown_in_its_line(run: Run, business: Path):
    (business / "rules" / "bad.yaml").write_text(FIVE)
    shown = run("rules", "check").err.splitlines()
    at = next(i for i, line in enumerate(shown) if line.startswith("rules/bad.yaml:4:"))
    assert shown[at + 1 : at + 3] == ["    when: event.totl > 5", "          ^"]


def test_of_a_long_line_the_part_around_the_mistake_is_shown(run: Run, business: Path):
    condition = " && ".join(["event.total > 5"] * 40) + " && event.totl > 5"
    text = f"\ufeffrules:\r\n  first:\r\n    on: purchase\r\n    when:\t{condition}\r\n    steps: [{{call: {{}}}}]\r\n"
    (business / "rules" / "bad.yaml").write_bytes(text.replace("\t", " ").encode())
    line, mark = run("rules", "check").err.splitlines()[1:3]
    assert line[mark.index("^") :].startswith("event.totl > 5")
    assert line.startswith("    …")
    assert len(line) < 110


def test_a_mistake_in_no_line_is_told_all_the_same(run: Run, business: Path):
    (business / "rules" / "bad.yaml").symlink_to(business / "nowhere.yaml")
    assert run("rules", "check").err.startswith("rules/bad.yaml:1:1: error: the file can't be read")


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


def test_the_schema_for_editors_is_printed_or_written(run: Run, business: Path):
    shipped = (business / "rules" / "rules.schema.json").read_text(encoding="utf-8")
    assert run("rules", "schema").out == shipped
    ran = run("rules", "schema", "--out", business / "again.json")
    assert ran.code == 0
    assert "$schema=again.json" in ran.out
    assert (business / "again.json").read_text(encoding="utf-8") == shipped
    assert run("rules", "check").code == 0


def test_a_schema_that_can_t_be_written_is_no_traceback(run: Run, business: Path):
    ran = run("rules", "schema", "--out", business / "nowhere" / "a.json")
    assert (ran.code, ran.out) == (1, "")
    assert "can't be written" in ran.err

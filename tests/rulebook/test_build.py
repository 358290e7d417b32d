"""Rules from YAML to values, and what a whole folder makes."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from outreach.core.moment import Span
from outreach.core.moment_text import parse_when
from outreach.core.rule import OnEvent, OnMissing, Rule
from outreach.errors import RulebookError
from outreach.rulebook.listing import describe
from outreach.rulebook.load import Rulebook, load_rulebook
from outreach.rulebook.schema import json_schema

GOOD = Path(__file__).parent / "good"


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(GOOD / "rules", GOOD / "templates")


@pytest.fixture(scope="module")
def rules(book: Rulebook) -> dict[str, Rule]:
    return {rule.name: rule for rule in book.rules}


def load(tmp_path: Path, text: str, **options: Any) -> Rulebook:
    rules = tmp_path / "rules"
    rules.mkdir(exist_ok=True)
    (rules / "a.yaml").write_text(text, encoding="utf-8")
    return load_rulebook(rules, GOOD / "templates", **options)


def a_rule(*lines: str, name: str = "a", on: str = "visit", step: str = "call: {script: hello}") -> str:
    return "\n".join(
        ["rules:", f"  {name}:", f"    on: {on}", *(f"    {line}" for line in lines), f"    steps: [{{{step}}}]\n"]
    )


def test_all_files_are_read_and_rules_come_by_name(book: Rulebook):
    assert [rule.name for rule in book.rules] == [
        "before-the-stay",
        "haircut-next-day",
        "on-a-visit",
        "order-did-not-ship",
    ]
    assert book.files == ("rules/cadence.yml", "rules/everything.yaml", "rules/fields.yaml", "rules/sub/more.yaml")


def test_a_rule_has_all_that_was_written(rules: dict[str, Rule]):
    rule = rules["haircut-next-day"]
    assert rule.trigger == OnEvent(types=("appointment.completed",))
    assert (rule.purpose, rule.priority, rule.on_cap, rule.late, rule.owner) == ("care", 70, "drop", "latest", "anna")
    assert (rule.once_per, rule.once_window) == ("90 days", timedelta(days=90))
    assert rule.stop_on == ("complaint.opened", "appointment.completed")
    assert (rule.active, rule.starts, rule.ends) == (True, date(2026, 1, 1), date(2026, 12, 31))
    assert (rule.sites, rule.max_event_age) == (("downtown", "12"), Span(seconds=12 * 3600))
    assert (rule.file, rule.line) == ("rules/everything.yaml", 3)
    assert rule.when is not None
    assert rule.when.holds({"event": {"service": "colour", "total": 30}, "customer": {}, "now": None, "facts": None})


def test_steps_have_names_times_and_templates(rules: dict[str, Rule]):
    call, sms = rules["haircut-next-day"].steps
    assert (call.name, call.channel, call.templates, call.assign) == ("ask", "call", {"": "hello"}, "event.staff")
    assert (call.at, call.valid_for) == (parse_when("next business day 10:00"), Span(business=2))
    assert call.number == "+15551234567"
    assert (sms.name, sms.index, sms.at.needs_previous) == ("2-sms", 1, True)


def test_steps_have_defaults_by_their_channel(rules: dict[str, Rule]):
    email, task, call = rules["before-the-stay"].steps
    assert (email.valid_for, task.valid_for, call.valid_for) == (Span(days=2), Span(business=1), Span(business=1))
    assert rules["haircut-next-day"].steps[1].valid_for == Span(seconds=12 * 3600)
    assert email.templates == {"warm": "hello", "short": "hello"}
    assert (task.title, task.details) == ("Room for {{ customer.first_name }}", "Card and champagne.")
    assert task.done_by == parse_when("on event.arrival 15:00")
    assert (call.name, call.at.kind, call.templates) == ("3-call", "immediately", {})


def test_a_missing_event_is_a_trigger(rules: dict[str, Rule]):
    rule = rules["order-did-not-ship"]
    assert rule.trigger == OnMissing(
        missing=("order.shipped",), within=Span(business=2), after=("order.placed",), key="order_id"
    )
    assert not rule.active


def test_a_rule_that_says_little_has_the_contract_s_defaults(rules: dict[str, Rule]):
    rule = rules["on-a-visit"]
    assert (rule.purpose, rule.priority, rule.once_per, rule.on_cap, rule.late) == (
        "marketing",
        50,
        "event",
        "defer",
        "skip",
    )
    assert (rule.max_event_age, rule.active, rule.when, rule.key) == (Span(days=2), True, None, "")


def test_the_version_is_what_a_rule_says_not_how_it_is_written(tmp_path: Path):
    (one,) = load(tmp_path, a_rule("priority: 60", "purpose: care")).rules
    (same,) = load(tmp_path, "# moved\n" + a_rule("purpose: 'care'", "priority:   60")).rules
    (other,) = load(tmp_path, a_rule("priority: 61", "purpose: care")).rules
    assert one.version == same.version != other.version
    assert re.fullmatch(r"[0-9a-f]{12}", one.version)


def test_fields_seen_count_as_known(tmp_path: Path):
    text = a_rule("when: event.total > 3 && customer.plan == 'gold'", "key: total")
    with pytest.raises(RulebookError, match=r"`event.total` is not a known field of `visit` \(known are"):
        load(tmp_path, text, seen_fields={"visit": ["rooms"]})
    book = load(tmp_path, text, seen_fields={"visit": ["total"]}, seen_customer_fields=["plan"])
    assert book.known.event_fields["visit"] == {"total"}


def test_unknown_fields_are_warnings_when_it_is_not_strict(tmp_path: Path):
    text = a_rule("when: event.totl > 3", step="call: {at: on customer.renews 10:00}")
    book = load(tmp_path, text, seen_fields={"visit": ["total"]}, strict=False)
    assert ["event.totl" in w.message or "customer.renews" in w.message for w in book.warnings if w.line > 1] == [
        True,
        True,
    ]
    assert {w.severity for w in book.warnings} == {"warning"}


def test_a_misspelt_event_type_is_a_warning(tmp_path: Path):
    book = load(tmp_path, a_rule(on="vist"), seen_fields={"visit": ["total"]})
    assert "did you mean `visit`?" in str(book.warnings[-1])


@pytest.mark.parametrize("pattern", ["complaint.*", "message.received", "visit", "stay.*"])
def test_known_types_give_no_warning(tmp_path: Path, pattern: str):
    book = load(tmp_path, a_rule(on=pattern), seen_fields={"stay.booked": ["total"]})
    assert [w for w in book.warnings if w.line > 1] == []


def test_one_file_with_wrong_yaml_does_not_hide_the_others(tmp_path: Path):
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "b.yaml").write_text("rules: [", encoding="utf-8")
    with pytest.raises(RulebookError) as error:
        load(tmp_path, a_rule("priorty: 1"))
    assert [problem.file for problem in error.value.problems] == ["rules/a.yaml", "rules/b.yaml"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(RulebookError, match="there is no folder `ruls`"):
        load_rulebook(tmp_path / "ruls", GOOD / "templates")


def test_an_empty_folder_is_worth_a_warning(tmp_path: Path):
    (warning,) = load_rulebook(tmp_path, tmp_path / "none").warnings
    assert "there are no rules" in warning.message


def test_the_list_says_what_a_person_asks(book: Rulebook):
    listed = {entry["name"]: entry for entry in describe(book)}
    assert listed["order-did-not-ship"]["on"] == "no order.shipped within 2 business days after order.placed"
    assert listed["haircut-next-day"] == {
        "name": "haircut-next-day", "about": "Ask how the haircut turned out.", "on": "appointment.completed",
        "steps": ["call", "sms"], "purpose": "care", "priority": 70, "active": True, "owner": "anna",
        "version": book.rules[1].version, "place": "rules/everything.yaml:3",
    }  # fmt: skip


def test_the_schema_for_editors_knows_every_key_and_says_what_it_is():
    schema = json_schema()
    rule = schema["definitions"]["RuleShape"]
    assert rule["required"] == ["on", "steps"]
    assert {"from", "until", "stop_on"} <= set(rule["properties"])
    undocumented = [
        f"{name}.{key}"
        for name, shape in schema["definitions"].items()
        for key, value in shape.get("properties", {}).items()
        if "description" not in value and "$ref" not in value and name not in ("StepShape", "CadenceShape")
    ]
    assert undocumented == []

"""What rules learn of their templates, and when nothing is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from outreach.errors import RulebookError
from outreach.rendering import Checker
from outreach.rendering.files import EXTENSIONS
from outreach.rulebook import templates
from outreach.rulebook.load import Rulebook, load_rulebook

FIELDS = """\
events: {visit: [room, guests, lines], purchase: [total], tick: [other]}
customers: [nickname, address.city]
"""
RULES = """\
cadence: {min_gap: 1 hour}
rules:
  r:
    on: visit
    steps:
      - call: {at: next day 10:00, script: first}
      - sms: {at: 1 hour after previous, template: second}
"""
HOUSE = {"name": "The Shop", "phone": "+12025550100", "timezone": "UTC"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("rules", "templates"):
        (tmp_path / name).mkdir()
    (tmp_path / "rules" / "fields.yaml").write_text(FIELDS)
    return tmp_path


def read(folder: Path, first: str, second: str = "hello", rules: str = RULES, **options: bool) -> Rulebook:
    (folder / "rules" / "rules.yaml").write_text(rules)
    (folder / "templates" / "first.call.md").write_text(first)
    (folder / "templates" / "second.sms.txt").write_text(second)
    reader = Checker(folder / "templates", HOUSE)
    return load_rulebook(folder / "rules", folder / "templates", reader=reader, **options)


FINE = """\
{{ customer.first_name }} {{ customer.nickname|default('you') }} {{ customer.address.city }} {{ customer.tags|join }}
{{ customer.memory.meal }} {{ memory.meal }} {{ event.room }} {{ event.type }} {{ event.time|date }} {{ event.id }}
{% for line in event.lines %}{{ line.text }}, {{ loop.index }} of {{ loop.length }}{% endfor %}
{{ business.name }} {{ business.timezone }} {{ now|date }} {{ now.hour }} {{ rule.about }} {{ rule.name }}
{{ history.purchase.total }} {{ history['purchase'].time|date }} {% for type in history %}{{ type }}{% endfor %}
{% set who = customer.last_name|default('') %}{{ who|default('there') }} {{ customer.shoes|default('') }}
{% if customer.last_name is defined and 'vip' in customer.tags %}{{ customer.last_name }}{% endif %}
{% if unsubscribe_url is defined %}{{ unsubscribe_url }}{% endif %} {{ range(3)|join }} { not: a, name }
"""


def test_nothing_is_said_of_what_is_there(folder: Path):
    assert read(folder, FINE, "{{ previous.outcome }} {{ previous.by }} {{ previous.note }}").warnings == ()


def test_a_step_knows_what_its_templates_speak_of(folder: Path):
    (rule,) = read(folder, FINE, "{{ previous.outcome }}").rules
    first, second = rule.steps
    assert (first.history, first.tells_previous) == ({"purchase"}, False)
    assert (second.history, second.tells_previous) == (frozenset(), True)
    assert rule.facts == {"purchase"}


def test_a_condition_that_asks_for_the_step_before_is_known_too(folder: Path):
    (rule,) = read(
        folder, "hello", rules=RULES.replace("template: second", "template: second, when: previous.by == 'x'")
    ).rules
    assert [step.when is not None and step.when.uses_previous for step in rule.steps] == [False, True]


def test_a_slip_for_what_a_rule_remembers_is_a_warning(folder: Path):
    rules = RULES + "      - remember: {favourite_meal: '{{ event.room }}', until: 2 years}\n"
    (warning,) = read(
        folder, "{{ memory.favorite_meal }} {{ memory.shoes }} {{ memory.favourite_meal }}", rules=rules
    ).warnings
    assert (warning.message, warning.hint) == (
        "no rule remembers `favorite_meal`", "did you mean `memory.favourite_meal`?"
    )  # fmt: skip
    (warning,) = read(folder, "{{ customer.memory.favorite_meal|default('') }}", rules=rules).warnings
    assert warning.hint == "did you mean `customer.memory.favourite_meal`?"


def test_what_is_remembered_is_a_template_too(folder: Path):
    rules = RULES + "      - remember:\n          meal: '{{ event.rom }}'\n          table: 7\n"
    with pytest.raises(RulebookError) as told:
        read(folder, "hello", rules=rules)
    (problem,) = told.value.problems
    assert (problem.file, problem.line, problem.column) == ("rules/rules.yaml", 9, 21)
    assert problem.message == "`event.rom` is not a known field of `visit`"


def test_an_unknown_field_is_a_warning_where_unknown_fields_are(folder: Path):
    with pytest.raises(RulebookError) as told:
        read(folder, "{{ event.rom }}")
    assert [p.severity for p in told.value.problems] == ["error"]
    assert [p.severity for p in read(folder, "{{ event.rom }}", strict=False).warnings] == ["warning"]
    with pytest.raises(RulebookError):  # a name that nothing can have stays one
        read(folder, "{{ evnt.room }}", strict=False)


def test_a_template_of_two_rules_is_told_of_once_where_both_lack_the_name(folder: Path):
    rules = RULES + RULES.split("rules:\n")[1].replace("  r:", "  s:")
    with pytest.raises(RulebookError) as told:
        read(folder, "{{ event.rom }}", rules=rules)
    assert len(told.value.problems) == 1
    with pytest.raises(RulebookError) as told:
        read(folder, "{{ event.room }}", rules=rules.replace("on: visit", "on: tick", 1))
    assert [p.message for p in told.value.problems] == ["`event.room` is not a known field of `tick`"]


def test_what_an_sms_costs_comes_with_the_rulebook(folder: Path):
    (folder / "templates" / "second.sms.fr.txt").write_text("Bonjour {{ customer.first_name }}")
    book = read(folder, "hello", "Hello {{ customer.first_name }}")
    assert [(s.file, s.segments, s.text) for s in book.sms] == [
        ("templates/second.sms.fr.txt", 1, "Bonjour Alexandra"),
        ("templates/second.sms.txt", 1, "Hello Alexandra"),
    ]


def test_a_template_that_no_rule_uses_is_a_warning_and_a_layout_is_none(folder: Path):
    (folder / "templates" / "spare.sms.txt").write_text("hello")
    (folder / "templates" / "_page.email.html").write_text("{{ content }}")
    (warning,) = read(folder, "hello").warnings
    assert str(warning).startswith("templates/spare.sms.txt:1:1: warning: no rule uses this template")


def test_without_a_reader_templates_must_only_be_there(folder: Path):
    read(folder, "hello")
    (folder / "templates" / "first.call.md").write_text("{{ nothing.like.it")
    book = load_rulebook(folder / "rules", folder / "templates")
    assert (book.warnings, book.sms) == ((), ())


def test_a_template_in_a_format_that_its_channel_has_not_is_not_there(folder: Path):
    read(folder, "hello")
    (folder / "templates" / "second.sms.txt").rename(folder / "templates" / "second.sms.md")
    with pytest.raises(RulebookError) as told:
        load_rulebook(folder / "rules", folder / "templates")
    assert told.value.problems[0].hint == "write templates/second.sms.txt"


def test_the_rulebook_and_the_renderer_look_for_the_same_files():
    assert templates.EXTENSIONS == EXTENSIONS

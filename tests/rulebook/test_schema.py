"""The JSON Schema of rule files: the committed one is this version's, its patterns let through what may be written."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.core.moment import MomentError, parse_span
from outreach.core.moment_text import parse_when
from outreach.rulebook import editor_texts
from outreach.rulebook.dates import parse_date
from outreach.rulebook.schema import json_schema
from outreach.rulebook.sections import rule_files

ROOT = Path(__file__).parent.parent.parent
SHIPPED = ROOT / "rules" / "rules.schema.json"
WORDS = [
    "in", "next", "same", "on", "immediately", "business", "day", "days", "hour", "hours", "minutes", "weeks", "month",
    "3", "1", "0", "10:00", "24:00", "monday", "TUE", "Next", "IN", "Day", "before", "after", "previous",
    "event.arrival", "customer.birthday", "90m", "8h", "3d", "2w", "1bd", "y", "mo", "s", "second", "years",
]  # fmt: skip
written = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join) | st.text(max_size=20)


def test_the_committed_schema_is_this_version_s():
    assert json.loads(SHIPPED.read_text(encoding="utf-8")) == json_schema(), (
        "write it anew: outreach rules schema --out rules/rules.schema.json"
    )


def test_the_schema_is_no_rule_file():
    assert SHIPPED not in rule_files(ROOT / "rules")


def test_the_wheel_carries_it():
    wheel = pytest.importorskip("hatchling.builders.wheel")
    carried = {file.distribution_path for file in wheel.WheelBuilder(str(ROOT)).recurse_included_files()}
    assert "outreach/shipped/rules/rules.schema.json" in carried


def test_every_shipped_rule_file_names_it():
    named = [f for f in rule_files(ROOT / "rules") if f.stem != "fields"]
    assert len(named) > 5
    for file in named:
        first = file.read_text(encoding="utf-8").partition("\n")[0]
        assert first == "# yaml-language-server: $schema=rules.schema.json"


def passes(text: str, schema: dict[str, Any]) -> bool:
    return re.search(schema["pattern"], text) is not None


@given(written)
def test_whatever_moment_may_be_written_passes_in_the_editor(text: str):
    try:
        parse_when(text)
    except MomentError:
        return
    assert passes(text, editor_texts.WHEN)


@given(written)
def test_whatever_duration_may_be_written_passes_in_the_editor(text: str):
    try:
        span = parse_span(text)
    except MomentError:
        return
    assert passes(text, editor_texts.SPAN)
    assert span.business or (passes(text, editor_texts.ELAPSED) and passes(text, editor_texts.ONCE))


@given(st.dates().map(str) | st.text(max_size=12))
def test_whatever_date_may_be_written_passes_in_the_editor(text: str):
    try:
        parse_date(text)
    except MomentError:
        return
    assert passes(text, editor_texts.DATE)


@pytest.mark.parametrize("text", ["tomorrow", "10:00", "every monday", "after 3 days", "3 days", "event.arrival", ""])
def test_what_is_no_moment_is_marked_while_it_is_typed(text: str):
    assert not passes(text, editor_texts.WHEN)


@pytest.mark.parametrize("text", ["soon", "3", "days", "3 dayz", "1.5 days", "3 days 10:00", "P3D"])
def test_what_is_no_duration_is_marked_while_it_is_typed(text: str):
    assert not passes(text, editor_texts.SPAN)


@pytest.mark.parametrize("schema", [editor_texts.WHEN, editor_texts.SPAN, editor_texts.ELAPSED, editor_texts.ONCE])
def test_every_example_passes(schema: dict[str, Any]):
    assert [example for example in schema["examples"] if not passes(example, schema)] == []


def everything(value: Any) -> list[dict[str, Any]]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return ([value] if isinstance(value, dict) else []) + [found for one in inner for found in everything(one)]


def test_nothing_is_offered_that_may_not_be_written():
    for part in everything(json_schema()):
        assert part.get("default", "something") not in (None, "", [], {})
        assert "$defs" not in str(part.get("$ref", ""))


def test_only_a_channel_and_a_section_may_stand_with_nothing_after_them():
    schema = json_schema()
    empty = {
        f"{name}.{key}"
        for name, shape in [("RulesFile", schema), *schema["definitions"].items()]
        for key, value in shape["properties"].items()
        if {"type": "null"} in value.get("anyOf", [])
    }
    assert empty == {f"StepShape.{channel}" for channel in ("sms", "email", "call", "task", "remember")} | {
        "RulesFile.cadence", "RulesFile.calendars",
    }  # fmt: skip

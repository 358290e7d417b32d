"""Rules in an editor: the real yaml-language-server minds what is wrong, offers what may be written, explains it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from outreach.cli.database import init
from outreach.rulebook.sections import rule_files
from tests.support.language_server import ROOT, LanguageServer, found, language_server

PROGRAM = found()
MISSING = "no yaml-language-server: install it with npm and name it in OUTREACH_YAML_LANGUAGE_SERVER"
pytestmark = [pytest.mark.slow, pytest.mark.skipif(PROGRAM is None, reason=MISSING)]
MODE = "# yaml-language-server: $schema=rules.schema.json\n"
RULE = MODE + "rules:\n  haircut:\n"


@pytest.fixture(scope="module")
def business(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder made by `outreach init`."""
    folder = tmp_path_factory.mktemp("editor") / "shop"
    init(folder)
    return folder


@pytest.fixture(scope="module")
def editor(business: Path) -> Iterator[LanguageServer]:
    assert PROGRAM is not None
    with language_server(PROGRAM, business) as server:
        yield server


@pytest.fixture
def file(business: Path, request: pytest.FixtureRequest) -> Path:
    """One of its own for each test; it need not be on the disk."""
    return business / "rules" / f"{abs(hash(request.node.nodeid))}.yaml"


def marked(text: str, minded: list[dict[str, Any]]) -> dict[str, str]:
    """The text that is underlined → what is said of it."""
    lines, found_ = text.split("\n"), {}
    for each in minded:
        start, end = each["range"]["start"], each["range"]["end"]
        stop = end["character"] if start["line"] == end["line"] else None
        found_[lines[start["line"]][start["character"] : stop]] = each["message"]
    return found_


@pytest.mark.parametrize("folder", ["clone", "business"])
def test_it_is_silent_on_every_shipped_file_and_not_because_it_sleeps(
    folder: str, editor: LanguageServer, business: Path
):
    rules = (ROOT if folder == "clone" else business) / "rules"
    files = rule_files(rules)
    assert len(files) > 5
    assert {file.name: minded for file in files if (minded := editor.open(file))} == {}
    text = next(file for file in files if file.stem == "haircut").read_text(encoding="utf-8")
    spoilt = text.replace("priority:", "prioritty:", 1)
    assert list(marked(spoilt, editor.open(rules / "spoilt.yaml", spoilt))) == ["prioritty"]


def test_each_mistake_is_underlined(editor: LanguageServer, file: Path):
    text = RULE + (
        "    on: visit\n    purpose: promo\n    prioritty: 70\n    priority: high\n    late: later\n"
        "    once_per: week\n    from: 24.12.2026\n    owner:\n    max_event_age: old\n    steps:\n"
        "      - call: {at: tomorrow, valid_for: soon, scrpt: x}\n      - smss: {template: x}\n      - email: {}\n"
        "      - sms: {template: hello.sms.txt}\n"
        "cadence:\n  min_gap: 20\n  hours: {fax: {mon: '10:00-18:00'}}\ncolour: red\n"
    )
    said = marked(text, editor.open(file, text))
    assert {
        "promo", "prioritty", "high", "later", "week", "24.12.2026", "old", "tomorrow", "soon", "scrpt", "smss",
        "email", "hello.sms.txt", "20", "fax", "colour",
    } <= set(said)  # fmt: skip
    assert said["tomorrow"].startswith("Write `immediately`, `in 3 days 10:00`")
    assert said["24.12.2026"] == "Write year, month and day: `2026-12-24`."
    assert said["hello.sms.txt"].startswith("Write the name alone")
    assert said["email"] == 'Missing property "template".'
    assert len(said) == 17  # and that `owner` is empty


@pytest.mark.parametrize(
    ("lines", "offered"),
    [
        ("    ", {"about", "on", "when", "purpose", "priority", "once_per", "stop_on", "steps", "from", "until"}),
        ("    purpose: ", {"marketing", "care", "transactional", "safety"}),
        ("    late: ", {"skip", "latest", "all"}),
        ("    once_per: ", {"event", "customer", "year", "90 days"}),
        ("    active: ", {"true", "false"}),
        ("    steps:\n      - ", {"sms", "email", "call", "task"}),
        ("    steps:\n      - call:\n          ", {"name", "at", "valid_for", "when", "script", "assign", "number"}),
        ("    steps:\n      - call:\n          at: ", {"next business day 10:00", "5 days before event.arrival 09:00"}),
        ("    steps:\n      - call:\n          valid_for: ", {"1 business day", "8 hours"}),
        ("    steps:\n      - call:\n          when: ", {"previous.outcome == 'no_answer'"}),
        ("    on:\n      ", {"missing", "within", "after", "key"}),
        ("cadence:\n  ", {"min_gap", "caps", "hours", "holds", "purposes"}),
        ("cadence:\n  hours:\n    ", {"sms", "email", "call"}),
        ("cadence:\n  hours:\n    call:\n      ", {"mon-fri", "sat"}),
        ("cadence:\n  caps:\n    - max: 3\n      purpose: ", {"marketing", "care"}),
        ("cadence:\n  holidays: ", {"customer", "none"}),
        ("calendars:\n  business:\n    timezone: ", {"America/New_York", "Europe/Paris"}),
    ],
)
def test_it_offers_what_may_stand_there(lines: str, offered: set[str], editor: LanguageServer, file: Path):
    text = (RULE if lines.startswith(" ") else MODE) + lines
    editor.open(file, text + "\n")
    last = text.split("\n")[-1]
    found_ = editor.complete(file, text.count("\n"), len(last))
    assert offered <= set(found_)
    assert "Default value" not in found_
    assert [name for name, item in found_.items() if "null" in item.get("insertText", "")] == []


def test_it_explains_keys_and_words(editor: LanguageServer, file: Path):
    text = RULE + "    purpose: care\n    on: visit\n    steps:\n      - call: {at: next day 10:00, script: x}\n"
    editor.open(file, text)
    assert "One rule: on this trigger" in editor.hover(file, 2, 4)
    assert "What the law and the cadence ask about." in editor.hover(file, 3, 6)
    assert "To see that all is well" in editor.hover(file, 3, 15)
    assert "What happens, in this order." in editor.hover(file, 5, 6)
    assert "A call on the staff's list." in editor.hover(file, 6, 10)
    assert "When it is due" in editor.hover(file, 6, 16)

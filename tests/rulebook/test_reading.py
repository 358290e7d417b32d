"""Bytes to nodes: what is written is what is read, each value knows its place, and nothing takes long."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from outreach.errors import Problem
from outreach.rulebook.decoding import MOST_BYTES
from outreach.rulebook.files import read_file
from outreach.rulebook.places import Node
from outreach.rulebook.reading import read


def node(text: str) -> Node:
    problems: list[Problem] = []
    root = read(text.encode(), "rules/a.yaml", problems)
    assert problems == []
    assert root is not None
    return root


def value(text: str) -> Any:
    return node(f"a: {text}\n").plain()["a"]


def problems_of(data: bytes) -> list[Problem]:
    found: list[Problem] = []
    read(data, "rules/a.yaml", found)
    return found


@pytest.mark.parametrize(
    "text", ["10:00", "NO", "on", "yes", "no", "+15551234567", "0123", "2026-12-24", "1e3", "0x1f", "1_000", ".5"]
)
def test_what_looks_like_text_is_text(text: str):
    assert value(text) == text
    assert value(f"'{text}'") == text


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("5", 5), ("-5", -5), ("0", 0), ("1.5", 1.5), ("true", True), ("False", False), ("null", None), ("", None)],
)  # fmt: skip
def test_numbers_and_truth_are_those_of_yaml_1_2(text: str, wanted: object):
    assert value(text) == wanted
    assert type(value(text)) is type(wanted)


def test_on_is_a_key_like_any_other():
    assert node("on: visit\nNO: 1\n").plain() == {"on": "visit", "NO": 1}


def test_every_key_and_value_knows_its_place():
    root = node("rules:\n  hair:\n    steps:\n      - call: {at: next day}\n")
    at = root.at("rules", "hair", "steps", 0, "call", "at")
    assert (at.line, at.column, at.value) == (4, 20, "next day")
    assert at.key is not None
    assert (at.key.line, at.key.column) == (4, 16)


@pytest.mark.parametrize(
    "text",
    [
        "a: event.x = 3", "a: 'event.x = ''3'''", 'a: "event.x \\"= 3"', "a: event.x\n  = 3", 'a: "event.x \\\n   = 3"',
        "a: |\n    event.x\n      = 3\n", "a: >-\n    event.x\n    = 3\n", "a: |2\n     x\n   = 3",
        "a: [event.x, {b: c = 3}]", "a: 'Größe = 3'", "a:\r\n  event.x = 3\r\n",
    ],
)  # fmt: skip
def test_a_place_inside_a_text_is_a_place_in_the_file(text: str):
    inner = node(text).at("a", 1, "b")
    assert isinstance(inner.value, str)
    line, column = inner.place(inner.value.index("="))
    assert text.splitlines()[line - 1][column - 1] == "="


def test_an_escape_costs_only_the_column():
    inner = node('a: "x\\u0020= 3"').at("a")
    assert inner.place(2) == (1, 4)


def test_a_folded_text_is_one_line():
    assert value(">-\n  Card and\n  champagne.\n") == "Card and champagne."


def test_an_empty_file_is_nothing():
    assert read(b"# only words\n", "a.yaml", []) is None
    assert problems_of(b"") == []


def test_a_byte_order_mark_is_no_part_of_the_text():
    assert read(b"\xef\xbb\xbfa: 1\n", "a.yaml", []) is not None


def test_what_is_not_utf_8_is_told_with_line_and_offset():
    (problem,) = problems_of("a: 1\nb: Café\n".encode("latin-1"))
    assert (problem.line, problem.column) == (2, 7)
    assert "0xe9 at offset 11" in problem.message


def test_a_file_that_is_not_there_is_a_problem_like_any_other(tmp_path: Path):
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere.yaml")
    found: list[Problem] = []
    assert read_file(tmp_path / "gone.yaml", "rules/gone.yaml", found) is None
    assert "can't be read" in found[0].message


HOSTILE = {
    "too long": b"a: " + b"x" * MOST_BYTES,
    "too many brackets": b"a: " + b"[" * 200_000,
    "too many braces": b"{a: " * 60_000,
    "too many dashes": b"- " * 100_000,
    "too many questions": b"? " * 100_000,
    "too many values": b"a: [" + b"1," * 100_000 + b"]",
    "too deep": "\n".join(" " * i + "a:" for i in range(600)).encode(),
    "too long a key": b"x" * 100_000 + b": 1",
    "a long line": b"a: " + b"x " * 50_000 + b"\nb: [",
    "many anchors": b"a: [" + b"".join(b"&a%d 1," % i for i in range(15_000)) + b"]",
    "many aliases": b"a: &a 1\nb: [" + b"*a," * 15_000 + b"]",
    "many tags": b"a: [" + b"!t 1," * 15_000 + b"]",
    "many keys twice": b"a: 1\n" * 9_000,
    "nothing but nul": b"\x00" * 200_000,
    "utf-16": "a: 1".encode("utf-16"),
    "half of a character": b'a: "\\ud800"',
    "a quote without an end": b"a: '" + b"x\n" * 100_000,
    "escapes": b'a: "' + b"\\u" * 100_000,
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_file_is_refused_in_no_time(data: bytes):
    begun = time.process_time()
    found = problems_of(data)
    assert time.process_time() - begun < 1.5
    assert found
    assert all(len(str(problem)) < 300 for problem in found)

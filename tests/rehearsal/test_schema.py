"""The JSON Schema of test files: what editors complete and check with."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from outreach.rehearsal.file_shapes import json_schema
from outreach.rulebook.files import read_file

ROOT = Path(__file__).parent.parent.parent


def plain(path: Path) -> object:
    node = read_file(path, path.name, [])
    return node and node.plain()


@pytest.mark.parametrize("path", sorted((ROOT / "rules").glob("*.test.yaml")), ids=lambda path: path.name)
def test_an_editor_finds_nothing_wrong_with_the_examples_tests(path: Path):
    jsonschema.validate(plain(path), json_schema())


@pytest.mark.parametrize("name", ["keys", "empty", "list"])
def test_an_editor_finds_wrong_keys_and_types(name: str):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(plain(ROOT / "tests" / "rehearsal" / "bad" / f"{name}.test.yaml"), json_schema())


def test_it_knows_every_key_and_says_what_it_is():
    schema = json_schema()
    assert schema["required"] == ["tests"]
    assert {"from", "until", "given", "expect"} <= set(schema["$defs"]["CaseShape"]["properties"])
    undocumented = [
        f"{name}.{key}"
        for name, shape in [("TestFile", schema), *schema["$defs"].items()]
        for key, value in shape["properties"].items()
        if "description" not in value
    ]
    assert undocumented == []


def test_it_knows_the_words_that_may_stand_there():
    contact = schema_of("ContactShape")
    assert "no_answer" in contact["outcome"]["enum"]
    assert "suppressed" in contact["status"]["enum"]
    assert schema_of("PlannedShape")["status"]["enum"] == ["planned", "listed"]
    assert "none" in schema_of("CaseShape")["outcome"]["enum"]
    assert {"const": "nothing", "type": "string"} in schema_of("CaseShape")["expect"]["anyOf"]


def schema_of(name: str) -> dict[str, dict[str, object]]:
    properties: dict[str, dict[str, object]] = json_schema()["$defs"][name]["properties"]
    return properties

"""The JSON Schema of a rule file, for completion and checks in editors: made from the shapes that check it."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from outreach.rulebook.cadence_shapes import CadenceShape, CalendarsShape
from outreach.rulebook.shape import Shape
from outreach.rulebook.shapes import RuleShape
from outreach.rulebook.values import Name


class RulesFile(Shape):
    """A file of rules, cadence and calendars."""

    called: ClassVar[str] = "rule file"
    bare: ClassVar[frozenset[str]] = frozenset({"cadence", "calendars"})

    rules: dict[Name, RuleShape] = Field(default_factory=dict)
    """The rules, by their names."""
    cadence: CadenceShape | None = None
    """The policy that holds every contact; it stands in one file."""
    calendars: CalendarsShape | None = None
    """The house's calendars; they stand in one file."""


def json_schema() -> dict[str, Any]:
    """The schema, as `outreach rules schema` prints it: draft 07, which every editor reads."""
    schema = RulesFile.model_json_schema(by_alias=True, ref_template="#/definitions/{model}")
    definitions = schema.pop("$defs")
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$comment": "Written by `outreach rules schema --out FILE`.",
        **schema,
        "title": "Rules of Outreach",
        "definitions": definitions,
    }

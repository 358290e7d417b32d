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

    rules: dict[Name, RuleShape] = Field(default_factory=dict)
    """The rules, by their names."""
    cadence: CadenceShape | None = None
    """The policy that holds every contact; it stands in one file."""
    calendars: CalendarsShape | None = None
    """The house's calendars; they stand in one file."""


def json_schema() -> dict[str, Any]:
    """The schema, as `outreach rules schema` prints it."""
    schema = RulesFile.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema | {"title": "Rules of Outreach"}

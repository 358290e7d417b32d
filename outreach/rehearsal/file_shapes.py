"""The shape of a test file: who is there, what happens in many of its tests, and the tests."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from outreach.rehearsal.moments import MomentText
from outreach.rehearsal.shapes import ContactShape, EventShape, NeverShape, PlannedShape, SampleShape
from outreach.rehearsal.words import OutcomeOrNone
from outreach.rulebook.shape import Shape
from outreach.rulebook.values import Texts
from outreach.rulebook.wording import complaint


def _nothing(value: object) -> object:
    return [] if value == "nothing" else value


Contacts = Annotated[
    list[ContactShape], BeforeValidator(_nothing, json_schema_input_type=list[ContactShape] | Literal["nothing"])
]
Plans = Annotated[
    list[PlannedShape], BeforeValidator(_nothing, json_schema_input_type=list[PlannedShape] | Literal["nothing"])
]


class CaseShape(Shape):
    """One test: what is given, and what is expected to come of it."""

    called: ClassVar[str] = "test"

    about: str = ""
    """What it shows, in a sentence."""
    customers: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """Customers of this test alone, and what is different about those of the file; an empty field is taken away."""
    given: list[EventShape] = Field(default_factory=list)
    """What happens to them."""
    starts: MomentText | None = Field(None, alias="from")
    """When the test begins: events before are history, facts that start nothing. Default: the first event."""
    until: MomentText | None = None
    """When the test ends; a day is meant to its end. Default: when nothing is planned any more."""
    outcome: OutcomeOrNone = "reached"
    """What calls come to of which nothing is said; `none`: nobody does them."""
    expect: Contacts | None = None
    """Every follow-up of the file's rules that comes to an end, or `nothing`."""
    never: list[NeverShape] = Field(default_factory=list)
    """What must not happen, of any rule."""
    planned: Plans | None = None
    """What still lies ahead at the end of the test, or `nothing`."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.given and self.starts is None:
            hint = "write `given:` and the events below it; or `from:` and a day"
            raise complaint("in {key} nothing happens", hint, at_key=True)
        if self.expect is None and self.planned is None and not self.never:
            hint = "write `expect:` and what should come of it, or `expect: nothing`"
            raise complaint("{key} expects nothing at all", hint, at_key=True)
        return self


class TestFile(Shape):
    """A file of tests."""

    __test__: ClassVar[bool] = False  # it isn't one of pytest's
    called: ClassVar[str] = "test file"

    rules: Texts = ()
    """The rules it speaks of: everything they do must be expected. Default: those of the file beside it."""
    customers: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """Who the customers are: each as a customer line, by its id."""
    events: dict[str, SampleShape] = Field(default_factory=dict)
    """Events that happen in many tests, by names of their own: `event: a haircut`."""
    tests: dict[str, CaseShape] = Field(min_length=1)
    """The tests, by what they show."""


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a test file, for completion and checks in editors."""
    schema = TestFile.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema | {"title": "Tests of Outreach's rules"}

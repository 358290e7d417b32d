"""The shapes of what happens in a test and of what is expected: their keys, what each may be, and the words that an
editor shows beside it.

Their words are known from elsewhere: an event is written as an event line, what is expected with the columns of
`contacts.csv`. What needs the rules to judge is checked in `events` and `wanted`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final, Self

from pydantic import ConfigDict, Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails

from outreach.core.cadence import CHANNELS
from outreach.rehearsal.moments import MomentText
from outreach.rehearsal.words import Ahead, Outcome, Status, StepText
from outreach.rulebook.shape import Shape
from outreach.rulebook.values import Texts
from outreach.rulebook.wording import complaint

BY_STAFF: Final = ("call", "task")


class _Shape(Shape):
    """A shape that knows what people write `instead` of its keys: the wrong word → the hint."""

    instead: ClassVar[Mapping[str, str]] = {}

    @model_validator(mode="before")
    @classmethod
    def _other_words(cls, data: Any) -> Any:
        wrong = [key for key in data if key in cls.instead] if isinstance(data, dict) else []
        if not wrong:
            return data
        thing = f"an {cls.called}" if cls.called == "event" else f"a {cls.called}"
        said = [(key, complaint(f"{thing} has no key `{key}`", cls.instead[key], at_key=True)) for key in wrong]
        raise ValidationError.from_exception_data(
            cls.called, [InitErrorDetails(type=found, loc=(key,), input=key) for key, found in said]
        )


class SampleShape(Shape):
    """An event that happens in many tests of a file: all of it but when, and to whom."""

    called: ClassVar[str] = "event"

    type: str
    """The event's type, such as `purchase`."""
    site: str = ""
    """Where."""
    data: dict[str, Any] = Field(default_factory=dict)
    """What the event tells."""
    source: str = ""
    """Who sent it."""


class EventShape(_Shape):
    """What happened: an event, or what came of a call or task."""

    called: ClassVar[str] = "event"
    instead: ClassVar[Mapping[str, str]] = {
        "at": "its moment is its `time`", "when": "its moment is its `time`",
        "rule": "write `call: RULE/STEP`", "step": "write `call: STEP` or `task: STEP`",
    }  # fmt: skip

    time: MomentText
    """When: `2026-11-02 14:00` on the customer's clock, or with an offset."""
    customer: str = ""
    """Whom it happened to; may be left out where there is only one customer."""
    event: str = ""
    """One of the file's `events`, by its name."""
    type: str = ""
    """The event's type, such as `purchase`, when it is none of those."""
    site: str = ""
    """Where; another than the named event's."""
    data: dict[str, Any] = Field(default_factory=dict)
    """What the event tells; of a named event, what it tells otherwise. An empty field is taken away."""
    id: str = ""
    """Its id; made up when it is left out. The same id twice is the same event delivered twice."""
    source: str = ""
    """Who sent it."""
    call: StepText = ""
    """Instead of `type`: the call, `STEP` or `RULE/STEP`, that came to this `outcome`."""
    task: StepText = ""
    """Instead of `type`: the task, `STEP` or `RULE/STEP`, that came to this `outcome`."""
    outcome: Outcome = ""
    """What came of it."""
    by: str = ""
    """Who did it."""
    note: str = ""
    """What she noted."""

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        kinds = [key for key in ("event", "type", *BY_STAFF) if getattr(self, key)]
        done = [key for key in kinds if key in BY_STAFF]
        if len(kinds) > 1:
            raise complaint(f"`{kinds[1]}` stands beside `{kinds[0]}`", "each is an event of its own")
        if done and not self.outcome:
            raise complaint(f"what came of the {done[0]} is missing", "write `outcome: reached`, or another")
        if not done and (self.outcome or self.by or self.note):
            raise complaint("which call or task it came of is missing", "write `call: STEP` or `task: STEP`")
        if not kinds:
            raise complaint("what happened is missing", "write `type: purchase`, or another")
        return self


class ContactShape(_Shape):
    """A contact or task: only what is written is compared. Unless it has a `status` or a `reason`, it took place."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": [c]} for c in CHANNELS]})
    called: ClassVar[str] = "contact"
    stepless: ClassVar[bool] = False
    instead: ClassVar[Mapping[str, str]] = {
        "time": "its moment is `at`", "when": "its moment is `at`", "channel": "write `sms: STEP`",
        "rule": "write `sms: RULE/STEP`", "step": "write `sms: STEP`, or another channel",
    }  # fmt: skip

    at: MomentText | None = None
    """When: `2026-11-03 10:00` on the customer's clock; a day alone is any time of it."""
    customer: str = ""
    """Who; may be left out where there is only one customer."""
    sms: StepText = ""
    """The step, `STEP` or `RULE/STEP`."""
    email: StepText = ""
    """The step, `STEP` or `RULE/STEP`."""
    call: StepText = ""
    """The step, `STEP` or `RULE/STEP`."""
    task: StepText = ""
    """The step, `STEP` or `RULE/STEP`."""
    outcome: Outcome = ""
    """What came of a call or task."""
    status: Status = ""
    """How it ended: `sent`, `done`, `expired`, `cancelled`, `suppressed` …"""
    reason: str = ""
    """Why it did not take place: `no_consent:sms`, `cap:4/30d`; `cap` alone is any cap."""
    says: Texts = ()
    """A piece of its text, or several: of the message, the call's script, the task's title or details."""
    due: MomentText | None = None
    """The moment that the rule wished for."""
    address: str = ""
    """The phone or e-mail address it went to."""
    variant: str = ""
    """Which template of a split it was."""
    assign: str = ""
    """Who had it on the list."""

    @property
    def channels(self) -> list[str]:
        """The channels that are named: one, or none."""
        return [channel for channel in CHANNELS if getattr(self, channel)]

    @model_validator(mode="after")
    def _one_step(self) -> Self:
        if len(self.channels) > 1:
            raise complaint("`{1}` stands beside `{0}`".format(*self.channels), "each is an item of its own")
        if not self.channels and not self.stepless:
            raise complaint("which step it is, is missing", "write `call: STEP`, or another channel")
        return self


class NeverShape(ContactShape):
    """What must not happen. Without a step, it speaks of every contact of the customer's, whatever the rule."""

    model_config = ConfigDict(json_schema_extra=None)
    stepless: ClassVar[bool] = True


class PlannedShape(ContactShape):
    """What still lies ahead when the test ends."""

    status: Ahead = ""
    """`listed` is on the staff's list already."""

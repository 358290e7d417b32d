"""The shape of a step: one channel, with what that channel needs below it."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import ConfigDict, Field, ValidationError, model_validator
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import InitErrorDetails, PydanticCustomError

from outreach.core.moment_text import parse_when
from outreach.rulebook.hints import any_of
from outreach.rulebook.meant import key_meant
from outreach.rulebook.shape import Shape
from outreach.rulebook.times import SpanText, WhenText
from outreach.rulebook.values import Conditions, Name, TemplateName, Templates, is_field
from outreach.rulebook.wording import complaint, described

IMMEDIATELY = parse_when("immediately")


class StepKeys(Shape):
    """What every step may have."""

    called: ClassVar[str] = "step"

    name: Name = ""
    """What traces call this step; by default its number and channel, `1-call`."""
    at: WhenText | None = None
    """When it is due; at once, if it is left out. `next business day 10:00`, `1 hour after previous`, `5 days before
    event.arrival 09:00` …"""
    valid_for: SpanText | None = None
    """How long after its due moment it is still worth doing; then it expires."""
    when: Conditions = ()
    """A condition (CEL) that must hold when the step is due, or a list of which all must hold."""


class SmsKeys(StepKeys):
    """A text message."""

    called: ClassVar[str] = "sms"

    template: Templates
    """The name of `templates/NAME.sms.txt`; or a split such as `{a: warm, b: short}`."""


class EmailKeys(StepKeys):
    """An e-mail; its subject stands in the template."""

    called: ClassVar[str] = "email"

    template: Templates
    """The name of `templates/NAME.email.html` (or `.md`, `.txt`); or a split such as `{a: warm, b: short}`."""


class CallKeys(StepKeys):
    """A call on the staff's list."""

    called: ClassVar[str] = "call"

    script: TemplateName = ""
    """The name of `templates/NAME.call.md`: what to say."""
    assign: str = ""
    """A person, a role, or a field such as `event.staff`."""
    number: str = ""
    """A number to call instead of the customer's, or a field that has it."""


class TaskKeys(StepKeys):
    """Something to prepare; it touches nobody."""

    called: ClassVar[str] = "task"

    title: str
    """One line that says what to do."""
    details: str = ""
    """What one needs to know to do it."""
    assign: str = ""
    """A person, a role, or a field such as `event.staff`."""
    done_by: WhenText | None = None
    """When it must be done."""


class RememberKeys(StepKeys):
    """What to put into the customer's memory: any names with their values."""

    model_config = ConfigDict(
        json_schema_extra={"additionalProperties": {"type": ["string", "number", "boolean"]}, "minProperties": 1}
    )
    called: ClassVar[str] = "remember"

    until: SpanText | None = None
    """For how long it is worth knowing: `2 years`; without it, for ever."""
    facts: SkipJsonSchema[dict[str, str | int | float | bool]] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _facts(cls, data: Any) -> Any:
        """What is no key of the step is something to remember."""
        if not isinstance(data, dict):
            return data
        own = set(cls.keys()) - {"facts"}
        facts = {name: value for name, value in data.items() if name not in own}
        wrong = [InitErrorDetails(type=said, loc=(name,), input=value) for name, value in facts.items()
                 if (said := _no_fact(name, value)) is not None]  # fmt: skip
        if wrong:
            raise ValidationError.from_exception_data("remember", wrong)
        if not facts:
            raise complaint(
                "there is nothing to remember", 'write `remember: {meal: "likes it well done"}`', at_key=True
            )
        return {name: value for name, value in data.items() if name in own} | {"facts": facts}


def _no_fact(name: str, value: object) -> PydanticCustomError | None:
    if not is_field(name):
        return complaint(f"{described(name)} can't name what is remembered", "letters, digits and `_`", at_key=True)
    if not isinstance(value, str | int | float | bool):
        return complaint("{key} should be a text, a number, `true` or `false`, not " + described(value))
    return complaint("{key} is empty") if value == "" else None


CHANNELS = {"sms": SmsKeys, "email": EmailKeys, "call": CallKeys, "task": TaskKeys, "remember": RememberKeys}
AnyKeys = SmsKeys | EmailKeys | CallKeys | TaskKeys | RememberKeys


class StepShape(Shape):
    """One step: one of the channels, with its keys below it."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})
    called: ClassVar[str] = "step"
    bare: ClassVar[frozenset[str]] = frozenset(CHANNELS)

    sms: SmsKeys | None = None
    email: EmailKeys | None = None
    call: CallKeys | None = None
    task: TaskKeys | None = None
    remember: RememberKeys | None = None

    @model_validator(mode="before")
    @classmethod
    def _one(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        channel = next((key for key in data if key in CHANNELS), None)
        if channel and len(data) > 1:
            other = next(key for key in data if key != channel)
            raise complaint(f"`{other}` stands beside `{channel}`", _beside(other, channel))
        if not data:
            raise complaint("a step is empty", f"write {any_of(CHANNELS)} with its keys below it")
        if not any(key_meant("step", key, [*CHANNELS]) for key in data):
            data = dict([*data.items()][:1])  # what stands beside a key that is no channel is no mistake of its own
        return {key: {} if value is None and key in CHANNELS else value for key, value in data.items()}

    @property
    def channel(self) -> str:
        """Which channel it is."""
        return next(name for name in CHANNELS if getattr(self, name) is not None)

    @property
    def keys_of_it(self) -> AnyKeys:
        """What stands below the channel."""
        keys: AnyKeys = getattr(self, self.channel)
        return keys


def _beside(other: str, channel: str) -> str:
    if other in CHANNELS:
        return "each step is an item of its own: begin it with `- `"
    return f"indent it further, below `{channel}:`"

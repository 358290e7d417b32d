"""The shape of a step: one channel, with what that channel needs below it."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import ConfigDict, Field, model_validator

from outreach.core.moment_text import parse_when
from outreach.rulebook.hints import any_of
from outreach.rulebook.meant import key_meant
from outreach.rulebook.shape import Shape
from outreach.rulebook.times import SpanText, WhenText
from outreach.rulebook.values import Conditions, Name, TemplateName, Templates
from outreach.rulebook.wording import complaint

IMMEDIATELY = parse_when("immediately")


class StepKeys(Shape):
    """What every step may have."""

    called: ClassVar[str] = "step"

    name: Name = ""
    """What traces call this step; by default its number and channel, `1-call`."""
    at: WhenText = Field(default_factory=lambda: IMMEDIATELY)
    """When it is due: `next business day 10:00`, `1 hour after previous`, `5 days before event.arrival 09:00`."""
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


CHANNELS = {"sms": SmsKeys, "email": EmailKeys, "call": CallKeys, "task": TaskKeys}


class StepShape(Shape):
    """One step: one of the channels, with its keys below it."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})
    called: ClassVar[str] = "step"
    bare: ClassVar[frozenset[str]] = frozenset(CHANNELS)

    sms: SmsKeys | None = None
    email: EmailKeys | None = None
    call: CallKeys | None = None
    task: TaskKeys | None = None

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
    def keys_of_it(self) -> SmsKeys | EmailKeys | CallKeys | TaskKeys:
        """What stands below the channel."""
        keys: SmsKeys | EmailKeys | CallKeys | TaskKeys = getattr(self, self.channel)
        return keys


def _beside(other: str, channel: str) -> str:
    if other in CHANNELS:
        return "each step is an item of its own: begin it with `- `"
    return f"indent it further, below `{channel}:`"

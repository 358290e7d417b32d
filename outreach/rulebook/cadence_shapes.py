"""The shape of the cadence and of the house's calendar: what an owner may set, and what not."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field, PlainValidator, model_validator

from outreach.rulebook.law_shapes import Packs
from outreach.rulebook.not_yet import OFF, keys_to_come
from outreach.rulebook.shape import Shape
from outreach.rulebook.times import DaysText, ElapsedText, WeekText, WindowText, ZoneText
from outreach.rulebook.values import Channels, Dates, HoldName, Purpose, Purposes, Touching, YesNo
from outreach.rulebook.wording import complaint

_COUNTS = {"yes": "yes", True: "yes", "no": "no", False: "no", "gap": "gap"}


def _counts(value: object) -> str:
    if not isinstance(value, str | bool) or value not in _COUNTS:
        raise complaint("{key} should be `yes`, `no` or `gap`", "`gap` counts towards the minimum gap only")
    return _COUNTS[value]


class CapShape(Shape):
    """At most so many touches in a rolling window."""

    called: ClassVar[str] = "cap"

    max: Annotated[int, Field(ge=0)]
    """How many; 0 means none at all."""
    per: WindowText
    """The window, such as `30 days`."""
    channel: Channels = ()
    """Only touches by this channel, or by these."""
    channels: Channels = ()
    """The same."""
    purpose: Purposes = ()
    """Only touches with this purpose, or with these."""
    purposes: Purposes = ()
    """The same."""

    @model_validator(mode="before")
    @classmethod
    def _said_once(cls, data: Any) -> Any:
        for word in ("channel", "purpose"):
            if isinstance(data, dict) and word in data and f"{word}s" in data:
                raise complaint(f"`{word}` and `{word}s` say the same", "keep one of them")
        return data


class HoldShape(Shape):
    """While something is open for a customer, contacts of these purposes wait."""

    called: ClassVar[str] = "hold"

    name: HoldName = Field(alias="while")
    """What is open, such as `complaint`: from `complaint.opened` to `complaint.resolved`."""
    purposes: Purposes = ("marketing",)
    """Which contacts wait."""


class BackOffShape(Shape):
    """How contacts that nothing comes back from stretch the minimum gap; a sign of life begins it anew."""

    called: ClassVar[str] = "back-off"

    after: Annotated[int, Field(ge=0)] = 1
    """So many unanswered contacts leave the gap as it is."""
    factor: Annotated[float, Field(gt=1, le=10)] = 2.0
    """Each further one makes it so many times as long."""
    longest: Annotated[float, Field(gt=1, le=100)] = 8.0
    """And it never gets longer than so many times the gap."""


class PurposeShape(Shape):
    """How contacts of one purpose stand to the cadence; what is left out stays as it is by default."""

    called: ClassVar[str] = "purpose"

    obeys_caps: YesNo | None = None
    """Whether caps and minimum gap hold it back."""
    counts: (
        Annotated[str, PlainValidator(_counts, json_schema_input_type=Literal["yes", "no", "gap"] | bool)] | None
    ) = None
    """Whether it takes a place under caps: `yes`, `no`, or `gap`, for the minimum gap only."""
    consent: Literal["required", "assumed", "not needed"] | None = None
    """Whether the customer must have agreed."""
    hours: Literal["any", "house"] | None = None
    """`any` goes past hours and holidays."""


class LimitsShape(Shape):
    """How many a day."""

    called: ClassVar[str] = "capacity"

    calls_per_day: Annotated[int, Field(ge=0)] | None = None
    """Calls that are handed out in one day of the house's."""
    tasks_per_day: Annotated[int, Field(ge=0)] | None = None
    """Tasks that are handed out in one day of the house's."""


class CapacityShape(LimitsShape):
    """What staff can do in a day; the most important goes first, the rest waits for the next day or expires."""

    sites: dict[str, LimitsShape] = Field(default_factory=dict)
    """The same by site."""
    people: dict[str, LimitsShape] = Field(default_factory=dict)
    """The same by person or role, as in `assign`."""


def _and_what_is_off(schema: dict[str, Any]) -> None:
    """For editors: what is still to come may be switched off already, and these two in the same words."""
    schema["properties"].update({key: {"enum": list(OFF)} for key in keys_to_come("cadence")})
    for key in _SWITCHES:
        on = {name: value for name, value in schema["properties"][key].items() if name != "default"}
        schema["properties"][key] = {"anyOf": [on, {"enum": list(OFF)}]}


#: Parts that can be switched off by a word.
_SWITCHES = ("back_off", "silence_after_refusal")


class CadenceShape(Shape):
    """The policy that holds every contact, automated or human."""

    model_config = ConfigDict(json_schema_extra=_and_what_is_off)
    called: ClassVar[str] = "cadence"

    min_gap: ElapsedText | None = None
    """Between any two touches of one customer; `0 minutes` switches it off."""
    caps: tuple[CapShape, ...] = Field((), strict=False)
    """Rolling windows; all of them hold, for the customer and for each address."""
    hours: dict[Touching, WeekText] = Field(default_factory=dict)
    """When a channel may be used, on the customer's clock; a channel that is left out may be used at any time."""
    laws: Packs = ()
    """Packs of legal hours and limits by the customer's place; the strictest of law and house wins."""
    holidays: Literal["customer", "none"] = "customer"
    """`customer`: no calls or SMS on a public holiday where the customer is."""
    unknown_timezone: Literal["hold", "business"] = "hold"
    """What happens when a customer's time zone isn't known; `business` takes the house's."""
    holds: tuple[HoldShape, ...] = Field((), strict=False)
    """What makes contacts wait."""
    back_off: BackOffShape | None = None
    """How contacts without an answer lie farther and farther apart; `none` switches it off."""
    silence_after_refusal: ElapsedText | None = None
    """How long a refusal is followed by no marketing and no care, by any channel; `0 days` switches it off."""
    purposes: dict[Purpose, PurposeShape] = Field(default_factory=dict)
    """How each purpose stands to the cadence."""
    capacity: CapacityShape | None = None
    """How many calls and tasks a day: `{calls_per_day: 40, tasks_per_day: 60}`, by `sites` and `people` too."""

    @model_validator(mode="before")
    @classmethod
    def _without_what_is_off(cls, data: Any) -> Any:
        """`mix: {}` asks for nothing that isn't there."""
        if not isinstance(data, dict):
            return data
        off = {*keys_to_come(cls.called), *(key for key in _SWITCHES if data.get(key, ...) is not None)}
        return {key: value for key, value in data.items() if not (key in off and value in OFF)}


class CalendarShape(Shape):
    """The house's calendar: which days are business days."""

    called: ClassVar[str] = "calendar"

    days: DaysText = Field(default_factory=lambda: (0, 1, 2, 3, 4))
    """The house's weekdays: `mon-sat`."""
    closed: Dates = ()
    """Dates on which the house is closed."""
    open: Dates = ()
    """Dates on which it is open all the same, whatever else says no."""
    holidays: str = "none"
    """Whose public holidays the house keeps: `US`, `US-NY`, or `none`."""
    timezone: ZoneText = ""
    """The house's own time zone."""


class CalendarsShape(Shape):
    """The house's calendars."""

    called: ClassVar[str] = "calendars section"

    business: CalendarShape = Field(default_factory=lambda: CalendarShape())
    """The one that business days are counted by."""

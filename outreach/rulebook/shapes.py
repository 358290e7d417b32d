"""The shape of a rule: its keys, what each may be, and the words that an editor shows beside it.

What needs more than one value to judge (conditions, templates, the order of steps) is checked in `build`.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field

from outreach.core.moment import Span
from outreach.rulebook.shape import Shape
from outreach.rulebook.step_shapes import StepShape
from outreach.rulebook.times import DateText, Once, OnceText, SpanText
from outreach.rulebook.trigger_shapes import TriggerKey
from outreach.rulebook.values import Conditions, EventTypes, FieldName, Purpose, ShareText, Texts, YesNo


class RuleShape(Shape):
    """One rule: on this trigger, when that holds, these steps."""

    model_config = ConfigDict(json_schema_extra={"required": ["on", "steps"]})
    called: ClassVar[str] = "rule"

    about: str = ""
    """What it is for, in a sentence. Staff read it as "why am I calling?"."""
    on: TriggerKey | None = None
    """The trigger: an event type, a list, `order.*`; `{missing: …, within: …, after: …, key: …}`, `{date: …}`,
    `{inactive: …}`, `{every: …}` or `{cron: …}`."""
    when: Conditions = ()
    """A condition (CEL) on the event and the customer, or a list of which all must hold."""
    purpose: Purpose = "marketing"
    """What the law and the cadence ask about."""
    priority: Annotated[int, Field(ge=0, le=100)] = 50
    """Who wins when there isn't room for all."""
    once_per: OnceText = Once("event")
    """`event`, `customer`, `year` or a duration such as `90 days`."""
    stop_on: EventTypes = ()
    """Events that end the run: what is still ahead is cancelled."""
    steps: tuple[StepShape, ...] | None = Field(None, strict=False)
    """What happens, in this order."""
    active: YesNo = True
    """`false` keeps the rule and starts nothing."""
    starts: DateText | None = Field(None, alias="from")
    """The first day on which it starts anything."""
    ends: DateText | None = Field(None, alias="until")
    """The last day on which it starts anything."""
    site: Texts = ()
    """Only for customers or events of these sites."""
    key: FieldName = ""
    """The event's field that names what the run is about, such as `order_id`: one run a key."""
    on_cap: Literal["defer", "drop", "merge"] = "defer"
    """What happens when the cadence has no room; `merge` joins a more important contact by the same channel."""
    late: Literal["skip", "latest", "all"] = "skip"
    """Which of the steps are done that are already past when the run starts."""
    if_no_longer_matches: Literal["finish", "stop"] = "finish"
    """What happens to a run whose customer no longer matches `when`."""
    holdout: ShareText = 0.0
    """For this share of the customers nothing happens, so that what the rule does can be measured: `10%`."""
    max_per_day: Annotated[int, Field(ge=1)] | None = None
    """More runs than this in one day of the house's are held for a person to release."""
    max_event_age: SpanText = Field(default_factory=lambda: Span(days=2))
    """Older events start nothing."""
    owner: str = ""
    """Who answers for this rule."""

"""`remember` steps: what is put into a customer's memory, where it comes from, how long it is worth knowing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from outreach.core.customer import Customer
from outreach.core.follow_up import FollowUp
from outreach.core.memory import remembered
from outreach.core.occasions import CLOCK
from outreach.core.rule import Rule
from outreach.core.situation import Situation
from outreach.core.stopping import ended
from outreach.core.trace import Reason
from outreach.ports import Rendered

#: Renders a short text that stands in a rule, for this follow-up.
Say = Callable[[FollowUp, Rule, Situation, str], Rendered]


def as_written(f: FollowUp, rule: Rule, here: Situation, text: str) -> Rendered:
    """A text without a renderer: as it stands."""
    return Rendered(body=text)


def remember(f: FollowUp, rule: Rule, here: Situation, say: Say) -> tuple[FollowUp, Customer | None, Reason]:
    """The follow-up at its end, the customer who is remembered (None when nothing is), and why."""
    step = rule.steps[f.index]
    if step.when is not None and not step.when.holds(here.scope()):
        return _over(f, "cancelled", here), None, Reason(code="when", text=step.when.source)
    until = step.keep.add(here.now, here.zone, here.policy.calendar, here.place) if step.keep is not None else None
    happened = here.now if here.event.source == CLOCK else here.event.time
    kept: dict[str, Any] = {}
    for name, value in step.facts.items():
        if isinstance(value, str):
            text = say(f, rule, here, value)
            if text.problem:
                return _over(f, "held", here, "template"), None, Reason(code="template", text=text.problem)
            value = text.body
        kept[name] = remembered(value, happened, here.event.type, until)
    customer = replace(here.customer, memory={**here.customer.memory, **kept})
    reason = Reason(code="remembered", numbers={name: fact["value"] for name, fact in kept.items()})
    return _over(f, "done", here), customer, reason


def _over(f: FollowUp, state: str, here: Situation, reason: str = "") -> FollowUp:
    return ended(f, state, reason or ("when" if state == "cancelled" else ""), here.now)

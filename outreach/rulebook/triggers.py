"""From the shape of a trigger to the trigger; that the events and fields it names are known is checked here."""

from __future__ import annotations

from outreach.core.occasions import FIELDS
from outreach.core.rule import OnDate, OnEvent, OnEvery, OnInactive, OnMissing, Trigger
from outreach.rulebook.context import Context
from outreach.rulebook.places import Node
from outreach.rulebook.trigger_shapes import (
    DateShape,
    EveryShape,
    InactiveShape,
    MissingShape,
    TriggerShape,
)


def event_types(trigger: Trigger | None) -> tuple[str, ...]:
    """What `event` is in the rule's conditions and texts; an occasion's kind where no event sets the rule off."""
    match trigger:
        case OnEvent():
            return trigger.types
        case OnMissing():
            return trigger.after
        case OnDate():
            return ("date",)
        case OnInactive():
            return ("inactive",)
        case OnEvery():
            return ("every",)
    return ()


def build_trigger(shape: tuple[str, ...] | TriggerShape, on: Node, context: Context) -> Trigger:
    """The trigger. What it names and nobody knows is noted."""
    match shape:
        case MissingShape():
            return _missing(shape, on, context)
        case DateShape():
            context.check_field(on.at("date"), f"customer.{shape.date}", ())
            return OnDate(field=shape.date, yearly=shape.repeat == "yearly", feb29=shape.feb29)
        case InactiveShape():
            _check_types(on.at("events"), shape.events, context)
            return OnInactive(after=shape.inactive, types=shape.events)
        case EveryShape():
            return OnEvery(ticks=shape.every)
        case tuple():
            _check_types(on, shape, context)
            return OnEvent(types=shape)
    return OnEvery(ticks=shape.cron)


def _missing(shape: MissingShape, on: Node, context: Context) -> OnMissing:
    for key, patterns in (("missing", shape.missing), ("after", shape.after)):
        _check_types(on.at(key), patterns, context)
        if shape.key:
            context.check_field(on.at("key"), f"event.{shape.key}", patterns)
    return OnMissing(missing=shape.missing, within=shape.within, after=shape.after, key=shape.key)


def _check_types(node: Node, patterns: tuple[str, ...], context: Context) -> None:
    for i, pattern in enumerate(patterns):
        if pattern in FIELDS:
            said = (f"`{pattern}` is no event: it is what a trigger is made of", f"write `on: {{{pattern}: …}}`")
            context.say(node.at(i), said)
        else:
            context.check_type(node.at(i), pattern)

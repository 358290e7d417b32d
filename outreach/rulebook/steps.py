"""The steps of a rule: names, defaults, templates, and times that hang on something that is there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from outreach.core.moment import Span, When
from outreach.core.rule import Step
from outreach.rulebook.context import Context
from outreach.rulebook.naming import slip_of_path
from outreach.rulebook.places import Node, short
from outreach.rulebook.shapes import RuleShape
from outreach.rulebook.speech import Told, check_template, check_text
from outreach.rulebook.step_shapes import (
    IMMEDIATELY,
    AnyKeys,
    CallKeys,
    EmailKeys,
    RememberKeys,
    SmsKeys,
    StepShape,
    TaskKeys,
)

#: When a step is due that doesn't say so, but whose condition asks how the step before ended.
AFTER_PREVIOUS = When(kind="previous", source="after previous")
_NUMBER: Final = re.compile(r"\+?[0-9][0-9 ()./-]{3,24}")
#: How long a step is worth doing, unless it says so itself.
VALID_FOR = {"call": Span(business=1), "task": Span(business=1), "sms": Span(seconds=12 * 3600), "email": Span(days=2),
             "remember": Span(days=1)}  # fmt: skip


def build_steps(
    shape: RuleShape, node: Node, written: Node, types: Sequence[str], context: Context
) -> tuple[Step, ...]:
    """The steps in their order; none when the rule has none."""
    if not shape.steps:
        if not RuleShape.meant(written, "steps") or written.at("steps").value == []:
            context.say(
                written.key or written, ("the rule has no steps", "write `steps:` and below it `- call:` or another")
            )
        return ()
    whole = len(shape.steps) == len(written.at("steps").plain())
    made = [
        _step(step, node.at("steps", index, step.channel), index, types, context, first=index == 0 and whole)
        for index, step in enumerate(shape.steps)
    ]
    _check_names(made, node, context)
    return tuple(made)


def _step(shape: StepShape, node: Node, index: int, types: Sequence[str], context: Context, *, first: bool) -> Step:
    keys, channel = shape.keys_of_it, shape.channel
    when = context.condition(node.at("when"), keys.when, types, previous=not first)
    at = keys.at or (AFTER_PREVIOUS if when is not None and when.uses_previous and not first else IMMEDIATELY)
    _check_moment(at, node.at("at"), types, context, first=first)
    valid_for = keys.valid_for or VALID_FOR[channel]
    if valid_for == Span():
        context.say(
            node.at("valid_for"), ("a step that is worth nothing is never done", "write `2 hours`, `1 business day` …")
        )
    templates = _templates(keys, node, context)
    told = _told(keys, templates, node, types, context, first=first)
    step = Step(
        name=keys.name or f"{index + 1}-{channel}", index=index, channel=channel, at=at, valid_for=valid_for,
        when=when, templates=templates, history=told.history, tells_previous=told.previous,
        title=getattr(keys, "title", ""), details=getattr(keys, "details", ""), assign=getattr(keys, "assign", ""),
        number=getattr(keys, "number", ""), done_by=getattr(keys, "done_by", None),
        facts=getattr(keys, "facts", {}), keep=getattr(keys, "until", None),
    )  # fmt: skip
    if step.done_by is not None:
        _check_moment(step.done_by, node.at("done_by"), types, context, first=first)
    _check_fields(step, node, types, context)
    return step


def _check_fields(step: Step, node: Node, types: Sequence[str], context: Context) -> None:
    """That `assign` and `number` name a field that is there, or say themselves who and which."""
    for name, text in (("assign", step.assign), ("number", step.number)):
        wrong = slip_of_path(text)
        if wrong:
            context.say(node.at(name), wrong)
        elif text.startswith(("event.", "customer.")):
            context.check_field(node.at(name), text, types)
        elif name == "number" and text and not _NUMBER.fullmatch(text):
            hint = "write it as `+12125550101`, or name a field such as `customer.phone`"
            context.say(node.at(name), (f"`{short(text)}` is no telephone number", hint))


def _check_moment(at: When, node: Node, types: Sequence[str], context: Context, *, first: bool) -> None:
    """That what a moment hangs on is there: a field, or a step before."""
    if at.anchor:
        context.check_field(node, at.anchor, types, max(at.source.find(at.anchor), 0))
    if at.needs_previous and first:
        said = ("no step comes before the first one", "write `in 1 hour`, `next day 10:00` …")
        context.say(node, said, max(at.source.find("previous"), 0))


def _templates(keys: AnyKeys, node: Node, context: Context) -> dict[str, str]:
    """Variant → template; those that don't exist are noted."""
    if isinstance(keys, SmsKeys | EmailKeys):
        for variant, name in keys.template.items():
            context.say(node.at("template", variant), context.templates.missing(name, keys.called))
        return dict(keys.template)
    if isinstance(keys, CallKeys) and keys.script:
        context.say(node.at("script"), context.templates.missing(keys.script, "call"))
        return {"": keys.script}
    return {}


def _told(
    keys: AnyKeys, templates: dict[str, str], node: Node, types: Sequence[str], context: Context, *, first: bool
) -> Told:
    """What the step's templates and texts speak of; what isn't there is noted."""
    told = Told()
    for name in templates.values():
        told |= check_template(keys.called, name, types, context, first=first)
    texts = keys.facts if isinstance(keys, RememberKeys) else ("title", "details") if isinstance(keys, TaskKeys) else ()
    for key in texts:
        if key in node.entries():
            told |= check_text(node.at(key), types, context, first=first)
    return told


def _check_names(steps: Sequence[Step], node: Node, context: Context) -> None:
    """A step's name is a part of traces and of outcomes: no two may share one."""
    first: dict[str, Step] = {}
    for step in steps:
        other = first.setdefault(step.name, step)
        if other is not step:
            place = node.at("steps", step.index, step.channel, "name")
            before = node.at("steps", other.index, other.channel)
            line = (before.key or before).line
            context.say(
                place, (f"two steps are called `{step.name}`; the first is in line {line}", "give each its own name")
            )

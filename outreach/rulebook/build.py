"""From the shape of a rule to the rule: what needs more than one value to judge is judged here, all of it at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import blake2b

from outreach.core.rule import Rule, Trigger
from outreach.rulebook.context import Context
from outreach.rulebook.places import Node
from outreach.rulebook.shape import fit
from outreach.rulebook.shapes import RuleShape
from outreach.rulebook.steps import build_steps
from outreach.rulebook.triggers import build_trigger, event_types


def build_rule(name: str, written: Node, context: Context) -> Rule | None:
    """The rule that stands here; None when too little of it is right. Its mistakes are added to the context's."""
    shape, node = fit(RuleShape, written, context.problems)
    if shape is None:
        return None
    trigger = _trigger(shape, node, written, context)
    types = event_types(trigger)
    when = context.condition(node.at("when"), shape.when, types, previous=False)
    _check_keys(shape, node, types, context)
    steps = build_steps(shape, node, written, types, context)
    if trigger is None or not steps:
        return None
    return Rule(
        name=name, trigger=trigger, steps=steps, version=version_of(written), about=shape.about, when=when,
        purpose=shape.purpose, priority=shape.priority, once_per=shape.once_per.per,
        once_window=shape.once_per.window, stop_on=shape.stop_on, key=shape.key, on_cap=shape.on_cap, late=shape.late,
        max_event_age=shape.max_event_age, must_still_match=shape.if_no_longer_matches == "stop",
        holdout=shape.holdout, max_per_day=shape.max_per_day, active=shape.active, starts=shape.starts, ends=shape.ends,
        sites=shape.site, owner=shape.owner, file=written.file, line=(written.key or written).line,
    )  # fmt: skip


def version_of(node: Node) -> str:
    """A short hash of what a rule says, however it is written."""
    said = json.dumps(node.plain(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return blake2b(said.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def _trigger(shape: RuleShape, node: Node, written: Node, context: Context) -> Trigger | None:
    if shape.on is None:
        if not RuleShape.meant(written, "on"):
            context.say(written.key or written, ("the rule has no trigger", "write `on: purchase`, or another event"))
        return None
    return build_trigger(shape.on, node.at("on"), context)


def _check_keys(shape: RuleShape, node: Node, types: Sequence[str], context: Context) -> None:
    """What the rule's own keys say together."""
    for i, pattern in enumerate(shape.stop_on):
        context.check_type(node.at("stop_on", i), pattern)
    if shape.key:
        context.check_field(node.at("key"), f"event.{shape.key}", types)
    if shape.starts and shape.ends and shape.ends < shape.starts:
        hint = f"`from` is {shape.starts}"
        context.say(node.at("until"), (f"`until` ({shape.ends}) is before `from`: the rule never starts", hint))

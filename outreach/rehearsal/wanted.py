"""What a test expects: which contact of whom, and what of it is to be compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from outreach.core.follow_up import BY_STAFF
from outreach.rehearsal.cases import TOOK_PLACE, Wanted
from outreach.rehearsal.codes import wrong_code
from outreach.rehearsal.naming import Named, Wrong
from outreach.rehearsal.scene import Scene
from outreach.rehearsal.shapes import ContactShape
from outreach.rulebook.hints import any_of, did_you_mean
from outreach.rulebook.places import Node


def wanted_of(scene: Scene, shapes: Iterable[ContactShape], node: Node) -> Iterator[Wanted]:
    """The contacts below `expect`, `never` or `planned`; what is wrong is noted and left out."""
    for number, shape in enumerate(shapes):
        found = _wanted(scene, shape, node.at(number))
        if found is not None:
            yield found


def _wanted(scene: Scene, shape: ContactShape, node: Node) -> Wanted | None:
    before = len(scene.problems)
    customer = scene.customer(shape.customer, node)
    channel = shape.channels[0] if shape.channels else ""
    named = scene.step(getattr(shape, channel), channel, node) if channel else None
    for key, wrong in _misfits(shape, channel, named):
        scene.say(node.at(key), wrong)
    if shape.reason:
        policy, rule = scene.book.policy, named.rule if named else None
        scene.say(node.at("reason"), wrong_code(shape.reason, channel, rule, policy))
    if len(scene.problems) > before:
        return None
    return Wanted(
        customer=customer, line=node.line, channel=channel, rule=named.rule.name if named else "",
        step=named.step.name if named else "", at=shape.at, due=shape.due, outcome=shape.outcome,
        status=shape.status, reason=shape.reason, says=shape.says, address=shape.address,
        variant=shape.variant, assign=shape.assign,
    )  # fmt: skip


def _misfits(shape: ContactShape, channel: str, named: Named | None) -> Iterator[tuple[str, Wrong]]:
    """Keys that don't go together, or don't belong to that step."""
    if shape.outcome and channel not in BY_STAFF:
        yield "outcome", ("`outcome` is what came of a call or task", "leave it out")
    elif shape.outcome and (shape.reason or shape.status not in ("", "done")):
        yield "outcome", ("what has an `outcome` was done", "leave out `status` and `reason`, or `outcome`")
    if shape.reason and shape.status in TOOK_PLACE:
        hint = "for a call or task write `outcome`" if channel in BY_STAFF else "leave it out"
        yield "reason", ("a `reason` says why something did not take place", hint)
    right = "done" if channel in BY_STAFF else "sent"
    if channel and shape.status in TOOK_PLACE - {right}:
        yield "status", (f"`{channel}` is never `{shape.status}`", f"write `{right}`, or leave it out")
    if shape.status == "listed" and channel not in BY_STAFF:
        yield "status", (f"`{channel}` is never `listed`", "only calls and tasks are")
    if shape.assign and channel not in BY_STAFF:
        yield "assign", ("only calls and tasks are assigned to somebody", "leave it out")
    if shape.variant and named and shape.variant not in named.step.templates:
        variants = [name for name in named.step.templates if name]
        hint = did_you_mean(shape.variant, variants) or (f"write {any_of(variants)}" if variants else "it has no split")
        yield "variant", (f"`{named}` has no variant `{shape.variant}`", hint)

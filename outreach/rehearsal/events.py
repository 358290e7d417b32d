"""The events of a test: event lines with their times on the customer's clock, and what came of calls and tasks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from outreach.core.event import Event
from outreach.core.rule import OnMissing, type_matches
from outreach.core.starting import fires_on
from outreach.doors.lines import event_of
from outreach.flow.effects import refuse
from outreach.flow.intake import ENGINE_TYPES
from outreach.rehearsal.scene import Scene
from outreach.rehearsal.shapes import BY_STAFF, EventShape
from outreach.rulebook.fields import stranger, unknown_field
from outreach.rulebook.hints import any_of, did_you_mean
from outreach.rulebook.places import Node


def events_of(scene: Scene, shapes: Iterable[EventShape], node: Node) -> Iterator[tuple[Event, Node]]:
    """The events below `given`, each with its place; what is wrong is noted and left out."""
    for number, shape in enumerate(shapes):
        here = node.at(number)
        event = _event(scene, shape, here, number)
        if event is not None:
            _warn(scene, event, here)
            yield event, here


def _event(scene: Scene, shape: EventShape, node: Node, number: int) -> Event | None:
    before = len(scene.problems)
    customer = scene.customer(shape.customer, node)
    line = _outcome(scene, shape, node) if any(getattr(shape, c) for c in BY_STAFF) else _line(scene, shape, node)
    if shape.time.unit == "day":
        scene.say(node.at("time"), ("`time` lacks the time of day", f"write `{shape.time.at:%Y-%m-%d} 14:00`"))
    if len(scene.problems) > before:
        return None
    time = shape.time.instant(scene.cast.zone(customer))
    event = event_of(line | {"id": shape.id or f"event-{number + 1}", "customer": customer, "time": time})
    wrong = event if isinstance(event, str) else refuse(event) if event.type in ENGINE_TYPES else ""
    if wrong or isinstance(event, str):
        word = wrong.split()[0].strip("`")
        scene.say(node.inside(["data", word])[-1] if word in shape.data else node.at(word), (wrong, ""))
        return None
    return event


def _line(scene: Scene, shape: EventShape, node: Node) -> dict[str, Any]:
    """An event line, but for who and when: as it is written, or a named event with what is different about it."""
    own = {"type": shape.type, "site": shape.site, "source": shape.source, "data": shape.data}
    if not shape.event:
        return own
    sample = scene.samples.get(shape.event)
    if sample is None:
        names = scene.samples
        hint = did_you_mean(shape.event, names) or (f"they are {any_of(names)}" if names else "name it under `events:`")
        scene.say(node.at("event"), (f"this file has no event `{shape.event}`", hint))
        return own
    data = {name: value for name, value in {**sample.data, **shape.data}.items() if value is not None}
    return {"type": sample.type, "site": shape.site or sample.site, "source": shape.source or sample.source,
            "data": data}  # fmt: skip


def _outcome(scene: Scene, shape: EventShape, node: Node) -> dict[str, Any]:
    """What came of a call or task, as the event that says so."""
    channel = next(c for c in BY_STAFF if getattr(shape, c))
    named = scene.step(getattr(shape, channel), channel, node)
    if named is None:
        return {}
    said = {"outcome": shape.outcome, "by": shape.by, "note": shape.note}
    about = {"rule": named.rule.name, "step": named.step.name}
    data = shape.data | about | {name: value for name, value in said.items() if value}
    return {"type": "outcome", "site": shape.site, "source": shape.source, "data": data}


def _warn(scene: Scene, event: Event, node: Node) -> None:
    """A name that is probably misspelt: what it starts in the rules is nothing."""
    known = scene.book.known
    rules = scene.book.rules
    spoken = chain.from_iterable(
        (*fires_on(r), *r.stop_on, *(r.trigger.missing if isinstance(r.trigger, OnMissing) else ())) for r in rules
    )
    if not any(type_matches(pattern, event.type) for pattern in spoken):
        hint = stranger(event.type, known) if known.event_fields else None
        if hint and hint.startswith("did you mean"):
            scene.say(node.at("type"), (f"no event `{event.type}` is declared or was ever seen", hint), "warning")
    for name in event.data:
        odd = unknown_field(f"event.{name}", [event.type], known) if event.type != "outcome" else None
        if odd is not None and odd[1].startswith("did you mean"):
            scene.say(node.at("data", name).key or node, (odd[0], odd[1]), "warning")

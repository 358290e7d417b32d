"""Whether what a template speaks of is there, for the rule that uses it: `customer.frist_name` must not wait for a
customer to be found.

A name that is unknown stops the message at run time, and so it is an error here, as in a condition. Where the template
provides for its absence (`|default`, `is defined`) it is let pass, unless it looks like a slip: then the default would
stand in every message.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from outreach.errors import Problem
from outreach.ports import Reading, Spoken
from outreach.rulebook.context import Context
from outreach.rulebook.places import Node
from outreach.rulebook.step_shapes import RememberKeys
from outreach.rulebook.template_names import Said, complaint, slip


@dataclass(frozen=True, slots=True)
class Told:
    """What a step's templates speak of, beyond its event and its customer: past events of these types, and whether
    they tell of the step before."""

    history: frozenset[str] = frozenset()
    previous: bool = False

    def __or__(self, other: Told) -> Told:
        return Told(self.history | other.history, self.previous or other.previous)


def check_template(channel: str, name: str, types: Sequence[str], context: Context, *, first: bool) -> Told:
    """Every file of a template, for a step of a rule on these event types; `first`: no step comes before it."""
    told = Told()
    for reading in context.reader.read(channel, name) if context.reader else ():
        context.problems += reading.problems
        if reading.sms is not None:
            context.sms[reading.file] = reading.sms
        for at, (said, hint, severity) in _complaints(reading, types, context, first):
            wrong = Problem(
                file=reading.file, line=at.line, column=at.column, message=said, text=at.text, hint=hint,
                severity=severity,
            )  # fmt: skip
            context.problems.append(wrong)
        told |= _told(reading)
    return told


def check_text(node: Node, types: Sequence[str], context: Context, *, first: bool) -> Told:
    """A text that stands in the rule itself: a task's title or details."""
    if context.reader is None or not isinstance(node.value, str):
        return Told()
    reading = context.reader.read_text(node.value)
    lines = node.value.split("\n")
    for wrong in reading.problems:
        offset = sum(len(line) + 1 for line in lines[: wrong.line - 1]) + wrong.column - 1
        context.say(node, (wrong.message, wrong.hint), offset, wrong.severity)
    for name, (said, hint, severity) in _complaints(reading, types, context, first):
        context.say(node, (said, hint), name.offset, severity)
    return _told(reading)


def remembered(rules: Iterable[Node]) -> frozenset[str]:
    """The names of what `remember` steps put into memories."""
    steps = (step for rule in rules if isinstance(given := rule.at("steps").value, list) for step in given)
    return frozenset(
        name for step in steps if (facts := step.entries().get("remember")) for name in facts.entries()
    ) - frozenset(RememberKeys.keys())


def _told(reading: Reading) -> Told:
    past = {name.parts[1] for name in reading.names if name.parts[0] == "history" and len(name.parts) > 1}
    return Told(frozenset(past), any(name.parts[0] == "previous" for name in reading.names))


def _complaints(reading: Reading, types: Sequence[str], context: Context, first: bool) -> Iterator[tuple[Spoken, Said]]:
    """What is wrong with each name; the same warning once."""
    warned: set[str] = set()
    for name in reading.names:
        said = complaint(name, types, context, first=first)
        if said is not None and name.guarded:
            said = slip(name, said)
        if said is None or (said[2] == "warning" and said[0] in warned):
            continue
        warned.add(said[0])
        yield name, said

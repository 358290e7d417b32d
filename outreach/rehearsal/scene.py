"""What the parts of one test are checked against, and the book into which their mistakes go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from outreach.core.rule import Rule
from outreach.errors import Problem
from outreach.rehearsal.casting import Cast
from outreach.rehearsal.naming import Named, Wrong, find_step
from outreach.rehearsal.shapes import SampleShape
from outreach.rulebook.load import Rulebook
from outreach.rulebook.places import Node


@dataclass(slots=True)
class Scene:
    """`mine` are the rules that the file speaks of, `named` are all of them; `samples` the file's events by name."""

    book: Rulebook
    named: Mapping[str, Rule]
    mine: frozenset[str]
    cast: Cast
    samples: Mapping[str, SampleShape]
    problems: list[Problem]

    def say(self, node: Node, wrong: Wrong | None, severity: str = "error") -> None:
        """Note a mistake, if there is one."""
        if wrong is not None:
            self.problems.append(node.problem(*wrong, severity=severity))

    def customer(self, said: str, node: Node) -> str:
        """Who is meant in this event or contact."""
        self.say(node.at("customer"), self.cast.missing(said))
        return said or self.cast.only

    def step(self, said: str, channel: str, node: Node) -> Named | None:
        """The step that is meant in this event or contact."""
        found = find_step(said, channel, self.mine, self.named)
        if isinstance(found, Named):
            return found
        self.say(node.at(channel), found)
        return None

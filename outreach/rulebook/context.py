"""What the parts of a rule are checked against, and the book into which their mistakes go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from outreach.core.rule import Condition
from outreach.errors import Problem
from outreach.ports import SmsLength, TemplateReader
from outreach.rulebook.conditions import Compiled, Known, compile_condition
from outreach.rulebook.fields import stranger, unknown_field
from outreach.rulebook.places import Node
from outreach.rulebook.templates import Templates


@dataclass(slots=True, kw_only=True)
class Context:
    """What rules are checked against, and where their mistakes go.

    `strict=False` makes unknown fields warnings; without a `reader` templates must be there, but what they say isn't
    looked at. `sms` has what each SMS costs, by file; `remembered` are the names of what rules remember.
    """

    known: Known
    templates: Templates
    reader: TemplateReader | None = None
    strict: bool = True
    problems: list[Problem] = field(default_factory=list)
    sms: dict[str, SmsLength] = field(default_factory=dict)
    remembered: frozenset[str] = frozenset()

    def say(self, node: Node, found: tuple[str, str] | None, offset: int = 0, severity: str = "error") -> None:
        """Note a mistake, if one was found."""
        if found is not None:
            self.problems.append(node.problem(*found, offset=offset, severity=severity))

    def check_field(self, node: Node, path: str, types: Sequence[str], offset: int = 0) -> None:
        """Note when `event.arrival` or `customer.renews_on` is no known field."""
        found = unknown_field(path, types, self.known)
        if found is not None:
            self.say(node, found[:2], offset, "error" if found[2] and self.strict else "warning")

    def check_type(self, node: Node, pattern: str) -> None:
        """Note when no such event was ever heard of: a misspelt one would never fire. Where nothing at all is known,
        that is said once and not here."""
        hint = stranger(pattern, self.known) if self.known.event_fields else None
        if hint is not None:
            self.say(node, (f"no event `{pattern}` is declared or was ever seen", hint), severity="warning")

    def condition(self, node: Node, texts: Sequence[str], types: Sequence[str], *, previous: bool) -> Condition | None:
        """The condition in `when`; None when there is none or it is wrong. `previous`: whether a step came before."""
        if not texts:
            return None
        items = node.value if isinstance(node.value, list) else [node]
        found = compile_condition(texts, types, self.known, strict=self.strict)
        for problem in found.warnings if isinstance(found, Compiled) else found:
            place = items[min(problem.index, len(items) - 1)]
            self.say(place, (problem.message, problem.hint), problem.offset, problem.severity)
        if not isinstance(found, Compiled):
            return None
        if found.uses_previous and not previous:
            i = next(i for i, text in enumerate(texts) if "previous" in text)
            said = (
                "no step comes before this, so `previous` is always empty",
                "it belongs into the `when` of a later step",
            )
            self.say(items[i], said, texts[i].find("previous"))
        return found

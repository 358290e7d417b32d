"""Which rules no test speaks of, and which steps were never seen to take place in one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from outreach.core.rule import Rule
from outreach.rehearsal.cases import TOOK_PLACE
from outreach.rehearsal.judging import Result


@dataclass(frozen=True, slots=True)
class Coverage:
    """`untested` are names of rules; `unseen` are steps (`RULE/STEP`) of the other rules."""

    untested: tuple[str, ...]
    unseen: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing is missing."""
        return not self.untested and not self.unseen


def coverage(rules: Iterable[Rule], results: Iterable[Result]) -> Coverage:
    """What these tests leave out of these rules; a rule that is switched off does nothing that could be seen.

    A step counts when a test expects it to take place, and it does: that it can be refused shows little of it. What is
    only remembered shows in other rules.
    """
    as_wanted = [line for r in results for line in r.lines if line.wanted and line.happened and line.mark == " "]
    seen = {(h.rule, h.step) for line in as_wanted if (h := line.happened) and h.status in TOOK_PLACE}
    tested = {h.rule for line in as_wanted if (h := line.happened)}
    steps = {r.name: [s.name for s in r.steps if s.channel != "remember"] for r in rules if r.active}
    active = [name for name, names in steps.items() if names]
    missing = [(name, s) for name in active if name in tested for s in steps[name] if (name, s) not in seen]
    return Coverage(
        untested=tuple(name for name in active if name not in tested),
        unseen=tuple(f"{rule}/{step}" for rule, step in missing),
    )

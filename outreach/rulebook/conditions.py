"""Conditions (`when`): CEL, checked when the rules are read, run as Python code made from CEL's own tree.

What isn't there makes the comparison that touches it false, and nothing raises at run time:

- `event.total >= 30` is false without a total, so `!(event.total >= 30)` is true; `event.x != 3` is false without an x.
- A value that is no comparison counts only when it is exactly true: without `vip`, `event.vip` is false and
  `!event.vip` true.
- `x == null` holds for null and for what isn't there; `x != null` only for what is there.
- Beyond CEL: whole numbers and decimals mix, text is read as a time where a time stands on the other side (a date alone
  is its midnight in UTC), and anything divided by zero makes the comparison false.
- Bounded: 2,000 characters, 500 nodes, 32 levels; loops of one evaluation take 20,000 steps, then it is false.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from outreach.rulebook.cel.build import Scope, function
from outreach.rulebook.cel.check import Checked, check
from outreach.rulebook.cel.code import Writer
from outreach.rulebook.cel.explain import SIMPLE, Part, parts, plain
from outreach.rulebook.cel.fields import Fields, Known
from outreach.rulebook.cel.problem import ConditionProblem
from outreach.rulebook.cel.tree import Call

__all__ = ["Compiled", "ConditionProblem", "Known", "Scope", "compile_condition"]

#: Expressions in a list.
MOST = 50


class Compiled:
    """A checked condition, ready to be asked, and what it needs to be answered.

    `needs_facts` (event types whose history it reads), `needs_open` (open holds), and whether it reads the event, the
    customer, the previous step, the time. `warnings` are what may be a mistake and may be meant.
    """

    #: Whether it is true in this scope. An attribute, because a method would double what the call costs.
    holds: Callable[[Scope], bool]

    def __init__(self, items: Sequence[Checked]):
        self._items = items
        self.source = " && ".join(_joined(item) for item in items) if len(items) > 1 else items[0].source
        self.warnings = _numbered(items)
        roots = frozenset().union(*(item.needs.roots for item in items))
        self.uses_event, self.uses_customer = "event" in roots, "customer" in roots
        self.uses_previous, self.uses_now = "previous" in roots, "now" in roots
        self.needs_facts: frozenset[str] = frozenset().union(*(item.needs.facts for item in items))
        self.needs_open = any(item.needs.open for item in items)
        self.holds = self.raw(guarded=True)

    def __reduce__(self) -> tuple[type[Compiled], tuple[Sequence[Checked]]]:
        return Compiled, (self._items,)  # generated code can't be sent to another process, what it is made from can

    def __repr__(self) -> str:
        return f"Compiled({self.source!r})"

    def explain(self, scope: Scope) -> list[tuple[str, bool, dict[str, Any]]]:
        """Each part (of the list, and between its outer `&&`): its source, its result, the values seen by the path or
        call that gave them; "missing" for what isn't there, "no value" for what can't be computed."""
        return [part.explain(scope) for part in self._parts]

    def seen(self, scope: Scope) -> dict[str, Any]:
        """The values seen by each path or call, without asking again what came out: for a condition known to hold."""
        return {
            text: seen if (seen := value(scope)).__class__ in SIMPLE else plain(seen) for text, value in self._operands
        }

    @cached_property
    def _operands(self) -> tuple[tuple[str, Callable[[Scope], Any]], ...]:
        return tuple({text: value for part in self._parts for text, value in part.operands}.items())

    @cached_property
    def _parts(self) -> list[Part]:
        return [part for item in self._items if item.tree for part in parts(item.tree, item.source)]

    def raw(self, *, guarded: bool = False) -> Callable[[Scope], bool]:
        """The function behind `holds`; unless `guarded` it lets through what facts raise."""
        bound: dict[str, Any] = {}
        truths = [Writer(bound).truth(item.tree.root) for item in self._items if item.tree]
        return function(" and ".join(truths), bound, False, guarded=guarded)


def compile_condition(
    source: str | Sequence[str], event_types: Sequence[str] = (), known: Known | None = None, *, strict: bool = True
) -> Compiled | tuple[ConditionProblem, ...]:
    """A condition for rules on these event types, or all that is wrong with it (errors and warnings, in order).

    A list means that all must hold. `known` are the fields that names are checked against; `strict=False` makes unknown
    fields warnings.
    """
    items = [source] if isinstance(source, str) else list(source)
    if not 0 < len(items) <= MOST:
        return (ConditionProblem(0, f"a list of {len(items)} conditions", f"write 1 to {MOST} of them"),)
    fields = Fields(known or Known(), event_types)
    checked = [check(item, fields, strict=strict) for item in items]
    problems = _numbered(checked)
    return problems if any(problem.severity == "error" for problem in problems) else Compiled(checked)


def _numbered(items: Sequence[Checked]) -> tuple[ConditionProblem, ...]:
    return tuple(replace(problem, index=i) for i, item in enumerate(items) for problem in item.problems)


def _joined(item: Checked) -> str:
    """Its source between two `&&`, which bind more tightly than `||` and `? :`."""
    root = item.tree.root if item.tree else None
    loose = isinstance(root, Call) and root.function in ("_||_", "_?_:_")
    source = f"{item.source}\n" if "//" in item.source else item.source  # a comment would swallow what follows
    return f"({source})" if loose else source

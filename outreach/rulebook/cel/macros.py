"""Macros, recognised in what CEL's parser makes of them: `list.exists(x, …)` arrives as a loop with an accumulator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from outreach.rulebook.cel.tree import Call, Const, ListOf, Loop, Node


@dataclass(frozen=True, slots=True)
class Macro:
    """What a loop was written as: the function of `loops` that runs it, `test` chooses elements, `made` is what
    becomes of each (None where only yes or no is asked)."""

    kind: Literal["exists", "every", "exists_one", "collect"]
    test: Node | None
    made: Node | None = None


def macro(loop: Loop) -> Macro:
    """The macro behind a loop. `filter` is a `map` that makes of each element itself. Raises ValueError."""
    match loop.inner:
        case (Const(value=False), _, Call(function="_||_", args=(_, test)), _):
            return Macro("exists", test)
        case (Const(value=True), _, Call(function="_&&_", args=(_, test)), _):
            return Macro("every", test)
        case (Const(value=0), _, Call(function="_?_:_", args=(test, _, _)), _):
            return Macro("exists_one", test)
        case (ListOf(), _, Call(function="_?_:_", args=(test, Call(args=(_, ListOf(items=(made,)))), _)), _):
            return Macro("collect", test, made)
        case (ListOf(), _, Call(function="_+_", args=(_, ListOf(items=(made,)))), _):
            return Macro("collect", None, made)
    raise ValueError("a loop that none of CEL's macros makes")

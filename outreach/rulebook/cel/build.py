"""From expressions in Python to functions that never raise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from outreach.rulebook.cel import arithmetic, loops, values

Scope = Mapping[str, Any]
_HELPERS: Final[dict[str, Any]] = {
    name: getattr(module, name)
    for module, names in (
        (values, "Absent MISSING ERROR get index eq ne lt le gt ge contains size list_of map_of"),
        (arithmetic, "add subtract multiply divide modulo negate timestamp duration days_since"),
        (loops, "STEPS exists every exists_one collect"),
    )
    for name in names.split()
}
#: What stands in the code → the line that must come before it.
_LINES: Final = {
    # A scope that makes names when they're asked for has the event from the start, and no method need be called.
    "event.": 'event = ("event" in scope and scope["event"]) or NOTHING',
    "customer.": 'customer = scope.get("customer") or NOTHING',
    "previous.": 'previous = scope.get("previous") or NOTHING',
    "now": 'now = scope["now"]',
    "facts.": 'facts = scope["facts"]',
    "budget": "budget = [STEPS]",
}


def function(code: str, bound: Mapping[str, Any], otherwise: Any, *, guarded: bool = True) -> Callable[[Scope], Any]:
    """A function of the scope that gives the value of `code`; `otherwise` where that raises: facts and long loops may.

    `guarded=False` lets it raise, for tests.
    """
    needed = [line for sign, line in _LINES.items() if sign in code]
    body = [*needed, f"return {code}"]
    if guarded:
        body = ["try:", *(f"  {line}" for line in body), "except Exception:", "  return OTHERWISE"]
    source = "def condition(scope):\n" + "\n".join(f"  {line}" for line in body)
    space: dict[str, Any] = {**_HELPERS, **bound, "NOTHING": {}, "OTHERWISE": otherwise}
    exec(compile(source, "<condition>", "exec"), space)
    made: Callable[[Scope], Any] = space["condition"]
    return made

"""What macros do at run time. `budget` is a list with one number: how many steps all loops together may still take,
since loops in loops over a long list would take for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from outreach.rulebook.cel.values import ERROR, Absent

#: Steps of all loops of one evaluation together.
STEPS: Final = 20_000

Test = Callable[[Any], bool]


class OutOfSteps(Exception):
    """A condition loops for too long; it is false then."""


def exists(over: Any, test: Test, budget: list[int]) -> bool:
    """Whether one element passes."""
    return any(map(test, _elements(over, budget) or ()))


def every(over: Any, test: Test, budget: list[int]) -> bool:
    """Whether all elements pass; false when there is no list."""
    elements = _elements(over, budget)
    return elements is not None and all(map(test, elements))


def exists_one(over: Any, test: Test, budget: list[int]) -> bool:
    """Whether exactly one element passes."""
    return sum(map(test, _elements(over, budget) or ())) == 1


def collect(over: Any, test: Test | None, make: Callable[[Any], Any], budget: list[int]) -> Any:
    """What `make` makes of the elements that pass."""
    elements = _elements(over, budget)
    if elements is None:
        return ERROR
    made = [make(element) for element in elements if test is None or test(element)]
    return ERROR if any(value.__class__ is Absent for value in made) else made


def _elements(over: Any, budget: list[int]) -> Collection[Any] | None:
    """The elements of a list, the keys of a record, None for anything else."""
    if not isinstance(over, (list, tuple, Mapping)):
        return None
    budget[0] -= len(over)
    if budget[0] < 0:
        raise OutOfSteps
    return over

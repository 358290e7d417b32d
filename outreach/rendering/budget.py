"""What one message may take to be made. Jinja's language has no end: loops nest, lists double, filters run over both.

    {% set a = [a, a] %}    forty of these are a list that is printed in a million million words

So every round of a loop and every run of a filter is paid for by what it has to do, out of one purse a message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from typing import Any

from jinja2 import TemplateRuntimeError, Undefined, pass_context
from jinja2.runtime import Context

MOST_ROUNDS = 2_000
#: A step is about what a name, a comparison, an item of a list or fifty characters of a text cost.
MOST_STEPS = 50_000
CHARACTERS = 50
#: A list that stands in the template, with the lists in it.
MOST_ITEMS = 1_000

#: Names that no template can write, for what the sandbox itself puts into a template and its context.
BUDGET, EACH, SMALL = "what is left", "each item", "a small list"


class Budget:
    """What is left for one message."""

    __slots__ = ("rounds", "steps")

    def __init__(self) -> None:
        self.rounds, self.steps = MOST_ROUNDS, MOST_STEPS

    def go_round(self, weight: int) -> None:
        """One more round of a loop whose body is so heavy."""
        self.rounds -= 1
        if self.rounds < 0:
            raise TemplateRuntimeError(f"its loops go round more than {MOST_ROUNDS} times")
        self.spend(weight)

    def spend(self, steps: int) -> None:
        """So many steps."""
        self.steps -= steps
        if self.steps < 0:
            raise TemplateRuntimeError("it has too much to do")


@pass_context
def each(context: Context, items: Iterable[Any], weight: int) -> Iterator[Any]:
    """What every `for` runs over; `weight` is the number of nodes in its body."""
    budget: Budget = context[BUDGET]
    for item in items:
        budget.go_round(weight)
        yield item


def small(items: Iterable[Any]) -> Iterable[Any]:
    """A list or tuple that the template itself makes. One that holds itself many times over must not be printed."""
    count, waiting = 0, [items]
    while waiting:
        for item in waiting.pop():
            count += 1
            if count > MOST_ITEMS:
                raise TemplateRuntimeError(f"a list holds more than {MOST_ITEMS} items")
            if isinstance(item, list | tuple):
                waiting.append(item)
    return items


def paid(made: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that pays for what it is given."""
    passed = getattr(made, "jinja_pass_arg", None)
    which = passed.name if passed is not None else ""

    @pass_context
    def paying(context: Context, value: Any, *args: Any, **options: Any) -> Any:
        budget: Budget = context[BUDGET]
        if isinstance(value, str):
            budget.spend(len(value) // CHARACTERS)
        elif isinstance(value, Sized) and not isinstance(value, Undefined):
            budget.spend(len(value))
        elif isinstance(value, Iterator):
            value = _counted(value, budget)
        first = {"context": context, "eval_context": context.eval_ctx, "environment": context.environment}.get(which)
        return made(value, *args, **options) if first is None else made(first, value, *args, **options)

    return paying


def _counted(items: Iterator[Any], budget: Budget) -> Iterator[Any]:
    for item in items:
        budget.spend(1)
        yield item


def all_paid(filters: Mapping[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    """These filters, each paying."""
    return {name: paid(made) for name, made in filters.items()}

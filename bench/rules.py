"""Microseconds to ask one condition about one event, binding included, beside CEL's own runtime and two other engines.

    python -m bench.rules [events]

Five conditions as marketers write them, on the same random events, one run. For each event every engine is handed what
it is asked about, anew: the event's data, the customer, the past. Engines take turns within each round; the figures are
medians over the rounds, and what counts are the ratios. First all engines must agree on every answer.

The others get the best of it. Expressions are compiled once. None of them can ask for the past: that number is worked
out before, outside of the measured time; ours counts. Where a missing field would raise (CEL's own runtime, both
others), the expression asks first. rule-engine and zen-engine are measured where they are installed (`make bench`).
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Sequence
from statistics import median
from typing import Any

from bench.engines import CONDITIONS, Case, CelRuntime, Ours, RuleEngine, Zen, cases
from outreach.rulebook.conditions import compile_condition

EVENTS, TIMED, ROUNDS = 5_000, 500, 7
ALL = "all five, bound once"


def engines() -> list[Any]:
    """Those that are installed."""
    made = []
    for kind in (Ours, CelRuntime, RuleEngine, Zen):
        try:
            made.append(kind())
        except ImportError:
            print(f"{kind.name} is not installed")
    return made


def agree(there: Sequence[Any], asked: Sequence[Case]) -> list[int]:
    """How many events each condition holds for. Fails when two engines differ on one of them."""
    held = [0] * len(CONDITIONS)
    for case in asked:
        for i, condition in enumerate(CONDITIONS):
            answers = {engine.name: engine.asked[i](engine.bind(case, i)) for engine in there}
            assert set(answers.values()) in ({True}, {False}), f"{condition.name}: {answers} on {case}"
            held[i] += answers[Ours.name]
    return held


def measured(there: Sequence[Any], timed: Sequence[Case], rounds: int) -> dict[str, dict[str, float]]:
    """Microseconds for one event: by row, by engine."""
    rows = [*range(len(CONDITIONS)), None]
    took: dict[tuple[int | None, str], list[float]] = {(row, engine.name): [] for row in rows for engine in there}
    gc.collect()
    gc.disable()
    for turn in range(rounds):
        for row in rows:
            for engine in [*there[turn % len(there) :], *there[: turn % len(there)]]:
                took[row, engine.name].append(_once(engine, row, timed))
    gc.enable()
    names = [condition.name for condition in CONDITIONS]
    return {
        ALL if row is None else names[row]: {engine.name: median(took[row, engine.name]) for engine in there}
        for row in rows
    }


def _once(engine: Any, row: int | None, timed: Sequence[Case]) -> float:
    bind, asked = engine.bind, engine.asked if row is None else [engine.asked[row]]
    began = time.perf_counter()
    for case in timed:
        scope = bind(case, row)
        for ask in asked:
            ask(scope)
    return (time.perf_counter() - began) / len(timed) * 1e6


def main(events: int = EVENTS, rounds: int = ROUNDS) -> None:
    """Prints the table."""
    there, asked = engines(), cases(events)
    held = agree(there, asked)
    names = ", ".join(engine.name for engine in there)
    print(f"{names} agree on {events:,} events; they hold for {', '.join(f'{n / events:.0%}' for n in held)}\n")
    print("µs for one event, binding included; in brackets how many times ours\n")
    print(f"{'':30}" + "".join(f"{engine.name:>20}" for engine in there))
    for name, took in measured(there, asked[:TIMED], rounds).items():
        cells = (
            f"{us:.1f}" + ("" if who == Ours.name else f" ({us / took[Ours.name]:.1f}×)") for who, us in took.items()
        )
        print(f"{name:30}" + "".join(f"{cell:>20}" for cell in cells))
    began = time.perf_counter()
    for condition in CONDITIONS:
        compile_condition(condition.ours, strict=False)
    print(f"\nto read and check one of them: {(time.perf_counter() - began) / len(CONDITIONS) * 1e3:.2f} ms")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:2]))

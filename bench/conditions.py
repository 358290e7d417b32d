"""Microseconds for one evaluation of five conditions: the generated Python beside CEL's own runtime and other engines.

    python bench/conditions.py

Ends by itself in a few seconds. The others get what is best for them: an expression compiled once, data already in
their form, our functions left out. zen-engine and rule-engine are measured when they are installed.
"""

from __future__ import annotations

import importlib
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from cel_expr_python import cel
from google.protobuf.timestamp_pb2 import Timestamp

from outreach.rulebook.conditions import Compiled, compile_condition

NOW = datetime(2026, 11, 2, 15, tzinfo=UTC)
BEFORE = Timestamp()
BEFORE.FromDatetime(NOW - timedelta(hours=2))
EVENT = {
    "service": "haircut", "total": 42, "time": NOW - timedelta(hours=2), "note": "a bit too short",
    "items": [{"sku": f"s{i}", "price": 1.5 * i} for i in range(5)],
}  # fmt: skip
CUSTOMER = {"tags": ["new", "vip"], "email": "ann@example.com", "plan": "gold"}
SCOPE = {"event": EVENT, "customer": CUSTOMER, "previous": {"outcome": "no_answer"}, "now": NOW, "facts": None}

#: name → CEL, rule-engine's spelling, zen-engine's spelling (None: it has no way to say it).
CONDITIONS: dict[str, tuple[str, str | None, str | None]] = {
    "membership and number": (
        "event.service in ['haircut', 'colour'] && event.total >= 30",
        "event.service in ['haircut', 'colour'] and event.total >= 30",
        "event.service in ['haircut', 'colour'] and event.total >= 30",
    ),
    "tags, null, text": (
        "'vip' in customer.tags && event.note != null && customer.email.endsWith('.com')",
        "'vip' in customer.tags and event.note != null and customer.email.ends_with('.com')",
        "'vip' in customer.tags and event.note != null and endsWith(customer.email, '.com')",
    ),
    "arithmetic, or, not": (
        "(event.total * 2 > 50 || event.total < 5) && !(previous.outcome == 'reached')",
        "(event.total * 2 > 50 or event.total < 5) and not (previous.outcome == 'reached')",
        "(event.total * 2 > 50 or event.total < 5) and not (previous.outcome == 'reached')",
    ),
    "times": ("event.time < now && now - event.time < duration('24h')", None, None),
    "a macro over five items": (
        "event.items.exists(i, i.price > 4.0)", "$any([i for i in event.items if i.price > 4.0])",
        "some(event.items, #.price > 4)",
    ),
}  # fmt: skip


def microseconds(work: Callable[[], Any], seconds: float = 0.3) -> float:
    """The best of five rounds, each a fifth of `seconds` long."""
    assert work(), "every condition here holds"
    count, best = 10, 1e9
    while True:
        began = time.perf_counter()
        for _ in range(count):
            work()
        took = time.perf_counter() - began
        if took > seconds / 20:
            break
        count *= 2
    for _ in range(5):
        began = time.perf_counter()
        for _ in range(count):
            work()
        best = min(best, (time.perf_counter() - began) / count)
    return best * 1e6


def ours(source: str) -> Callable[[], Any]:
    made = compile_condition(source, strict=False)
    assert isinstance(made, Compiled), made
    holds = made.holds
    return lambda: holds(SCOPE)


def cel_runtime(source: str) -> Callable[[], Any]:
    record = cel.Type.Map(cel.Type.STRING, cel.Type.DYN)
    names = {"event": record, "customer": record, "previous": cel.Type.DYN, "now": cel.Type.TIMESTAMP}
    expression = cel.NewEnv(variables=names).compile(source)
    data = {name: SCOPE[name] for name in names} | {"event": EVENT | {"time": BEFORE}}
    return lambda: expression.eval(data=data).value()


def rule_engine(source: str) -> Callable[[], Any]:
    engine = importlib.import_module("rule_engine")
    rule = engine.Rule(source, context=engine.Context(default_value=None))
    return lambda: rule.matches(SCOPE)


def zen(source: str) -> Callable[[], Any]:
    expression = importlib.import_module("zen").compile_expression(source)
    data = json.loads(json.dumps(SCOPE, default=str))
    return lambda: expression.evaluate(data)


def measured(engine: Callable[[str], Callable[[], Any]], source: str | None) -> float | None:
    """None when the engine is not installed or can't say it."""
    if source is None:
        return None
    try:
        return microseconds(engine(source))
    except ImportError:
        return None
    except Exception as error:
        print(f"  {engine.__name__} failed on {source!r}: {type(error).__name__}")
        return None


def main() -> None:
    """Prints the table."""
    engines = {"outreach": ours, "cel runtime": cel_runtime, "rule-engine": rule_engine, "zen-engine": zen}
    print("µs for one evaluation; in brackets how many times ours\n")
    print(f"{'':26}" + "".join(f"{name:>22}" for name in engines))
    for name, (common, ruled, zenned) in CONDITIONS.items():
        row, base = f"{name:26}", 0.0
        for (title, engine), source in zip(engines.items(), (common, common, ruled, zenned), strict=True):
            took = measured(engine, source)
            base = took or base if title == "outreach" else base
            row += f"{'–' if took is None else f'{took:.2f}' + (f' ({took / base:.0f}×)' if took != base else ''):>22}"
        print(row)
    began = time.perf_counter()
    for source, _, _ in CONDITIONS.values():
        compile_condition(source, strict=False)
    print(f"\nto read and check one of them: {(time.perf_counter() - began) / len(CONDITIONS) * 1e3:.2f} ms")


if __name__ == "__main__":
    main()

"""The functions of conditions: which there are, how they are written, what their arguments may be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from outreach.core.span import MomentError, parse_span
from outreach.rulebook.cel.arithmetic import duration
from outreach.rulebook.cel.env import operation
from outreach.rulebook.cel.problem import ConditionProblem, nearest
from outreach.rulebook.cel.spelling import literal, start
from outreach.rulebook.cel.tree import Call, Const, Ident, Node
from outreach.rulebook.cel.values import ERROR, as_time

#: Our functions: how many arguments, an example, and which argument is a span of time.
OURS: Final[dict[str, tuple[tuple[int, ...], str, int]]] = {
    "last": ((1,), "last('purchase')", 9),
    "count": ((1, 2), "count('purchase', '90 days')", 1),
    "sum": ((2, 3), "sum('purchase', 'total', '1 year')", 2),
    "open": ((1,), "open('complaint')", 9),
    "ago": ((1,), "ago('30 days')", 0),
    "days_since": ((1,), "days_since(event.time)", 9),
}
#: CEL's own, by how they are called: `size(x)` and `x.size()`.
ALONE: Final = frozenset({"size", "timestamp", "duration", "int", "double", "string", "bool"})
AFTER: Final = frozenset({
    "size", "startsWith", "endsWith", "contains", "matches", "getFullYear", "getMonth", "getDate", "getDayOfMonth",
    "getDayOfWeek", "getDayOfYear", "getHours", "getMinutes", "getSeconds", "getMilliseconds",
})  # fmt: skip
MACROS: Final = frozenset({"exists", "all", "exists_one", "map", "filter"})
_MEANT: Final = {
    "len": "size(x)", "length": "size(x)", "includes": "x.contains('text'), or 'element' in list", "today": "now",
    "has": "has(event.field)", "date": "timestamp('2026-11-02T10:00:00Z')", "any": "list.exists(x, x > 1)",
    "some": "list.exists(x, x > 1)", "every": "list.all(x, x > 1)", "sumof": "sum('purchase', 'total')",
    "days_ago": "ago('30 days')", "isnull": "event.field == null", "in": "x in [1, 2]", "now": "now, without brackets",
    "since": "days_since(event.time)", "defined": "has(event.field)", "isset": "has(event.field)",
    "tag": "'vip' in customer.tags", "has_tag": "'vip' in customer.tags",
} | dict.fromkeys(("lower", "upper", "tolower", "toupper"), "x.matches('(?i)text') for any case") | dict.fromkeys(
    ("average", "avg", "mean"), "sum('purchase', 'total') / count('purchase')"
)  # fmt: skip
_STRICT_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)


def bad_call(node: Call, source: str) -> Iterator[ConditionProblem]:
    """What is wrong with a call: no such function, too many arguments, a span that can't be read."""
    name = node.function
    at = max(source.rfind(name, 0, node.at + 1), 0)
    if name == "overdue":
        hint = "compare days_since(last('visit').time)"
        yield ConditionProblem(at, "overdue() is not yet supported", hint, text=name)
    elif name in OURS:
        yield from _ours(node, source, at)
    elif name in ("timestamp", "duration") and len(node.args) == 1 and isinstance(node.args[0], Const):
        yield from _constant(name, node.args[0])
    elif name == "matches" and node.args and isinstance(node.args[-1], Const) and not _compiles(node.args[-1].value):
        yield ConditionProblem(node.args[-1].at, "the pattern in matches() can't be read", "it is a regular expression")
    elif name.isidentifier() and name not in (ALONE if node.target is None else AFTER):
        what = f"{name}() is not called like this" if name in MACROS else f"there is no function {name}()"
        yield ConditionProblem(at, what, _meant(node), text=name)


def _compiles(pattern: object) -> bool:
    return operation("matches", after=True, operands=2)("", pattern) is not ERROR


def _meant(node: Call) -> str:
    name = node.function
    if name == "exists" and len(node.args) == 1 and not isinstance(node.args[0], Ident):
        return "write has(event.field)"
    if name in MACROS:
        return f"write list.{name}(x, condition on x)"
    if name.lower() in _MEANT:
        return f"write {_MEANT[name.lower()]}"
    if name in ALONE or name in AFTER:
        return f"write {name}(x)" if name in ALONE else f"write event.field.{name}('text')"
    found = nearest(name, {*OURS, *ALONE} if node.target is None else {*AFTER, *MACROS})
    if found in OURS:
        return f"did you mean {OURS[found][1]}?"
    if found:
        return f"did you mean {found}()?"
    there = OURS if node.target is None else ("size", "contains", "startsWith", "endsWith", "matches", "exists", "all")
    return f"there are {', '.join(f'{name}()' for name in there)}"


def _ours(node: Call, source: str, at: int) -> Iterator[ConditionProblem]:
    name = node.function
    counts, example, span = OURS[name]
    if node.target is not None or len(node.args) not in counts:
        yield ConditionProblem(at, f"{name}() is not called like this", f"write {example}", text=name)
        return
    if name == "days_since":
        return
    for place, arg in enumerate(node.args):
        if not (isinstance(arg, Const) and isinstance(arg.value, str)):
            kind = "time span" if place == span else "field" if place else "name" if name == "open" else "event type"
            what = f"{name}() needs its {kind} written out, in quotes"
            yield ConditionProblem(start(arg, source), what, f"write {example}")
        elif place == span:
            yield from _span(arg, arg.value, example)
        elif not arg.value or "*" in arg.value:
            what = f"{name}() needs one name, not {literal(arg.value)}"
            yield ConditionProblem(arg.at, what, f"write {example}", text=arg.value)


def _span(arg: Node, text: str, example: str) -> Iterator[ConditionProblem]:
    try:
        span = parse_span(text)
    except MomentError as error:
        yield ConditionProblem(arg.at + 1 + error.offset, error.message, error.hint or f"write {example}", text=text)
        return
    if span.business:
        yield ConditionProblem(arg.at, "business days can't be counted back here", "write days or weeks", text=text)


def _constant(name: str, arg: Const) -> Iterator[ConditionProblem]:
    value, problem, hint = arg.value, "", ""
    if not isinstance(value, str):
        return
    if name == "duration" and duration(value) is ERROR:
        problem, hint = f"{literal(value)} is not a duration", f"write duration('{_hours(value)}')"
    elif name == "timestamp" and (not _STRICT_TIME.fullmatch(value) or as_time(value) is None):
        day = value[:10] if as_time(value[:10]) else "2026-11-02"
        problem, hint = f"{literal(value)} is not an instant", f"write timestamp('{day}T00:00:00Z')"
    if problem:
        yield ConditionProblem(arg.at, problem, hint, text=value)


def _hours(text: str) -> str:
    try:
        span = parse_span(text).elapsed
    except MomentError:
        span = timedelta()
    return f"{span // timedelta(hours=1)}h" if span >= timedelta(hours=1) else "24h"

"""Made-up values of usual length for what a template speaks of, so that it can be rendered before there is a customer.

What a name holds is taken from how it is used: `event.at|date` is a day, `event.total|money` a number, what a loop runs
over is a list. Where nothing tells, it is a text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from jinja2 import nodes

from outreach.rendering.speech import Parts, path

MOMENT: Final = datetime(2026, 11, 13, 15, tzinfo=UTC)
DAY: Final = "2026-11-13T15:00:00+00:00"
_LISTED: Final = ("join", "map", "select", "selectattr", "reject", "rejectattr", "sort", "unique", "list", "reverse")
#: By the filter behind a name, a value that it can take.
FILTERED: Final[Mapping[str, object]] = {
    "date": DAY, "time": DAY, "money": 42.5, "round": 42.5, "abs": 42.5, "int": 42.5, "float": 42.5, "sum": [42.5],
    "items": {"first": "second"}, **{name: ["first", "second"] for name in _LISTED},
}  # fmt: skip
#: As long as such things usually are, rather a little longer.
USUAL: Final[Mapping[str, object]] = {
    "first_name": "Alexandra", "last_name": "Montgomery", "name": "Alexandra", "email": "alexandra@example.com",
    "phone": "+12025550123", "timezone": "America/New_York", "country": "US", "region": "NY", "language": "en",
    "birthday": "1990-05-17", "tags": ["vip", "regular"], "site": "downtown", "time": MOMENT,
    "item": "espresso machine", "service": "consultation",
    "staff": "Marco", "outcome": "no_answer", "by": "Marco", "note": "will call back",
    "unsubscribe_url": "https://shop.example/u/0123456789abcdef0123456789abcdef",
}  # fmt: skip
_USUAL_LENGTH: Final = 12


def sample(
    names: Iterable[Parts], hints: Mapping[Parts, object], business: Mapping[str, str], unknown: object = None
) -> dict[str, object]:
    """A scope that has all these names. `hints` are values by their use; `unknown` stands where none is known."""
    scope: dict[str, Any] = {"now": MOMENT, "rule": {"name": "rule-name", "about": "Ask how it turned out."}}
    scope |= {root: {} for root in ("customer", "event", "previous", "memory", "history")} | {"also": []}
    for parts in sorted(set(names), key=len):
        root, *fields = parts
        if root in scope and not isinstance(scope[root], dict):
            continue
        value = hints.get(parts, USUAL.get(parts[-1], _text(parts[-1]) if unknown is None else unknown))
        if not fields:
            scope.setdefault(root, value if root in USUAL else {})
            continue
        inside = scope.setdefault(root, {})
        for field in fields[:-1]:
            if not isinstance(inside.get(field), dict):
                inside[field] = {}
            inside = inside[field]
        inside.setdefault(fields[-1], value)
    return scope | {"business": dict(business)}


def by_use(tree: nodes.Template) -> dict[Parts, object]:
    """For each name whose use tells what it holds, a value that will do."""
    found: dict[Parts, object] = {}
    for node in tree.find_all((nodes.Filter, nodes.BinExpr, nodes.Compare, nodes.Test)):
        match node:
            case nodes.Filter(node=nodes.Expr() as inner, name=name) if name in FILTERED:
                found.setdefault(path(inner)[0], FILTERED[name])
            case nodes.Compare(expr=left, ops=[nodes.Operand(op=op, expr=right)]) if op not in ("in", "notin"):
                _numbers(found, left, right)
            case nodes.And() | nodes.Or():
                pass
            case nodes.BinExpr(left=left, right=right):
                _numbers(found, left, right, both=not isinstance(node, nodes.Add))
            case nodes.Test(node=inner, name="divisibleby" | "even" | "odd" | "number" | "integer" | "float"):
                found.setdefault(path(inner)[0], 42)
    found |= {parts: [_item(item, fields, found)] * 2 for parts, (item, fields) in _lists(tree).items()}
    found.pop((), None)
    return found


def _numbers(found: dict[Parts, object], left: nodes.Node, right: nodes.Node, *, both: bool = False) -> None:
    """What stands beside a number is one."""
    for one, other in ((left, right), (right, left)):
        if both or (isinstance(other, nodes.Const) and isinstance(other.value, int | float)):
            found.setdefault(path(one)[0], 42)


def _lists(tree: nodes.Template) -> dict[Parts, tuple[str, set[str]]]:
    """What is looped over or asked for its first item; what an item is called, and which fields it is asked for."""
    found: dict[Parts, tuple[str, set[str]]] = {}
    for loop in tree.find_all(nodes.For):
        names = [path(node)[0] for node in loop.find_all((nodes.Getattr, nodes.Getitem))]
        item = loop.target.name if isinstance(loop.target, nodes.Name) else ""
        found.setdefault(path(loop.iter)[0], (item, set()))[1].update(p[1] for p in names if p[:1] == (item,) and p[1:])
    for node in tree.find_all((nodes.Getattr, nodes.Getitem)):
        match node:
            case nodes.Getitem(node=items, arg=nodes.Const(value=int())):
                found.setdefault(path(items)[0], ("", set()))
            case nodes.Getattr(node=nodes.Getitem(node=items, arg=nodes.Const(value=int())), attr=field):
                found.setdefault(path(items)[0], ("", set()))[1].add(field)
            case nodes.Getattr(node=nodes.Filter(node=nodes.Expr() as items, name="first" | "last"), attr=field):
                found.setdefault(path(items)[0], ("", set()))[1].add(field)
    return found


def _item(name: str, fields: set[str], hints: Mapping[Parts, object]) -> object:
    return {f: hints.get((name, f), USUAL.get(f, _text(f))) for f in sorted(fields)} or "first"


def _text(name: str) -> str:
    """A text of usual length that says what it stands for."""
    return name[:_USUAL_LENGTH].ljust(_USUAL_LENGTH, "x").replace("_", "-")

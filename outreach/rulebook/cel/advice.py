"""What CEL lets pass though it can't be meant: a condition that is a number, a list compared with a text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from outreach.rulebook.cel.never import never_true
from outreach.rulebook.cel.problem import ConditionProblem
from outreach.rulebook.cel.spelling import literal, path, start, written
from outreach.rulebook.cel.tree import Call, Const, Ident, Node, Select, Tree, children

_NUMBERS: Final = ("count", "sum", "days_since")
_COMPARE: Final = {"_==_": "==", "_!=_": "!=", "_<_": "<", "_<=_": "<=", "_>_": ">", "_>=_": ">="}
_NUMERIC: Final = ("int", "double", "number")
_NO_NUMBER: Final = ("string", "bool", "list", "timestamp", "duration", "event")
_NO_EVENT: Final = ("string", "bool", "list", "timestamp", "duration", "number", "int", "double")
_COMPUTE: Final = ("_+_", "_-_", "_*_", "_/_")
KINDS: Final = {
    "bool": "yes or no", "int": "a whole number", "double": "a decimal number", "number": "a number",
    "string": "a text", "list": "a list", "map": "a record", "timestamp": "a time", "duration": "a span of time",
    "null": "null", "null_type": "null", "event": "an event", "google.protobuf.Timestamp": "a time",
    "google.protobuf.Duration": "a span of time", "dyn": "any value", "type": "a type",
}  # fmt: skip


def kind(tree: Tree, node: Node) -> str:
    """What a node gives, as far as it can be told without data: CEL's kinds, "number", "event"; else "dyn"."""
    match node:
        case Call(function=name, target=None) if name in _NUMBERS:
            return "number"
        case Call(function="last", target=None):
            return "event"
        case Const(kind=kind_):
            return kind_
        case Call(function=name, args=args) if name in _COMPUTE and all(kind(tree, arg) in _NUMERIC for arg in args):
            return "number"
    return tree.kind(node)


def advice(tree: Tree, source: str, *, strict: bool) -> Iterator[ConditionProblem]:
    """Everything odd in a tree, from the top."""
    whole = kind(tree, tree.root)
    if whole not in ("bool", "dyn"):
        message = f"the condition gives {KINDS.get(whole, whole)}, not yes or no"
        quoted = isinstance(tree.root, Const) and whole == "string"
        hint = "leave the quotes around the whole out" if quoted else "compare it with something: == > < in …"
        yield ConditionProblem(start(tree.root, source), message, hint, text=written(tree.root))
    yield from _below(tree, tree.root, source, "error" if strict else "warning")


def _below(tree: Tree, node: Node, source: str, severity: str) -> Iterator[ConditionProblem]:
    if isinstance(node, Select) and node.field in ("length", "size", "count") and isinstance(node.operand, Select):
        message = f"`{written(node)}` is a field named `{node.field}`, not a number of characters or elements"
        hint = f"write size({written(node.operand)}) for that"
        yield ConditionProblem(start(node, source), message, hint, "warning", written(node))
    if isinstance(node, Call):
        yield from _compared(tree, node)
        yield from _tags(node, source)
        yield from never_true(node, source, severity)
    for child in children(node):
        yield from _below(tree, child, source, severity)


def _compared(tree: Tree, node: Call) -> Iterator[ConditionProblem]:
    sign = _COMPARE.get(node.function, "")
    if not sign or len(node.args) != 2:
        return
    left, right = (kind(tree, arg) for arg in node.args)
    for one, other in ((left, right), (right, left)):
        if other in (_NO_NUMBER if one == "number" else _NO_EVENT if one == "event" else ()):
            message = f"`{sign}` can't compare {KINDS[one]} with {KINDS[other]}"
            yield ConditionProblem(node.at, message, _compare_hint(one, other, node), text=sign)
            return
    texts = [arg.value for arg in node.args if isinstance(arg, Const) and isinstance(arg.value, str)]
    if sign in ("<", "<=", ">", ">=") and len(texts) == 1 and _is_number(texts[0]):
        message = f"{literal(texts[0])} is a text and is compared letter by letter"
        hint = f"write {texts[0]} to compare numbers"
        yield ConditionProblem(node.at, message, hint, "warning", text=literal(texts[0]))


def _compare_hint(one: str, other: str, node: Call) -> str:
    """What to write instead of a number or an event beside something else."""
    text = next((arg.value for arg in node.args if isinstance(arg, Const) and isinstance(arg.value, str)), "")
    if one == "number":
        return f"write {text}, without quotes" if _is_number(text) else "compare it with a number"
    lasts = (written(arg) for arg in node.args if isinstance(arg, Call) and arg.function == "last")
    event = next(filter(None, lasts), "last('purchase')")
    return f"name one of its fields: {event}.{'time' if other in _TIMES else 'total'}"


_TIMES: Final = ("timestamp", "duration")


def _tags(node: Call, source: str) -> Iterator[ConditionProblem]:
    """`customer.tags == 'vip'` and `customer.tags.contains('vip')`."""
    sides = (node.target, *node.args) if node.function == "contains" else node.args
    if node.function not in ("_==_", "_!=_", "contains") or len(sides) != 2:
        return
    tags = [side for side in sides if side is not None and path(side) == (path(side)[0], ("tags",))]
    texts = [side.value for side in sides if isinstance(side, Const) and isinstance(side.value, str)]
    if tags and texts and isinstance(base := path(tags[0])[0], Ident) and base.name == "customer":
        hint = f"write {literal(texts[0])} in customer.tags"
        yield ConditionProblem(start(tags[0], source), "`customer.tags` is a list", hint, text="customer.tags")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True

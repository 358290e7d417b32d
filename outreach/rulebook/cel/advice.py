"""What CEL lets pass though it can't be meant: a condition that is a number, a list compared with a text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

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


def advice(tree: Tree, source: str) -> Iterator[ConditionProblem]:
    """Everything odd in a tree, from the top."""
    whole = kind(tree, tree.root)
    if whole not in ("bool", "dyn"):
        message = f"the condition gives {KINDS.get(whole, whole)}, not yes or no"
        hint = "compare it with something: == > < in …"
        yield ConditionProblem(start(tree.root, source), message, hint, text=written(tree.root))
    yield from _below(tree, tree.root, source)


def _below(tree: Tree, node: Node, source: str) -> Iterator[ConditionProblem]:
    if isinstance(node, Select) and node.field == "length" and isinstance(node.operand, Select):
        message = f"`{written(node)}` is a field named `length`, not a number of characters or elements"
        hint = f"write size({written(node.operand)}) for that"
        yield ConditionProblem(start(node, source), message, hint, "warning", written(node))
    if isinstance(node, Call):
        yield from _compared(tree, node)
        yield from _tags(node, source)
    for child in children(node):
        yield from _below(tree, child, source)


def _compared(tree: Tree, node: Call) -> Iterator[ConditionProblem]:
    sign = _COMPARE.get(node.function, "")
    if not sign or len(node.args) != 2:
        return
    left, right = (kind(tree, arg) for arg in node.args)
    for one, other in ((left, right), (right, left)):
        if other in (_NO_NUMBER if one == "number" else _NO_EVENT if one == "event" else ()):
            yield ConditionProblem(node.at, f"`{sign}` can't compare {KINDS[one]} with {KINDS[other]}", text=sign)
            return
    texts = [arg.value for arg in node.args if isinstance(arg, Const) and isinstance(arg.value, str)]
    if sign in ("<", "<=", ">", ">=") and len(texts) == 1 and _is_number(texts[0]):
        message = f"{literal(texts[0])} is a text and is compared letter by letter"
        hint = f"write {texts[0]} to compare numbers"
        yield ConditionProblem(node.at, message, hint, "warning", text=literal(texts[0]))


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

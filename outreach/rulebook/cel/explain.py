"""Why a condition held or not: its parts at each `&&`, what came out of each, the values seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from outreach.rulebook.cel.build import Scope, function
from outreach.rulebook.cel.code import ROOTS, Writer
from outreach.rulebook.cel.functions import OURS
from outreach.rulebook.cel.lexer import ands, tokens
from outreach.rulebook.cel.spelling import path, written
from outreach.rulebook.cel.tree import Call, Ident, Loop, Node, Select, Tree, children
from outreach.rulebook.cel.values import ERROR

SIMPLE = frozenset({str, int, float, bool, type(None)})


@dataclass(frozen=True, slots=True)
class Part:
    """One of the conditions that must all hold, with a function for each value that it reads."""

    source: str
    truth: Callable[[Scope], bool]
    operands: Sequence[tuple[str, Callable[[Scope], Any]]]

    def explain(self, scope: Scope) -> tuple[str, bool, dict[str, Any]]:
        """Its source, its result, the values seen; "missing" for what isn't there."""
        return self.source, self.truth(scope), {text: plain(value(scope)) for text, value in self.operands}


def parts(tree: Tree, source: str) -> list[Part]:
    """The parts of one expression, from left to right."""
    cuts = ands(tokens(source))
    nodes = list(_leaves(tree.root, frozenset(cuts)))
    if len(nodes) != len(cuts) + 1:
        return [_part(tree.root, source.strip())]
    starts = [0, *(cut + 2 for cut in cuts)]
    ends = [*cuts, len(source)]
    return [_part(node, source[i:j].strip()) for node, i, j in zip(nodes, starts, ends, strict=True)]


def _leaves(node: Node, cuts: frozenset[int]) -> Iterator[Node]:
    if isinstance(node, Call) and node.function == "_&&_" and node.at in cuts:
        for arg in node.args:
            yield from _leaves(arg, cuts)
    else:
        yield node


def _part(node: Node, source: str) -> Part:
    writer = Writer()
    truth = function(writer.truth(node), writer.bound, False)
    seen = {}
    for operand in _operands(node, ROOTS):
        text = written(operand)
        if text and text not in seen:
            writer = Writer()
            seen[text] = function(writer.value(operand), writer.bound, ERROR)
    return Part(source, truth, tuple(seen.items()))


def _operands(node: Node, roots: frozenset[str]) -> Iterator[Node]:
    """What the node reads from the scope: paths, and calls of our functions."""
    base, _ = path(node)
    match base:
        case Ident(name=name):
            if name in roots and (node is not base or name in ("previous", "now")):
                yield replace(node, test=False) if isinstance(node, Select) else node
            return
        case Call(function=name, target=None) if name in OURS:
            yield node
            if base is not node or name != "days_since":
                return
        case Loop(names=names):
            roots -= names
    for child in children(base):
        yield from _operands(child, roots)


def plain(value: Any) -> Any:
    """As a trace keeps it: what JSON knows."""
    if value.__class__ in SIMPLE:
        return value
    match value:
        case Mapping():
            return {str(key): plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [plain(inner) for inner in value]
        case datetime():
            return value.isoformat()
    return str(value)

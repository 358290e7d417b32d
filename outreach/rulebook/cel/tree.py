"""The tree of an expression: nine kinds of node, as in the CEL specification's `syntax.proto`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

#: Enough for any condition a person writes; a tree beyond is refused when the rules are read.
DEEPEST, MOST_NODES = 64, 500


class TooBig(ValueError):
    """The tree is deeper or has more nodes than a condition may have."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node: CEL's number for it, its offset in the source (of its operator, dot or bracket)."""

    id: int
    at: int


@dataclass(frozen=True, slots=True)
class Const(Node):
    """A literal; `kind` tells 1 from 1u and text from bytes."""

    kind: str
    value: bool | int | float | str | bytes | None


@dataclass(frozen=True, slots=True)
class Ident(Node):
    """A name that stands alone."""

    name: str


@dataclass(frozen=True, slots=True)
class Select(Node):
    """`operand.field`, or `has(operand.field)` when it is only a test."""

    operand: Node
    field: str
    test: bool


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function or an operator (`_==_`, `@in`, `_[_]`); `target` is what stands before the dot, if anything does."""

    function: str
    target: Node | None
    args: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ListOf(Node):
    """`[a, b]`."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class MapOf(Node):
    """`{a: b}`, or `Name{a: b}` when it builds a message."""

    name: str
    entries: tuple[tuple[Node | None, Node], ...]


@dataclass(frozen=True, slots=True)
class Loop(Node):
    """What a macro (`exists`, `all`, `filter`, `map`) becomes.

    `name` stands for an element of `over` in `inner`, `names` are all that are bound there; `inner` is how the
    accumulator begins, whether to go on, the next accumulator, the result.
    """

    name: str
    names: frozenset[str]
    over: Node
    inner: tuple[Node, Node, Node, Node]


@dataclass(frozen=True, slots=True)
class Tree:
    """A whole expression. `kinds`: what CEL's type check found for a node (by id; "dyn" is not listed)."""

    root: Node
    kinds: dict[int, str]

    def kind(self, node: Node) -> str:
        """A word like bool, int, double, string, timestamp, list; dyn when only the data can tell."""
        return self.kinds.get(node.id, "dyn")


def children(node: Node) -> Iterator[Node]:
    """The nodes right below, from left to right."""
    match node:
        case Select():
            yield node.operand
        case Call():
            if node.target is not None:
                yield node.target
            yield from node.args
        case ListOf():
            yield from node.items
        case MapOf():
            for key, value in node.entries:
                if key is not None:
                    yield key
                yield value
        case Loop():
            yield node.over
            yield from node.inner


def flat(node: Node, function: str) -> Iterator[Node]:
    """The operands of `a && b && c`, which CEL keeps as a balanced tree."""
    if isinstance(node, Call) and node.function == function:
        for arg in node.args:
            yield from flat(arg, function)
    else:
        yield node

"""The tree of an expression: nine kinds of node, as in the CEL specification's `syntax.proto`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from outreach.rulebook.cel.wire import field

#: Enough for any condition a person writes; a tree beyond is refused when the rules are read.
DEEPEST, MOST_NODES = 64, 500


class TooBig(ValueError):
    """The tree is deeper or has more nodes than a condition may have."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node: CEL's number for it, its offset in the source (of its operator, dot or bracket), its bytes."""

    id: int
    at: int
    raw: bytes


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
    """What a macro (`exists`, `all`, `filter`, `map`) becomes: a range, the names it binds, the expressions in it."""

    names: frozenset[str]
    over: Node
    inner: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """A whole expression. `kinds`: what CEL's type check found for a node (by id; "dyn" is not listed);
    `rest`: what its parts need besides themselves to be serialized alone; `checked`: whether CEL checked the types."""

    root: Node
    kinds: dict[int, str]
    rest: bytes
    checked: bool

    def kind(self, node: Node) -> str:
        """A word like bool, int, double, string, timestamp, list; dyn when only the data can tell."""
        return self.kinds.get(node.id, "dyn")

    def part(self, node: Node) -> bytes:
        """This part of it, serialized as an expression of its own."""
        name, number = (b"CheckedExpr", 4) if self.checked else (b"ParsedExpr", 2)
        return field(1, b"type.googleapis.com/cel.expr." + name) + field(2, self.rest + field(number, node.raw))


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


def names(node: Node) -> set[str]:
    """All names in it, those that macros bind among them."""
    found = {node.name} if isinstance(node, Ident) else set()
    return found.union(*map(names, children(node)))

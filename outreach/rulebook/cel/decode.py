"""Reads the tree back from what CEL serialized: cel.expr.CheckedExpr (type-checked) or cel.expr.ParsedExpr."""

from __future__ import annotations

from collections.abc import Iterator

from outreach.rulebook.cel.tree import (
    DEEPEST,
    MOST_NODES,
    Call,
    Const,
    Ident,
    ListOf,
    Loop,
    MapOf,
    Node,
    Select,
    TooBig,
    Tree,
)
from outreach.rulebook.cel.wire import double, fields, first, signed

_PRIMITIVES = {1: "bool", 2: "int", 3: "uint", 4: "double", 5: "string", 6: "bytes"}
_WELL_KNOWN = {2: "timestamp", 3: "duration"}
_KINDS = {2: "null", 6: "list", 7: "map"}


def read_tree(serialized: bytes) -> Tree:
    """The tree of a serialized expression, checked or only parsed. Raises TooBig."""
    body = first(serialized, 2)
    checked = first(serialized, 1).endswith(b"CheckedExpr")
    expr, info = (4, 5) if checked else (2, 3)
    places = {}
    for number, _, entry in fields(first(body, info)):
        if number == 4:
            key, at = _pair(entry)
            places[key] = at
    kinds = dict(_kinds(body)) if checked else {}
    return Tree(_Reader(places).node(first(body, expr), 1), kinds)


def _pair(entry: bytes) -> tuple[int, int]:
    key = value = 0
    for number, varint, _ in fields(entry):
        if number == 1:
            key = varint
        else:
            value = varint
    return key, value


def _kinds(body: bytes) -> Iterator[tuple[int, str]]:
    for number, _, entry in fields(body):
        if number == 3:
            key = next((varint for at, varint, _ in fields(entry) if at == 1), 0)
            kind = _kind(first(entry, 2))
            if kind:
                yield key, kind


def _kind(type_: bytes) -> str:
    for number, varint, _ in fields(type_):
        if number == 3:
            return _PRIMITIVES.get(varint, "")
        if number == 5:
            return _WELL_KNOWN.get(varint, "")
        return _KINDS.get(number, "")
    return ""


class _Reader:
    """Turns bytes into nodes and counts them."""

    def __init__(self, places: dict[int, int]):
        self.places, self.count = places, 0

    def node(self, raw: bytes, depth: int) -> Node:
        self.count += 1
        if depth > DEEPEST or self.count > MOST_NODES:
            raise TooBig
        id_, kind, body = 0, 0, b""
        for number, varint, data in fields(raw):
            if number == 2:
                id_ = varint
            else:
                kind, body = number, data
        head = (id_, self.places.get(id_, 0))
        match kind:
            case 3:
                return Const(*head, *_constant(body))
            case 4:
                return Ident(*head, first(body, 1).decode().removeprefix("."))
            case 9:
                return self.loop(head, body, depth)
        return self.inner(kind, head, body, depth + 1)

    def inner(self, kind: int, head: tuple[int, int], body: bytes, depth: int) -> Node:
        match kind:
            case 5:
                test = any(varint for number, varint, _ in fields(body) if number == 3)
                return Select(*head, self.node(first(body, 1), depth), first(body, 2).decode(), test)
            case 6:
                target = first(body, 1)
                args = tuple(self.node(data, depth) for number, _, data in fields(body) if number == 3)
                return Call(*head, first(body, 2).decode(), self.node(target, depth) if target else None, args)
            case 7:
                return ListOf(*head, tuple(self.node(data, depth) for number, _, data in fields(body) if number == 1))
            case 8:
                entries = (data for number, _, data in fields(body) if number == 2)
                return MapOf(*head, first(body, 1).decode(), tuple(self.entry(data, depth) for data in entries))
        raise ValueError(f"a kind of expression that CEL never writes: {kind}")

    def entry(self, data: bytes, depth: int) -> tuple[Node | None, Node]:
        key = first(data, 3)
        return (self.node(key, depth) if key else None), self.node(first(data, 4), depth)

    def loop(self, head: tuple[int, int], body: bytes, depth: int) -> Node:
        names = {first(body, number).decode() for number in (1, 3, 8)} - {""}
        over, *inner = (self.node(first(body, number), depth + 1) for number in (2, 4, 5, 6, 7))
        return Loop(*head, first(body, 1).decode(), frozenset(names), over, (inner[0], inner[1], inner[2], inner[3]))


def _constant(body: bytes) -> tuple[str, bool | int | float | str | bytes | None]:
    for number, varint, data in fields(body):
        match number:
            case 2:
                return "bool", bool(varint)
            case 3:
                return "int", signed(varint)
            case 4:
                return "uint", varint
            case 5:
                return "double", double(data)
            case 6:
                return "string", data.decode()
            case 7:
                return "bytes", data
    return "null", None

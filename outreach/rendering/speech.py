"""What a template speaks of, found without running it: each name, where it stands, and whether it may be missing.

Jinja's tree says which names there are and how they are used, but only in which line; Jinja's tokens say where they
stand. The two are brought together by the order in which a name occurs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from jinja2 import nodes

from outreach.ports import Spoken
from outreach.rendering.sandbox import TEXT

DEFAULTS: Final = frozenset({"default", "d"})
ASKING: Final = frozenset({"defined", "undefined"})
Parts = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """A name in the tree. `asked`: it decides an `if`; `sure`: it stands before `|default`, or in `is defined`, which
    `asks` for it, so that it may be missing elsewhere too."""

    parts: Parts
    asked: bool = False
    sure: bool = False
    asks: bool = False


def spoken(text: str, tree: nodes.Template, data: Collection[str]) -> list[Spoken]:
    """Every use of a name that the data must bring (`data`), in the order of the text; places count within it."""
    uses = [use for use in uses_in(tree) if use.parts[0] in data]
    asked_for = {use.parts for use in uses if use.asks}
    places: dict[Parts, list[Spoken]] = {}
    for place in written(text):
        places.setdefault(place.parts, []).append(place)
    found = []
    for use in uses:
        left = places.get(use.parts) or [Spoken(parts=use.parts, text=".".join(use.parts), line=1, column=1)]
        place = left.pop(0) if len(left) > 1 else left[0]
        sure = use.sure or use.parts in asked_for or any(use.parts[:n] in asked_for for n in range(2, len(use.parts)))
        found.append(replace(place, guarded=sure, asked=use.asked and not sure))
    return sorted(found, key=lambda name: name.offset)


def uses_in(node: nodes.Node, asked: bool = False) -> Iterator[Use]:
    """The names below a node."""
    parts, beside = path(node)
    match node:
        case _ if parts:
            yield Use(parts, asked)
        case nodes.Filter(node=nodes.Expr() as inner) if node.name in DEFAULTS and path(inner)[0]:
            yield Use(path(inner)[0], asked, sure=True)
            beside = [*path(inner)[1], *node.args, *node.kwargs]
        case nodes.Test(node=inner) if node.name in ASKING and path(inner)[0]:
            yield Use(path(inner)[0], asked, sure=True, asks=True)
        case nodes.If() | nodes.CondExpr():
            yield from uses_in(node.test, asked=True)
            beside = [child for child in node.iter_child_nodes() if child is not node.test]
        case _:
            beside = list(node.iter_child_nodes())
    for child in beside:
        yield from uses_in(child, asked and isinstance(child, nodes.Expr))


def path(node: nodes.Node) -> tuple[Parts, list[nodes.Node]]:
    """`customer.address['city']` as its parts, as far as they are written out; and what else stands in its brackets."""
    steps: list[str | None] = []
    beside: list[nodes.Node] = []
    while isinstance(node, nodes.Getattr | nodes.Getitem):
        match node:
            case nodes.Getattr(attr=str() as name) | nodes.Getitem(arg=nodes.Const(value=str() as name)):
                steps.append(name)
            case nodes.Getitem(arg=arg):
                steps.append(None)
                beside.append(arg)
        node = node.node
    if not isinstance(node, nodes.Name) or node.ctx != "load":
        return (), []
    parts = [node.name]
    for step in reversed(steps):
        if step is None:
            break
        parts.append(step)
    return tuple(parts), beside


def written(text: str) -> Iterator[Spoken]:
    """The dotted names among the template's tokens, each with its place; other words too, which no tree asks for."""
    there = tokens(text)
    i = 0
    while i < len(there):
        _, kind, name = there[i]
        first, end, parts = i, i, [name]
        i += 1
        if kind != "name" or (first and there[first - 1][2] in (".", "|")):
            continue
        while (found := _next_part(there[i : i + 3])) is not None:
            parts.append(found[0])
            end = i + found[1] - 1
            i = end + 1
        start, stop = there[first][0], there[end][0] + len(there[end][2])
        line, column = place_of(text, start)
        yield Spoken(parts=tuple(parts), text=text[start:stop], line=line, column=column, offset=start)


@lru_cache(maxsize=8)
def tokens(text: str) -> list[tuple[int, str, str]]:
    """Offset, kind and text of each token, spaces left out. Jinja drops spaces around tags, so each is looked for."""
    found, at = [], 0
    for _, kind, value in TEXT.lex(text):
        place = text.find(value, at)
        at = place + len(value) if place >= 0 else at
        if kind != "whitespace":
            found.append((place, kind, value))
    return found


def place_of(text: str, offset: int) -> tuple[int, int]:
    """Line and column of a character, both from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _next_part(tokens: list[tuple[int, str, str]]) -> tuple[str, int] | None:
    """`.name` or `['name']` at the beginning of these tokens, and how many of them it takes."""
    match [(kind, value) for _, kind, value in tokens]:
        case [(_, "."), ("name", name), *_]:
            return name, 2
        case [(_, "["), ("string", name), (_, "]")]:
            return name[1:-1], 3
    return None

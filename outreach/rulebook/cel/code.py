"""The tree as Python: `truth` writes what a condition asks, `value` what it computes with.

What the user wrote never becomes source: names and texts are bound as objects (`K0`, `K1` …), and every word of the
code stands in this file. Helpers are called where the data may surprise; where the other side is a literal, the type is
looked at on the spot, which costs a fifth of a call.
"""

from __future__ import annotations

from typing import Any, Final

from outreach.core.span import parse_span
from outreach.rulebook.cel import arithmetic
from outreach.rulebook.cel.env import operation
from outreach.rulebook.cel.macros import macro
from outreach.rulebook.cel.spelling import path
from outreach.rulebook.cel.tree import Call, Const, Ident, ListOf, Loop, MapOf, Node, Select, flat
from outreach.rulebook.cel.values import as_time

ROOTS: Final = frozenset({"event", "customer", "previous", "now"})
_COMPARE: Final = {"_<_": ("lt", "<"), "_<=_": ("le", "<="), "_>_": ("gt", ">"), "_>=_": ("ge", ">=")}
_FLIPPED: Final = {"_<_": "_>_", "_<=_": "_>=_", "_>_": "_<_", "_>=_": "_<=_"}
_COMPUTE: Final = {
    "_+_": "add", "_-_": "subtract", "_*_": "multiply", "_/_": "divide", "_%_": "modulo", "-_": "negate",
    "_[_]": "index", "size": "size", "timestamp": "timestamp", "duration": "duration",
}  # fmt: skip
_TEXT: Final = {"startsWith": "startswith", "endsWith": "endswith", "contains": "__contains__"}


class Writer:
    """Writes Python expressions for nodes; `bound` holds the objects that they name, `inner` the names that macros give
    and what stands for them in the code."""

    def __init__(self, bound: dict[str, Any] | None = None, inner: dict[str, str] | None = None):
        self.bound = {} if bound is None else bound
        self.inner = inner or {}

    def bind(self, value: Any) -> str:
        """A name for an object in the code."""
        name = f"K{len(self.bound)}"
        self.bound[name] = value
        return name

    def kept(self, node: Node) -> tuple[str, str]:
        """An expression for the node's value that keeps it, and the name under which it is kept."""
        name = f"v{node.id}"
        return f"({name} := {self.value(node)})", name

    def truth(self, node: Node) -> str:
        """True or False whatever the data is: what is not exactly true is false."""
        return self.logic(node) or f"({self.value(node)} is True)"

    def logic(self, node: Node) -> str:
        """The same for a node that can only be true or false; empty for any other."""
        match node:
            case Const(kind="bool", value=value):
                return str(value)
            case Call(function="_&&_" | "_||_" as name):
                word = " and " if name == "_&&_" else " or "
                return f"({word.join(self.truth(part) for part in flat(node, name))})"
            case Call(function="!_", args=(inner,)):
                return f"(not {self.truth(inner)})"
            case Call(function="_==_" | "_!=_" as name, args=(left, right)):
                return self.equal(left, right, name == "_==_")
            case Call(function=name, args=(left, right)) if name in _COMPARE:
                return self.ordered(name, left, right)
            case Call(function="@in", args=(left, right)):
                return self.within(left, right)
            case Call(function=name, target=Node() as target, args=(arg,)) if name in _TEXT:
                (text, t), (part, p) = self.kept(target), self.kept(arg)
                return f"({text}.__class__ is str and {part}.__class__ is str and {t}.{_TEXT[name]}({p}))"
            case Call(function="open", args=(Const(value=name),)):
                return f"(facts.is_open({self.bind(name)}) is True)"
            case Loop() if macro(node).made is None:
                return self.loop(node)
            case Select(test=True, operand=operand, field=field):
                return f"(get({self.value(operand)}, {self.bind(field)}).__class__ is not Absent)"
        return ""

    def equal(self, left: Node, right: Node, same: bool) -> str:
        """`==` and `!=`. Null is also what isn't there."""
        if isinstance(left, Const):
            left, right = right, left
        if isinstance(right, Const) and right.kind == "null":
            value, v = self.kept(left)
            if same:
                return f"({value} is None or {v} is MISSING)"
            return f"({value} is not None and {v}.__class__ is not Absent)"
        value = self.value(left)
        match right:
            case Const(kind="bool", value=constant) if same:
                return f"({value} is {bool(constant)})"
            case Const(kind="string", value=constant) if same and as_time(constant) is None:
                return f"({value} == {self.bind(constant)})"
            case Const(kind="int" | "double", value=constant) if same and constant not in (0, 1):
                return f"({value} == {self.bind(constant)})"
        return f"{'eq' if same else 'ne'}({value}, {self.value(right)})"

    def ordered(self, name: str, left: Node, right: Node) -> str:
        """`<`, `<=`, `>`, `>=`."""
        if isinstance(left, Const):
            name, left, right = _FLIPPED[name], right, left
        helper, sign = _COMPARE[name]
        if isinstance(right, Const) and right.kind in ("int", "double"):
            value, v = self.kept(left)
            return f"(({value}.__class__ is int or {v}.__class__ is float) and {v} {sign} {self.bind(right.value)})"
        return f"{helper}({self.value(left)}, {self.value(right)})"

    def within(self, left: Node, right: Node) -> str:
        """`in`. Texts in a list of literals are looked up by hash."""
        if isinstance(right, ListOf) and all(isinstance(item, Const) and item.kind == "string" for item in right.items):
            value, v = self.kept(left)
            texts = frozenset(item.value for item in right.items if isinstance(item, Const))
            return f"({value}.__class__ is str and {v} in {self.bind(texts)})"
        if isinstance(left, Const) and left.kind == "string":
            (value, v), item = self.kept(right), self.bind(left.value)
            return f"({item} in {v} if {value}.__class__ is list else contains({item}, {v}))"
        return f"contains({self.value(left)}, {self.value(right)})"

    def value(self, node: Node) -> str:
        """The value, MISSING or ERROR."""
        written = self.logic(node)
        if written:
            return written
        match node:
            case Const():
                return self.bind(node.value)
            case Ident(name=name) if name in self.inner:
                return self.inner[name]
            case Ident(name=name):
                return name if name == "now" else f"scope.get({self.bind(name)})"
            case Loop():
                return self.loop(node)
            case ListOf(items=items) if all(isinstance(item, Const) for item in items):
                return self.bind([item.value for item in items if isinstance(item, Const)])
            case ListOf(items=items):
                return f"list_of({', '.join(map(self.value, items))})"
            case MapOf(entries=entries):
                pairs = (f"({self.value(key)}, {self.value(value)})" for key, value in entries if key is not None)
                return f"map_of({', '.join(pairs)})"
            case Call():
                return self.call(node)
        return self.field(node)

    def field(self, node: Node) -> str:
        """A field, of a root (`event.get(K)`) or of anything else."""
        base, fields = path(node)
        if isinstance(base, Ident) and base.name in ROOTS - {"now"} - self.inner.keys():
            written, rest = f"{base.name}.get({self.bind(fields[0])}, MISSING)", fields[1:]
        else:
            written, rest = self.value(base), fields
        for name in rest:
            written = f"get({written}, {self.bind(name)})"
        return written

    def call(self, node: Call) -> str:
        """Functions that give a value."""
        match node:
            case Call(function="_[_]", args=(_, Const(kind="string"))):
                return self.field(node)
            case Call(function="_?_:_", args=(test, yes, no)):
                return f"({self.value(yes)} if {self.truth(test)} else {self.value(no)})"
            case Call(function="timestamp", args=(Const(value=text),)):
                return self.bind(arithmetic.timestamp(text))
            case Call(function="duration", args=(Const(value=text),)):
                return self.bind(arithmetic.duration(text))
            case Call(function="last", args=(Const(value=type_),)):
                return f"facts.last({self.bind(type_)})"
            case Call(function="count" | "sum" as name, args=args):
                texts = [arg.value for arg in args if isinstance(arg, Const)]
                since = self.ago(texts.pop()) if len(texts) > (1 if name == "count" else 2) else "None"
                return f"facts.{name}({', '.join(map(self.bind, texts))}, {since})"
            case Call(function="ago", args=(Const(value=window),)):
                return self.ago(window)
            case Call(function="days_since", args=(time,)):
                return f"days_since(now, {self.value(time)})"
            case Call(function=name, target=target, args=args) if name in _COMPUTE:
                operands = args if target is None else (target, *args)
                return f"{_COMPUTE[name]}({', '.join(map(self.value, operands))})"
        operands = node.args if node.target is None else (node.target, *node.args)
        called = operation(node.function, after=node.target is not None, operands=len(operands))
        return f"{self.bind(called)}({', '.join(map(self.value, operands))})"

    def ago(self, window: object) -> str:
        """Now less a span that was read when the rule was loaded."""
        return f"(now - {self.bind(parse_span(str(window)).elapsed)})"

    def loop(self, node: Loop) -> str:
        """`exists`, `all`, `exists_one` give yes or no; `map` and `filter` a list."""
        written = macro(node)
        test = "None" if written.test is None else self.each(node, written.test, truth=True)
        if written.made is None:
            return f"{written.kind}({self.value(node.over)}, {test}, budget)"
        return f"{written.kind}({self.value(node.over)}, {test}, {self.each(node, written.made, truth=False)}, budget)"

    def each(self, node: Loop, of: Node, *, truth: bool) -> str:
        """A function of one element."""
        name = f"x{node.id}"
        inside = Writer(self.bound, {**self.inner, node.name: name})
        return f"(lambda {name}: {inside.truth(of) if truth else inside.value(of)})"

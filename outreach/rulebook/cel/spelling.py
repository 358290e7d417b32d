"""From the tree back to the words: where a node begins, how a path is written."""

from __future__ import annotations

from outreach.rulebook.cel.tree import Call, Const, Ident, Loop, Node, Select

_INFIX = (
    "_&&_", "_||_", "_?_:_", "_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "@in", "_+_", "_-_", "_*_", "_/_", "_%_",
    "_[_]",
)  # fmt: skip


def start(node: Node, source: str) -> int:
    """Where it begins, as an offset in the source: CEL notes where its dot, bracket or operator stands."""
    match node:
        case Select():
            return start(node.operand, source)
        case Call(target=None, function=name) if name in _INFIX:
            return start(node.args[0], source)
        case Call(target=None, function=name):
            return max(source.rfind(name, 0, node.at + 1), 0) if name.isidentifier() else node.at
        case Call(target=Node() as target):
            return start(target, source)
        case Loop():
            return start(node.over, source)
    return node.at


def path(node: Node) -> tuple[Node, tuple[str, ...]]:
    """What a chain of fields hangs on, and the fields: `event.a['b c']` is the name `event` and ("a", "b c")."""
    fields: list[str] = []
    while True:
        match node:
            case Select(operand=operand, field=field):
                fields.append(field)
                node = operand
            case Call(function="_[_]", args=(operand, Const(kind="string", value=str() as field))):
                fields.append(field)
                node = operand
            case _:
                return node, tuple(reversed(fields))


def spelled(base: str, *fields: str) -> str:
    """A path as it is written: `event.total`, `event['order-id']`."""
    plain = (field.isascii() and field.isidentifier() for field in fields)
    return base + "".join(f".{f}" if dotted else f"[{literal(f)}]" for f, dotted in zip(fields, plain, strict=True))


def written(node: Node) -> str:
    """A path or a call of one of our functions as it is written; empty for anything else."""
    base, fields = path(node)
    match base:
        case Ident(name=name):
            return spelled(name, *fields)
        case Call(function=name, target=None, args=args) if name.isidentifier():
            inner = [literal(arg.value) if isinstance(arg, Const) else written(arg) for arg in args]
            return spelled(f"{name}({', '.join(inner)})", *fields) if all(inner) else ""
    return ""


def literal(value: object) -> str:
    r"""A value as CEL writes it.

    >>> literal("it's"), literal(True), literal(None), literal(1.5)
    ("'it\\'s'", 'true', 'null', '1.5')
    """
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"
    return {"True": "true", "False": "false", "None": "null"}.get(repr(value), repr(value))

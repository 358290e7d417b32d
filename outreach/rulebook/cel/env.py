"""CEL's environment: what a condition may name, and the one door to the C++ library.

Conditions run as generated Python; CEL itself runs only what that doesn't cover (`exists`, `all`, `matches` …).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from cel_expr_python import cel
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from outreach.core.span import parse_span
from outreach.rulebook.cel import arithmetic
from outreach.rulebook.cel.decode import read_tree
from outreach.rulebook.cel.tree import Tree
from outreach.rulebook.cel.values import ERROR, Absent

#: The scope that CEL evaluates in, for our functions: it hands them their arguments only.
_SCOPE: Final[ContextVar[Mapping[str, Any]]] = ContextVar("scope")


MOST: Final = (1 << 63) - 1
#: What stands for a root that the scope doesn't have.
EMPTY: Final[Mapping[str, Any]] = {"event": {}, "customer": {}, "previous": None}


class CelError(Exception):
    """CEL refused an expression; the text is CEL's own and not for people."""


def parse(source: str, *, types: bool = True) -> Tree:
    """The tree; without `types` it is not checked for anything but its grammar. Raises CelError, TooBig."""
    try:
        return read_tree(_environment().compile(source, disable_check=not types).serialize())
    except RuntimeError as error:
        raise CelError(str(error)) from None


class Runtime:
    """A part of a condition that CEL evaluates. Called with the scope; ERROR for what CEL could not compute."""

    def __init__(self, serialized: bytes, roots: frozenset[str]):
        self.serialized, self.roots = serialized, roots
        self.expression = _environment().deserialize(serialized)

    def __call__(self, scope: Mapping[str, Any]) -> Any:
        """What CEL makes of it in this scope."""
        data = {root: _to_cel(scope.get(root) or EMPTY[root]) for root in self.roots - {"now"}}
        if "now" in self.roots:
            data["now"] = scope["now"]
        token = _SCOPE.set(scope)
        try:
            value = self.expression.eval(data=data)
            return ERROR if value.type() == cel.Type.ERROR else value.plain_value()
        except RuntimeError:
            return ERROR
        finally:
            _SCOPE.reset(token)


def _to_cel(value: Any) -> Any:
    """The same in types that CEL takes: messages for times, lists for tuples, decimals for numbers beyond 64 bits, text
    for anything else, because one value that it doesn't take spoils all that stand beside it."""
    match value:
        case None | bool() | float():
            return value
        case str():
            return value if value.isascii() else value.encode("utf-8", "replace").decode()
        case int():
            return value if -MOST <= value <= MOST else float(max(min(value, 10**300), -(10**300)))
        case datetime():
            message = Timestamp()
            message.FromDatetime(value)
            return message
        case timedelta():
            length = Duration()
            length.FromTimedelta(value)
            return length
        case Mapping():
            return {_to_cel(key): _to_cel(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_to_cel(inner) for inner in value]
    return str(value)


def _result(value: Any) -> Any:
    if isinstance(value, Absent):
        raise ValueError("no value")
    return _to_cel(value)


def _last(type_: str) -> Any:
    return _result(_SCOPE.get()["facts"].last(type_))


def _open(name: str) -> bool:
    return bool(_SCOPE.get()["facts"].is_open(name))


def _count(type_: str, window: str = "") -> Any:
    return _SCOPE.get()["facts"].count(type_, _ago(window) if window else None)


def _sum(type_: str, field: str, window: str = "") -> Any:
    return _SCOPE.get()["facts"].sum(type_, field, _ago(window) if window else None)


def _ago(window: str) -> datetime:
    now: datetime = _SCOPE.get()["now"]
    return now - parse_span(window).elapsed


def _days_since(value: Any) -> Any:
    return _result(arithmetic.days_since(_SCOPE.get()["now"], value))


def _declared() -> list[Any]:
    text, dyn, time = cel.Type.STRING, cel.Type.DYN, cel.Type.TIMESTAMP
    overloads: dict[str, list[tuple[Callable[..., Any], Any, list[Any]]]] = {
        "last": [(_last, dyn, [text])],
        "count": [(_count, dyn, [text]), (_count, dyn, [text, text])],
        "sum": [(_sum, dyn, [text, text]), (_sum, dyn, [text, text, text])],
        "open": [(_open, cel.Type.BOOL, [text])],
        "ago": [(_ago, time, [text])],
        "days_since": [(_days_since, dyn, [time]), (_days_since, dyn, [text])],
    }
    return [
        cel.FunctionDecl(
            name,
            [cel.Overload(f"{name}_{i}", result, args, impl=impl) for i, (impl, result, args) in enumerate(forms)],
        )
        for name, forms in overloads.items()
    ]


@cache
def _environment() -> Any:
    """Made once: it takes a tenth of a second."""
    record = cel.Type.Map(cel.Type.STRING, cel.Type.DYN)
    names = {"event": record, "customer": record, "previous": cel.Type.DYN, "now": cel.Type.TIMESTAMP}
    return cel.NewEnv(variables=names, functions=_declared())

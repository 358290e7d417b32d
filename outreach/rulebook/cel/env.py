"""The one door to CEL's C++ library: it parses, checks types, and computes the few functions not written in Python."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from cel_expr_python import cel
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from outreach.rulebook.cel.decode import read_tree
from outreach.rulebook.cel.tree import Tree
from outreach.rulebook.cel.values import ERROR, Absent, as_time

_MOST: Final = (1 << 63) - 1


class CelError(Exception):
    """CEL refused an expression; the text is CEL's own and not for people."""


def parse(source: str, *, types: bool = True) -> Tree:
    """The tree; without `types` it is not checked for anything but its grammar. Raises CelError, TooBig."""
    try:
        return read_tree(_environment().compile(source, disable_check=not types).serialize())
    except RuntimeError as error:
        raise CelError(str(error)) from None


class Operation:
    """A function that CEL computes: `matches`, `getHours`, conversions. Called with its operands; ERROR for none."""

    def __init__(self, function: str, *, after: bool, operands: int):
        self.reads_time = function.startswith("get")
        names = "abc"[:operands]
        source = f"a.{function}({', '.join(names[1:])})" if after else f"{function}({', '.join(names)})"
        self.names, self.expression = names, _operands().compile(source)

    def __call__(self, *operands: Any) -> Any:
        """What CEL makes of the operands; text is read as a time where only a time has an answer."""
        if any(operand.__class__ is Absent for operand in operands):
            return ERROR
        first = as_time(operands[0]) if self.reads_time else operands[0]
        try:
            values = map(_to_cel, (first, *operands[1:]))
            value = self.expression.eval(data=dict(zip(self.names, values, strict=True)))
        except (RuntimeError, TypeError):
            return ERROR
        return ERROR if value.type() == cel.Type.ERROR else value.plain_value()


#: The same function of the same form is compiled once for all conditions.
operation = cache(Operation)


def _to_cel(value: Any) -> Any:
    """The same in types that CEL takes: messages for times, lists for tuples, decimals for numbers beyond 64 bits.

    Raises TypeError for what JSON doesn't know either."""
    match value:
        case None | bool() | float():
            return value
        case str():
            return value if value.isascii() else value.encode("utf-8", "replace").decode()
        case int():
            return value if -_MOST <= value <= _MOST else float(max(min(value, 10**300), -(10**300)))
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
    raise TypeError(f"no value of a condition: {type(value).__name__}")


@cache
def _environment() -> Any:
    """What a condition may name. Made once: it takes a tenth of a second."""
    text, dyn, time, boolean = cel.Type.STRING, cel.Type.DYN, cel.Type.TIMESTAMP, cel.Type.BOOL
    record = cel.Type.Map(text, dyn)
    forms = {
        "last": [(dyn, [text])],
        "count": [(dyn, [text]), (dyn, [text, text])],
        "sum": [(dyn, [text, text]), (dyn, [text, text, text])],
        "open": [(boolean, [text])],
        "ago": [(time, [text])],
        "days_since": [(dyn, [time]), (dyn, [text])],
    }
    functions = [
        cel.FunctionDecl(name, [cel.Overload(f"{name}_{i}", *form) for i, form in enumerate(overloads)])
        for name, overloads in forms.items()
    ]
    return cel.NewEnv(
        variables={"event": record, "customer": record, "previous": dyn, "now": time}, functions=functions
    )


@cache
def _operands() -> Any:
    return cel.NewEnv(variables=dict.fromkeys("abc", cel.Type.DYN))

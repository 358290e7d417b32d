"""Between core values and rows, without an ORM: instants as integer microseconds, structures as JSON text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any, get_type_hints

import msgspec

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


def micros(instant: datetime) -> int:
    """UTC microseconds since 1970. Integers sort, compare and index alike on every database."""
    return (instant - EPOCH) // MICROSECOND


def instant(value: int) -> datetime:
    """The inverse of `micros`."""
    return EPOCH + timedelta(0, 0, value)  # by place: a third faster than by name


def dump(value: Any) -> str:
    """JSON text of plain data."""
    return _encode(value).decode()


def load(text: str | None) -> Any:
    """Plain data of JSON text; None of nothing."""
    return _decode(text) if text else None


def without_nul(value: Any) -> Any:
    """A value as PostgreSQL can keep it: in the place of a NUL stands the sign for it."""
    return value.replace("\x00", "\u2400") if isinstance(value, str) else value


def as_sql(value: str | int | None) -> str:
    """A value as it stands in a statement."""
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"


class Codec:
    """Turns one dataclass into tuples of column values and back. Column order is the field order.

    Both ways are written out as code once (as `dataclasses` itself does): a loop over fields costs four times as much
    on a path that takes tens of thousands of rows a second.
    """

    def __init__(self, kind: type):
        hints = get_type_hints(kind)
        self.columns = [f.name for f in fields(kind)]
        self._kind, self._out = kind, {c: _OUT[_shape(hints[c])].format(f"v.{c}") for c in self.columns}
        self.row: Callable[[Any], tuple[Any, ...]] = self.picker(self.columns)
        back = {c: _IN[_shape(hints[c])] for c in self.columns}
        plain = not kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
        self.value: Callable[[Sequence[Any]], Any] = self._filling(back) if plain else self._calling(back)

    def picker(self, columns: Iterable[str]) -> Callable[[Any], tuple[Any, ...]]:
        """A function from an object to its values in these columns."""
        out = ", ".join(self._out[c] for c in columns)
        pick: Callable[[Any], tuple[Any, ...]] = self._written(f"lambda v: ({out},)")
        return pick

    def _filling(self, back: Mapping[str, str]) -> Callable[[Sequence[Any]], Any]:
        """The fields of a new object, all at once, and then those that are no plain columns: half of what it costs to
        call the class with thirty names."""
        told = "".join(f"    v.{c} = {how.format(f'v.{c}')}\n" for c, how in back.items() if how != _IN["plain"])
        fields = ", ".join(f"v.{c}" for c in self.columns)
        names = self._names()
        code = f"def value(r):\n    v = new(kind)\n    {fields}, = r\n{told}    return v\n"
        exec(compile(code, f"<codec of {self._kind.__name__}>", "exec"), names)
        return names["value"]  # type: ignore[no-any-return]

    def _calling(self, back: Mapping[str, str]) -> Callable[[Sequence[Any]], Any]:
        """As `_filling`, for what is frozen once it is made."""
        given = ", ".join(f"{c}=" + how.format(f"r[{i}]") for i, (c, how) in enumerate(back.items()))
        return self._written(f"lambda r: kind({given})")  # type: ignore[no-any-return]

    def _written(self, code: str) -> Any:
        return eval(compile(code, f"<codec of {self._kind.__name__}>", "eval"), self._names())

    def _names(self) -> dict[str, Any]:
        return {"kind": self._kind, "new": object.__new__, "EPOCH": EPOCH, "MICROSECOND": MICROSECOND,
                "timedelta": timedelta, "dump": dump, "load": load}  # fmt: skip

    def values(self, rows: Iterable[Sequence[Any]]) -> list[Any]:
        """The objects of many rows."""
        return [self.value(row) for row in rows]


#: Instants in place (see `micros`, `instant`): calling a function for each costs as much again.
_OUT = {
    "plain": "{0}",
    "instant": "({0} - EPOCH) // MICROSECOND",
    "instant?": "(None if {0} is None else ({0} - EPOCH) // MICROSECOND)",
    "tuple": "('[]' if not {0} else dump({0}))",
    "json": "('{{}}' if not {0} else dump({0}))",
    "json?": "(None if {0} is None else dump({0}))",
}
_IN = {
    "plain": "{0}",
    "bool": "bool({0})",
    "instant": "EPOCH + timedelta(0, 0, {0})",
    "instant?": "(None if {0} is None else EPOCH + timedelta(0, 0, {0}))",
    "tuple": "(() if {0} == '[]' else tuple(load({0})))",
    "json": "({{}} if {0} == '{{}}' else load({0}))",
    "json?": "load({0})",
}
_OUT["bool"] = _OUT["plain"]


def _shape(hint: Any) -> str:
    if hint is datetime:
        return "instant"
    if hint == datetime | None:
        return "instant?"
    if hint is bool:
        return "bool"
    if hint in (str, int, float):
        return "plain"
    if str(hint).startswith("tuple"):
        return "tuple"
    return "json?" if "None" in str(hint) else "json"

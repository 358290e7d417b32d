"""Values that change by becoming new ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


def evolve(value: T, /, **changes: Any) -> T:
    """`value`, a dataclass with slots that isn't frozen, with these fields changed, as a new object.

    `dataclasses.replace` asks each field for its rules every time, which on dozens of fields costs ten times as much.
    """
    kind: type = type(value)
    new: T = copier(kind)(value, object.__new__(kind))
    for name, changed in changes.items():
        setattr(new, name, changed)
    return new


@cache
def copier(kind: type) -> Callable[[Any, Any], Any]:
    """Sets every field of the second to the first's and returns it: written out as code, as `dataclasses` does too."""
    code = "".join(f"    new.{name} = old.{name}\n" for name in kind.__slots__)  # type: ignore[attr-defined]
    names: dict[str, Any] = {}
    exec(compile(f"def copy(old, new):\n{code}    return new\n", f"<copier of {kind.__name__}>", "exec"), names)
    copy: Callable[[Any, Any], Any] = names["copy"]
    return copy

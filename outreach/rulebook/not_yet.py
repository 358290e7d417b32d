"""What the language has and the engine hasn't, in one table: refused by name, never passed over in silence.

Each entry is `mapping.key` or `mapping.key=value`. To switch one on, build it, add the key to its shape and strike it
from here.
"""

from __future__ import annotations

from typing import Final

NOT_YET: Final = frozenset({
    "cadence.mix",
})  # fmt: skip

#: A part of the cadence that is written only to switch it off asks for nothing that isn't there.
OFF: Final[tuple[object, ...]] = (None, False, "none", "no", "off", "0 days", [], {})


def not_yet(mapping: str, key: str, value: object = None) -> str:
    """The complaint about this key or value; empty when it is no part of the language or built already."""
    if f"{mapping}.{key}" in NOT_YET:
        return f"`{key}` is not yet supported"
    if isinstance(value, str) and f"{mapping}.{key}={value}" in NOT_YET:
        return f"`{key}: {value}` is not yet supported"
    return ""


def keys_to_come(mapping: str) -> list[str]:
    """The keys of this mapping that are in the table."""
    return [entry.split(".")[1] for entry in sorted(NOT_YET) if entry.startswith(f"{mapping}.") and "=" not in entry]

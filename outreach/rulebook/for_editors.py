"""A mapping's JSON Schema as editors want it: what is offered is what may be written, and no more."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

_NOTHING: Final[tuple[object, ...]] = (None, "", [], {})


def for_editors(schema: dict[str, Any], called: str, bare: Collection[str]) -> None:
    """Rewrites the schema of one shape. `bare` keys may stand with nothing after them; of the others a `null` is a
    mistake, though it stands for "not given" inside. Defaults that say nothing are not offered for writing."""
    schema["title"] = called
    for key, value in schema.get("properties", {}).items():
        value.pop("title", None)
        if key not in bare:
            _without_null(value)
        if value.get("default") in _NOTHING or not _may_stand(value):
            value.pop("default", None)
        names = value.pop("propertyNames", {}).get("enum")
        if names:
            value["properties"] = dict.fromkeys(names, value["additionalProperties"])
            value["additionalProperties"] = False


def _without_null(value: dict[str, Any]) -> None:
    kept = [choice for choice in value.get("anyOf", []) if choice != {"type": "null"}]
    if len(kept) == len(value.get("anyOf", [])):
        return
    del value["anyOf"]
    if len(kept) > 1:
        value["anyOf"] = kept
    elif "$ref" in kept[0]:
        value["allOf"] = kept
    else:
        value.update(kept[0] | {key: value[key] for key in ("description",) if key in value})


def _may_stand(value: dict[str, Any]) -> bool:
    """Whether the default is one that could be written, and not what it is inside."""
    return isinstance(value.get("default"), str | int | bool) and "anyOf" not in value

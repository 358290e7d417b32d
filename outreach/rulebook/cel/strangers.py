"""Names that nothing has: a field without its root, a word without quotes, a typing mistake, another tool's word."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from outreach.rulebook.cel.fields import PREVIOUS, Fields, has
from outreach.rulebook.cel.functions import OURS
from outreach.rulebook.cel.problem import nearest
from outreach.rulebook.cel.spelling import literal, spelled

ROOTS: Final = ("event", "customer", "previous", "now")
_HYPHENS: Final = re.compile(r"[A-Za-z_][\w.]*(?:-[A-Za-z_]\w*)+")
_SAID: Final = {
    "yes": "write true", "no": "write false", "on": "write true", "off": "write false", "today": "write now",
    "yesterday": "write ago('1 day')", "client": "customer", "guest": "customer", "user": "customer",
    "patient": "customer", "member": "customer", "person": "customer", "outcome": "did you mean `previous.outcome`?",
}  # fmt: skip


def hyphened(source: str, at: int) -> tuple[int, str]:
    """The word with hyphens around this place (`order-id`) and where it begins; (-1, "") when there is none.

    >>> hyphened("event.order-id == 1", 12)
    (0, 'event.order-id')
    """
    found = next((m for m in _HYPHENS.finditer(source) if m.start() <= at < m.end()), None)
    return (found.start(), found[0]) if found else (-1, "")


def stranger_hint(name: str, parts: tuple[str, ...], fields: Fields, *, word: bool, source: str, at: int) -> str:
    """What was meant by `name` (and `.parts`), which is none of the roots. `word`: a text may stand there."""
    begins, whole = hyphened(source, at)
    if begins == at and not parts:
        return f"text needs quotes: {literal(whole)}"
    said = _SAID.get(name.lower(), "")
    if " " in said:
        return said
    if parts:
        return _path_hint(name, said, parts, fields)
    if name in OURS:
        return f"write {OURS[name][1]}"
    homes = fields.homes(name)
    if homes and (homes[0].endswith(f".{name}") or not word):
        return f"did you mean `{homes[0]}`?"
    if word:
        return f"text needs quotes: {literal(name)}"
    meant = nearest(name, ROOTS)
    return f"did you mean `{meant}`?" if meant else "there are event, customer, previous and now"


def _path_hint(name: str, said: str, parts: tuple[str, ...], fields: Fields) -> str:
    """`costumer.tags`, `purchase.total`, `EVENT.TOTAL`: the root that has this field, or one that is spelt alike."""
    listed = {"event": fields.event, "customer": fields.customer, "previous": PREVIOUS}
    near = said or nearest(name, ROOTS)
    for root in (near, *listed):
        if root in listed and has(parts, listed[root]):
            return f"did you mean `{spelled(root, *parts)}`?"
    if near not in listed:
        return "there are event, customer, previous and now"
    return f"did you mean `{spelled(near, *_nearest_path(parts, listed[near]))}`?"


def _nearest_path(parts: tuple[str, ...], known: Iterable[str]) -> tuple[str, ...]:
    found = nearest(parts[0], known)
    return (*found.split("."), *parts[1:]) if found else parts


def field_hint(root: str, parts: tuple[str, ...], known: Iterable[str]) -> str:
    """The whole path as it was probably meant, else what there is."""
    known = list(known)
    if root == "event" and parts[0] == "customer" and len(parts) > 1:
        return f"did you mean `{spelled('customer', *parts[1:])}`?"
    if parts[0] in ("data", "properties", "fields") and len(parts) > 1:
        return f"did you mean `{spelled(root, *_nearest_path(parts[1:], known))}`?"
    found = nearest(".".join(parts), known) or nearest(parts[0], known)
    if found:
        rest = parts[1:] if "." not in found else ()
        return f"did you mean `{spelled(root, *found.split('.'), *rest)}`?"
    listed = sorted(known)
    return f"known are {', '.join(listed[:12])}{' …' if len(listed) > 12 else ''}"

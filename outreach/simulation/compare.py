"""What changes between two rule sets, contact by contact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from outreach.simulation.contacts import Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A contact that only one of two rule sets makes, or that ends otherwise in the other."""

    customer: str
    rule: str
    step: str
    event: str
    before: str
    after: str


def compare(before: Iterable[Contact], after: Iterable[Contact]) -> Sequence[Difference]:
    """What `after` does otherwise than `before`; "" where one of them has no such follow-up."""
    old, new = _by_key(before), _by_key(after)
    found = []
    for key in sorted(old.keys() | new.keys()):
        was, now = old.get(key, ""), new.get(key, "")
        if was != now:
            customer, rule, step, event = key
            found.append(Difference(customer=customer, rule=rule, step=step, event=event, before=was, after=now))
    return found


def _by_key(rows: Iterable[Contact]) -> dict[tuple[str, str, str, str], str]:
    return {(r.customer, r.rule, r.step, r.event): _end(r) for r in rows}


def _end(row: Contact) -> str:
    reason = f" ({row.reason})" if row.reason else ""
    return f"{row.status} {row.at}{reason}"

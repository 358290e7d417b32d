"""`contacts.csv`: one row for each follow-up that came to an end, in order of time."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TextIO

from outreach.core.follow_up import FollowUp
from outreach.store.store import Store

#: States that have another name in the file.
STATUS = {"delivered": "sent", "undelivered": "sent", "failed": "held", "unknown": "held"}


@dataclass(frozen=True, slots=True)
class Contact:
    """One row. `at` and `due` are UTC, RFC 3339."""

    at: str
    due: str
    customer: str
    address: str
    channel: str
    purpose: str
    rule: str
    step: str
    event: str
    status: str
    reason: str


def contacts(store: Store) -> Iterator[Contact]:
    """The rows of a store, in order of time."""
    with store.reading() as tx:
        ended = [f for f in tx.follow_ups.ended() if f.channel != "remember"]  # neither a contact nor a task
        people = tx.customers.get({f.customer for f in ended})
    for f in sorted(ended, key=moment_of):
        person = people.get(f.customer)  # one who has become another left her duplicates behind
        yield _contact(f, f.address or (person.address(f.channel) if person is not None else ""))


def moment_of(f: FollowUp) -> datetime:
    """A call that was done took place when it was handed to a person; its outcome may come later."""
    return (f.state == "done" and f.listed) or f.ended or f.due


def _contact(f: FollowUp, address: str) -> Contact:
    return Contact(
        at=stamp(moment_of(f)), due=stamp(f.due), customer=f.customer, address=address, channel=f.channel,
        purpose=f.purpose, rule=f.rule, step=f.step, event=f.event, status=STATUS.get(f.state, f.state),
        reason=f.reason,
    )  # fmt: skip


def stamp(at: datetime | None) -> str:
    """`2026-11-03T15:00:00Z`."""
    return at.isoformat().replace("+00:00", "Z") if at else ""


def write(rows: Iterable[Contact], out: TextIO) -> None:
    """As CSV, with a header."""
    writer = csv.DictWriter(out, list(Contact.__dataclass_fields__), lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(row) for row in rows)


def summary(rows: Iterable[Contact]) -> Counter[tuple[str, str, str, str]]:
    """How many by rule, step, status and reason."""
    return Counter((r.rule, r.step, r.status, r.reason) for r in rows)

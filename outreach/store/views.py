"""Read-only questions of the pages: what was sent, what ended without a contact, what waits; newest first, by pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from outreach.core.customer import Customer
from outreach.core.follow_up import FollowUp
from outreach.core.trace import Reason
from outreach.store.attempts import Attempt
from outreach.store.codec import Codec, load
from outreach.store.database import transaction
from outreach.store.dialect import Book, names
from outreach.store.follow_ups import CODEC as FOLLOW_UP
from outreach.store.follow_ups import FollowUps
from outreach.store.store import Store
from outreach.store.traces import ORDER

ATTEMPT = Codec(Attempt)
#: Ends of a follow-up that reached nobody.
HELD_BACK = ("expired", "cancelled", "suppressed", "held", "failed", "unknown")

#: The place in a list after which the next page begins: an instant in microseconds, and an id.
Place = tuple[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of a list, and the place where the next one begins; None at its end."""

    items: Sequence[Any]
    next: Place | None


class Views(Book):
    """Questions that cross customers."""

    def sent(self, after: Place | None, limit: int) -> Page:
        """Attempts to send, newest first."""
        where, values = _beyond("made", after)
        sql = (
            f"SELECT {names(ATTEMPT.columns, 't.')} FROM attempt t WHERE t.tenant_id = ?{where}"
            " ORDER BY t.made DESC, t.id DESC LIMIT ?"
        )
        return _page(self.read(sql, self.tenant, *values, limit + 1), ATTEMPT, "made", limit)

    def held_back(self, after: Place | None, limit: int) -> Page:
        """Follow-ups that ended without a contact, newest first."""
        where, values = _beyond("ended", after)
        marks = ", ".join("?" for _ in HELD_BACK)
        sql = (
            f"SELECT {names(FOLLOW_UP.columns, 't.')} FROM follow_up t WHERE t.wake IS NULL AND t.tenant_id = ?"
            f" AND t.state IN ({marks}){where} ORDER BY t.ended DESC, t.id DESC LIMIT ?"
        )
        return _page(self.read(sql, self.tenant, *HELD_BACK, *values, limit + 1), FOLLOW_UP, "ended", limit)

    def waiting(self, limit: int) -> list[FollowUp]:
        """What is past its wished moment and was put off, soonest look first."""
        sql = (
            f"SELECT {names(FOLLOW_UP.columns, 't.')} FROM follow_up t WHERE t.wake IS NOT NULL AND t.tenant_id = ?"
            " AND t.state = 'scheduled' AND t.reason <> '' ORDER BY t.wake, t.id LIMIT ?"
        )
        return FOLLOW_UP.values(self.read(sql, self.tenant, limit))

    def follow_up(self, public_id: str) -> FollowUp | None:
        """One follow-up by its id alone: the id names its bucket."""
        return FollowUps(self.conn, self.tenant).named(public_id)

    def last_reasons(self, follow_ups: Iterable[FollowUp]) -> dict[str, tuple[Reason, ...]]:
        """The reasons of the latest decision about each of these, by id."""
        wanted = {f.id: f.customer for f in follow_ups}
        columns, where = (
            "t.follow_up, t.at, t.decision, t.reasons",
            f"t.follow_up IN ({', '.join('?' for _ in wanted)})",
        )
        rows = self.read_keyed(columns, "trace", "customer", set(wanted.values()), where, *wanted) if wanted else []
        in_order = sorted(rows, key=lambda row: (row[1], ORDER.get(row[2], len(ORDER))))
        latest = {follow_up: reasons for follow_up, _, _, reasons in in_order}
        return {follow_up: tuple(Reason(**plain) for plain in load(text)) for follow_up, text in latest.items()}

    def people(self, ids: Iterable[str]) -> dict[str, Customer]:
        """The customers with these ids."""
        codec = Codec(Customer)
        rows = self.read_keyed(names(codec.columns, "t."), "customer", "id", set(ids))
        return {c.id: c for c in codec.values(rows)}


@contextmanager
def looking(store: Store) -> Iterator[Views]:
    """The views, inside one transaction that only reads."""
    with transaction(store.engine, reading=True) as conn:
        yield Views(conn, store.tenant)


def _beyond(column: str, after: Place | None) -> tuple[str, tuple[Any, ...]]:
    return (f" AND (t.{column}, t.id) < (?, ?)", after) if after else ("", ())


def _page(rows: Sequence[Sequence[Any]], codec: Codec, column: str, limit: int) -> Page:
    """One row more than asked for says that there is a next page."""
    shown = rows[:limit]
    if len(rows) <= limit:
        return Page(items=codec.values(shown), next=None)
    last = shown[-1]
    place = (last[codec.columns.index(column)], last[codec.columns.index("id")])
    return Page(items=codec.values(shown), next=place)

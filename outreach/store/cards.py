"""The book of cards: how staff handle what is on the list; and who of them is away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from outreach.core.away import Absence
from outreach.core.follow_up import FORWARDED, FollowUp
from outreach.core.handling import Handling
from outreach.store.codec import Codec, micros
from outreach.store.dialect import Book, names
from outreach.store.follow_ups import CODEC as FOLLOW_UP

#: How far ahead a card is looked for that somebody has put off.
AHEAD = timedelta(days=14)
_BY_STAFF = "t.channel IN ('call', 'task')"
_HANDLING, _ABSENCE = Codec(Handling), Codec(Absence)
_COLUMNS = ("bucket", "tenant_id", *_HANDLING.columns)
_KEYS = ("customer", "id")
_SET = ", ".join(f'"{c}" = excluded."{c}"' for c in _HANDLING.columns if c not in _KEYS)
_SAVE = f"(bucket, tenant_id, customer, id) DO UPDATE SET {_SET}"


class Cards(Book):
    """Reads and writes the tables `card` and `absence`. Who writes a card's row holds its customer."""

    def of(self, customers: Iterable[str]) -> dict[str, Handling]:
        """What is known of these customers' cards, by the card's id."""
        rows = self.read_keyed(names(_HANDLING.columns, "t."), "card", "customer", customers)
        return {h.id: h for h in _HANDLING.values(rows)}

    def one(self, customer: str, id_: str) -> Handling:
        """One card's; one that nobody has handled yet has nothing to tell."""
        return self.of([customer]).get(id_) or Handling(customer=customer, id=id_)

    def save(self, handlings: Iterable[Handling]) -> None:
        """Store them as they are now."""
        rows = [(self.bucket(h.customer), self.tenant, *_HANDLING.row(h)) for h in handlings]
        self.insert("card", _COLUMNS, rows, _SAVE)

    def runs_of(self, customers: Iterable[str]) -> dict[str, list[FollowUp]]:
        """All follow-ups of these customers, by run."""
        found: dict[str, list[FollowUp]] = {}
        for f in FOLLOW_UP.values(
            self.read_keyed(names(FOLLOW_UP.columns, "t."), "follow_up", "customer", customers)
        ):  # fmt: skip
            found.setdefault(f.run, []).append(f)
        return found

    def ended(self, since: datetime) -> list[FollowUp]:
        """Calls and tasks that came to an end from then on."""
        where = f"t.wake IS NULL AND t.tenant_id = ? AND t.ended >= ? AND t.state <> '{FORWARDED}'"
        sql = f"SELECT {names(FOLLOW_UP.columns, 't.')} FROM follow_up t WHERE {where} AND {_BY_STAFF}"
        return FOLLOW_UP.values(self.read(sql, self.tenant, micros(since)))

    def put_off(self, until: datetime) -> list[FollowUp]:
        """Calls and tasks that were on the list, and come back later; those wished for by then."""
        where = f"t.wake < ? AND t.tenant_id = ? AND {_BY_STAFF} AND t.state = 'scheduled' AND t.attempt > 0"
        sql = f"SELECT {names(FOLLOW_UP.columns, 't.')} FROM follow_up t WHERE {where}"
        return FOLLOW_UP.values(self.read(sql, micros(until + AHEAD), self.tenant))

    def absences(self) -> list[Absence]:
        """Whoever is, was or will be away."""
        sql = f"SELECT {names(_ABSENCE.columns, 't.')} FROM absence t WHERE t.tenant_id = ? ORDER BY t.who"
        return _ABSENCE.values(self.read(sql, self.tenant))

    def away(self, absence: Absence) -> None:
        """Somebody is away; what was said of that person before is replaced."""
        self.back(absence.who)
        self.insert("absence", ("tenant_id", *_ABSENCE.columns), [(self.tenant, *_ABSENCE.row(absence))])

    def back(self, who: str) -> bool:
        """That person is there again; False when nobody knew of an absence."""
        found = [a.who for a in self.absences() if a.who.casefold() == who.strip().casefold()]
        for name in found:
            self.write("DELETE FROM absence WHERE tenant_id = ? AND who = ?", self.tenant, name)
        return bool(found)

    def forget_absences(self, before: datetime) -> None:
        """Those that were over by then are of no use."""
        self.write('DELETE FROM absence WHERE tenant_id = ? AND "until" < ?', self.tenant, micros(before))

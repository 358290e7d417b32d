"""The house's own book: pauses, holds, fields seen so far, facts about the database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from outreach.core.event import Event
from outreach.core.quiet import MARKS
from outreach.store.codec import instant, micros
from outreach.store.dialect import Book

#: The setting that holds since when.
QUARANTINE = "quarantine"


class House(Book):
    """Reads and writes the tables `pause`, `seen_field` and `setting`. `learnt` is what this process has remembered
    already: a field is learnt once, events come by the thousand."""

    learnt: set[tuple[str, ...]]

    def learn_once(self, events: Iterable[Event]) -> None:
        """Remember the fields of these events' types, without asking the database about those known to this process."""
        shapes = {(e.type, *e.data) for e in events} - self.learnt
        if shapes:
            self.learn((kind, field) for kind, *names in shapes for field in (names or [""]))
            self.learnt |= shapes

    def paused(self) -> dict[str, datetime]:
        """What is paused since when: rules by name, `*` for everything. Quarantine pauses everything, for everybody on
        this database, and no `resume` ends it."""
        sql = (
            "SELECT scope, since FROM pause WHERE tenant_id = ?"
            f" UNION ALL SELECT '*', CAST(value AS BIGINT) FROM setting WHERE name = '{QUARANTINE}'"
        )
        return {scope: instant(since) for scope, since in self.read(sql, self.tenant)}

    def quarantined(self) -> datetime | None:
        """Since when this database is in quarantine, because it was restored; None when it isn't."""
        since = self.settings().get(QUARANTINE)
        return None if since is None else instant(int(since))

    def quarantine(self, now: datetime) -> None:
        """Put it there."""
        self.set(QUARANTINE, str(micros(now)))

    def reopen(self) -> None:
        """Quarantine is over."""
        self.write("DELETE FROM setting WHERE name = ?", QUARANTINE)

    def pause(self, scope: str, now: datetime, by: str) -> None:
        """Hold a rule, or everything."""
        self.insert("pause", ("tenant_id", "scope", "since", "by"), [(self.tenant, scope, micros(now), by)])

    def resume(self, scope: str) -> bool:
        """Let go; False if it wasn't paused."""
        return self.write("DELETE FROM pause WHERE tenant_id = ? AND scope = ?", self.tenant, scope) > 0

    def fields(self) -> dict[str, set[str]]:
        """Fields of event types that have been seen, by type; `customer` for those of customers."""
        found: dict[str, set[str]] = {}
        for kind, field in self.read("SELECT kind, field FROM seen_field WHERE tenant_id = ?", self.tenant):
            found.setdefault(kind, set()).add(field)
        return found

    def learn(self, fields: Iterable[tuple[str, str]]) -> None:
        """Remember (type, field) pairs; "" as field remembers a type that has none."""
        self.insert("seen_field", ("tenant_id", "kind", "field"), [(self.tenant, k, f) for k, f in sorted(set(fields))])

    def tally(self, rule: str, day: str) -> tuple[int, bool]:
        """How many runs a limited rule has begun on that day (`2026-11-03`), and whether a person let go the rest."""
        sql = "SELECT runs, released FROM tally WHERE tenant_id = ? AND rule = ? AND day = ?"
        found = self.read(sql, self.tenant, rule, day)
        return (int(found[0][0]), bool(found[0][1])) if found else (0, False)

    def count(self, rule: str, day: str, runs: int, released: bool = False) -> None:
        """Add so many runs to that day's tally; `released` stays once it is true."""
        more = "(tenant_id, rule, day) DO UPDATE SET runs = tally.runs + excluded.runs"
        self.insert(
            "tally", ("tenant_id", "rule", "day", "runs", "released"), [(self.tenant, rule, day, runs, released)],
            f"{more}, released = tally.released OR excluded.released",
        )  # fmt: skip

    def hold(self, name: str, now: datetime) -> None:
        """Nobody else goes on from here until the transaction ends."""
        self.set(f"hold:{self.tenant}:{name}", str(micros(now)))

    def settings(self) -> dict[str, str]:
        """Facts about this database."""
        return dict(self.read("SELECT name, value FROM setting"))

    def set(self, name: str, value: str) -> None:
        """Write one."""
        self.insert("setting", ("name", "value"), [(name, value)], "(name) DO UPDATE SET value = excluded.value")


#: By customer and name, an instant.
Since = dict[str, dict[str, datetime]]


class Holds(Book):
    """Reads and writes the `hold` table: a complaint that is open, by its key. A refusal, and a reply that a person has
    to read, lie there too, one row each, but are no holds that rules and pages know of."""

    def open(self, customer: str, name: str, key: str, at: datetime) -> None:
        """Open a hold; one of the same key that was closed opens again, unless it was closed later than this."""
        columns = ("bucket", "tenant_id", "customer", "name", "key", "opened", "closed")
        row = (self.bucket(customer), self.tenant, customer, name, key, micros(at), None)
        reopen = (
            '(bucket, tenant_id, customer, name, "key") DO UPDATE SET closed = NULL, opened = excluded.opened'
            " WHERE hold.closed <= excluded.opened"
        )
        self.insert("hold", columns, [row], reopen)

    def close(self, customer: str, name: str, key: str, at: datetime) -> None:
        """Close a hold; without a key, all of that name. One that isn't known yet is entered as closed, because news
        of its end may overtake news of its beginning."""
        columns = ("bucket", "tenant_id", "customer", "name", "key", "opened", "closed")
        self.insert(
            "hold", columns, [(self.bucket(customer), self.tenant, customer, name, key, micros(at), micros(at))]
        )
        where = "closed IS NULL AND bucket = ? AND tenant_id = ? AND customer = ? AND name = ?"
        sql = f"UPDATE hold SET closed = ? WHERE {where}"
        values = [micros(at), self.bucket(customer), self.tenant, customer, name]
        self.write(sql + (' AND "key" = ?' if key else ""), *values, *([key] if key else []))

    def of(self, customers: Iterable[str]) -> dict[str, dict[str, datetime]]:
        """What is open, by customer and name, since when."""
        return self.of_and_marks(customers)[0]

    def of_and_marks(self, customers: Iterable[str]) -> tuple[Since, Since]:
        """What is open, since its first opening; and the marks that a customer's words have left (see `quiet`), since
        the latest."""
        holds: Since = {}
        marks: Since = {}
        columns = "t.customer, t.name, min(t.opened), max(t.opened)"
        where = "t.closed IS NULL GROUP BY t.customer, t.name"
        for customer, name, first, last in self.read_keyed(columns, "hold", "customer", customers, where):
            if name in MARKS:
                marks.setdefault(customer, {})[name] = instant(last)
            else:
                holds.setdefault(customer, {})[name] = instant(first)
        return holds, marks

"""The book of events: accepted once for ever, never changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from outreach.core.event import Event
from outreach.core.signs import BOOKKEEPING, ONLY_IF
from outreach.store.codec import EPOCH, MICROSECOND, dump, instant, load, micros
from outreach.store.dialect import SQLITE, Book, names

COLUMNS = ("bucket", "tenant_id", "customer", "source", "id", "type", "time", "site", "data", "received")
_READ = names(("customer", "source", "id", "type", "time", "site", "data"), "t.")
#: What was said of a call and taken back is no sign of anything. Such an event is named after what it takes back.
_TAKEN_BACK = (
    " AND NOT EXISTS (SELECT 1 FROM event u WHERE u.bucket = t.bucket AND u.tenant_id = t.tenant_id"
    " AND u.customer = t.customer AND u.source = t.source AND u.id = 'undo:' || t.id AND u.type = 'outcome.undone')"
)
_json = msgspec.json.Encoder().encode


class Events(Book):
    """Reads and writes the `event` table."""

    def accept(self, events: Sequence[Event], now: datetime) -> list[Event]:
        """Store those that were not accepted before, each once; returns them. An id is one event per customer and
        source, for ever.

        Nearly always all of them are new, so they are inserted first, and only when some row was there already is it
        asked which. PostgreSQL says it at once.
        """
        fresh = list({(e.customer, e.source, e.id): e for e in reversed(events)}.values())[::-1]
        received, tenant, bucket = micros(now), self.tenant, self.bucket
        rows = [
            (bucket(e.customer), tenant, e.customer, e.source, e.id, e.type, (e.time - EPOCH) // MICROSECOND, e.site,
             _json(e.data).decode(), received)
            for e in fresh
        ]  # fmt: skip
        if self.dialect is not SQLITE:
            new = set(map(tuple, self.insert_new("event", COLUMNS, rows, ("customer", "source", "id"))))
            return [e for e in fresh if (e.customer, e.source, e.id) in new]
        point = self.conn.begin_nested()
        if self.insert("event", COLUMNS, rows) == len(rows):
            point.commit()
            return fresh
        point.rollback()
        seen = self._seen(fresh)
        unseen = [(e, row) for e, row in zip(fresh, rows, strict=True) if (e.customer, e.source, e.id) not in seen]
        self.insert("event", COLUMNS, [row for _, row in unseen])
        return [e for e, _ in unseen]

    def _seen(self, events: Sequence[Event]) -> set[tuple[str, str, str]]:
        wanted = dump([e.id for e in events])
        where = self.dialect.among.format("t.id")
        rows = self.read_keyed(
            "t.customer, t.source, t.id", "event", "customer", {e.customer for e in events}, where, wanted
        )
        return {(customer, source, id_) for customer, source, id_ in rows}

    def history(self, customers: Iterable[str], types: Iterable[str]) -> dict[str, list[Event]]:
        """All events of these types (`order.*` covers a family), by customer."""
        found: dict[str, list[Event]] = {}
        wanted = sorted(set(types))
        if not wanted:
            return found
        test, values = _of_types(wanted)
        for row in self.read_keyed(_READ, "event", "customer", customers, test, *values):
            event = _event(row)
            found.setdefault(event.customer, []).append(event)
        return found

    def every(self, customer: str) -> list[Event]:
        """All events of one customer, in order of time."""
        found = (_event(row) for row in self.read_keyed(_READ, "event", "customer", [customer]))
        return sorted(found, key=lambda e: (e.time, e.source, e.id))

    def latest(self, customers: Iterable[str], types: Iterable[str], never: Iterable[str] = ()) -> dict[str, datetime]:
        """When the latest event of these types came, by customer; without types, the latest of any but `never`."""
        wanted, unwanted = sorted(set(types)), sorted(set(never))
        where, values = _of_types(wanted)
        if not wanted:
            where, values = f"t.type NOT IN ({_marks(unwanted)})" if unwanted else "1 = 1", [*unwanted]
        rows = self.read_keyed(
            "t.customer, max(t.time)", "event", "customer", customers, f"{where} GROUP BY t.customer", *values
        )
        return {customer: instant(at) for customer, at in rows}

    def last_signs(self, customers: Iterable[str]) -> dict[str, datetime]:
        """The latest sign of life of each customer (see `core.signs`): contacts from then on are unanswered. What came
        of a call stands just behind it, so that it answers the call even if both are told of the same instant."""
        tests = [f"t.type NOT IN ({_marks((*BOOKKEEPING, *ONLY_IF))})"]
        values: list[str] = [*BOOKKEEPING, *ONLY_IF]
        for kind, (field, only) in ONLY_IF.items():
            undone = _TAKEN_BACK if kind == "outcome" else ""
            tests.append(f"(t.type = ? AND {self.dialect.field.format('t.data', field)} IN ({_marks(only)}){undone})")
            values += [kind, *only]
        where = f"({' OR '.join(tests)}) GROUP BY t.customer"
        columns = "t.customer, max(t.time + CASE t.type WHEN 'outcome' THEN 1 ELSE 0 END)"
        rows = self.read_keyed(columns, "event", "customer", customers, where, *values)
        return {customer: instant(at) for customer, at in rows}

    def received(self, customer: str) -> dict[tuple[str, str], datetime]:
        """When each event of a customer came in, by (source, id)."""
        rows = self.read_keyed("t.source, t.id, t.received", "event", "customer", [customer])
        return {(source, id_): instant(at) for source, id_, at in rows}

    def get(self, keys: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str, str], Event]:
        """Events by (customer, source, id)."""
        wanted = set(keys)
        customers, ids = {c for c, _, _ in wanted}, dump([i for _, _, i in wanted])
        rows = self.read_keyed(_READ, "event", "customer", customers, self.dialect.among.format("t.id"), ids)
        events = (_event(row) for row in rows)
        return {key: e for e in events if (key := (e.customer, e.source, e.id)) in wanted}


def _of_types(wanted: Sequence[str]) -> tuple[str, list[object]]:
    """The test of a type by names and families (`order.*`), and its values. LIKE would take `_` for any letter, and on
    SQLite a capital for a small one."""
    tests = ["substr(t.type, 1, ?) = ?" if t.endswith(".*") else "t.type = ?" for t in wanted]
    values: list[object] = [v for t in wanted for v in ((len(t) - 1, t[:-1]) if t.endswith(".*") else (t,))]
    return f"({' OR '.join(tests)})", values


def _marks(values: Iterable[object]) -> str:
    return ", ".join("?" for _ in values)


def _event(row: Sequence[object]) -> Event:
    customer, source, id_, type_, time, site, data = row
    return Event(
        id=str(id_), type=str(type_), customer=str(customer), time=instant(time), data=load(str(data)),  # type: ignore[arg-type]
        site=str(site), source=str(source),
    )  # fmt: skip

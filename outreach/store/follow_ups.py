"""The book of follow-ups: what is planned, what is being done, how it ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from outreach.core.follow_up import FORWARDED, FollowUp
from outreach.core.handling import UNDONE
from outreach.core.keys import bucket_in
from outreach.store.codec import Codec, dump, instant, micros
from outreach.store.dialect import SQLITE, Book, names
from outreach.store.fresh import Fresh
from outreach.store.topology import ALL, Buckets

CODEC = Codec(FollowUp)
COLUMNS = ["bucket", "tenant_id", *CODEC.columns]
_READ = names(CODEC.columns, "t.")
#: What may change after the planning; the rest says what the follow-up is.
CHANGING = (
    "due", "wake", "valid_until", "started", "event", "intent", "state", "reason", "outcome", "outcome_by", "note",
    "attempt", "address", "listed", "ended", "worker", "overlay", "assign", "site",
)  # fmt: skip
#: Of that, what may change while a contact is claimed and sent.
GOING = ("wake", "state", "reason", "outcome", "attempt", "address", "ended", "worker")
_CHANGED, _GONE_ON = CODEC.picker(CHANGING), CODEC.picker(GOING)
#: What has happened to one that is planned just now, from `outcome` to `overlay`: nothing.
_NOTHING = ("", "", "", 0, "", None, None, "", None)
_FRESH = Fresh(COLUMNS, "outcome", _NOTHING)
_KEYS = ("bucket", "tenant_id", "customer", "id")
#: PostgreSQL, left to itself, would compare each with each.
_KNOWN = (
    "SELECT t.id FROM (SELECT (v->>0)::smallint b, v->>1 c, v->>2 i FROM jsonb_array_elements(?::jsonb) v) k CROSS JOIN"
    " LATERAL (SELECT id FROM follow_up t WHERE t.bucket = k.b AND t.tenant_id = ? AND t.customer = k.c AND t.id = k.i"
    " OFFSET 0) t"
)


class FollowUps(Book):
    """Reads and writes the `follow_up` table."""

    def add(self, follow_ups: Iterable[FollowUp]) -> None:
        """Store new ones; one that was planned before stays as it is."""
        bucket, tenant = self.bucket, self.tenant
        rows = [(bucket(f.customer), tenant, *CODEC.row(f)) for f in follow_ups]
        _FRESH.insert(self, "follow_up", rows)

    def save(self, follow_ups: Iterable[FollowUp]) -> None:
        """Store what changed about known ones."""
        rows = [(*_CHANGED(f), self.bucket(f.customer), self.tenant, f.customer, f.id) for f in follow_ups]
        self.update("follow_up", CHANGING, _KEYS, rows)

    def save_going(self, follow_ups: Iterable[FollowUp]) -> None:
        """Store how far these known ones have come; nothing but `GOING` may have changed about them."""
        rows = [(*_GONE_ON(f), self.bucket(f.customer), self.tenant, f.customer, f.id) for f in follow_ups]
        self.update("follow_up", GOING, _KEYS, rows)

    def open_of(self, customers: Iterable[str]) -> dict[str, list[FollowUp]]:
        """Everything that hasn't ended, by customer."""
        return self._by_customer(self.read_keyed(_READ, "follow_up", "customer", customers, "t.wake IS NOT NULL"))

    def waiting(self, customers: Iterable[str], code: str) -> list[FollowUp]:
        """What was put off for a reason that begins with this code, of these customers."""
        where = "t.wake IS NOT NULL AND substr(t.reason, 1, ?) = ?"
        return CODEC.values(self.read_keyed(_READ, "follow_up", "customer", customers, where, len(code), code))

    def all_of(self, customer: str) -> list[FollowUp]:
        """Everything of one customer, ended or not, by due moment."""
        found = CODEC.values(self.read_keyed(_READ, "follow_up", "customer", [customer]))
        return sorted(found, key=lambda f: (f.due, f.rule, f.index))

    def known(self, ids: Iterable[tuple[str, str]]) -> set[str]:
        """Which of these (customer, id) exist already."""
        wanted = list(ids)
        if not wanted:
            return set()
        if self.dialect is not SQLITE:
            return {row[0] for row in self.read(_KNOWN, dump([(self.bucket(c), c, i) for c, i in wanted]), self.tenant)}
        where, listed = "t.id IN (SELECT value FROM json_each(?))", dump([i for _, i in wanted])
        return {
            row[0] for row in self.read_keyed("t.id", "follow_up", "customer", {c for c, _ in wanted}, where, listed)
        }

    def last_started(self, customers: Iterable[str], rules: Iterable[str]) -> dict[str, dict[str, datetime]]:
        """When the latest run of each of these rules began, by customer and rule."""
        wanted = sorted(set(rules))
        found: dict[str, dict[str, datetime]] = {}
        if not wanted:
            return found
        marks = ", ".join("?" for _ in wanted)
        where = f"t.rule IN ({marks}) AND t.reason <> '{UNDONE}' GROUP BY t.customer, t.rule"
        for customer, rule, at in self.read_keyed(
            "t.customer, t.rule, max(t.started)", "follow_up", "customer", customers, where, *wanted
        ):
            found.setdefault(customer, {})[rule] = instant(at)
        return found

    def due(
        self, now: datetime, limit: int, paused: Iterable[str] = (), buckets: Buckets = ALL
    ) -> list[tuple[str, str]]:
        """(customer, id) of what the engine must look at by `now` in these buckets: earliest first, then the most
        important (the index has them in this order); at most one of each customer."""
        where, values = _awake(paused)
        here, place = self.within(buckets)
        sql = (
            f"SELECT t.customer, t.id FROM follow_up t WHERE t.wake <= ?{here} AND t.tenant_id = ?{where}"
            " ORDER BY t.wake, t.priority DESC, t.bucket, t.customer, t.rule, t.id LIMIT ?"
        )
        first: dict[str, str] = {}
        for customer, id_ in self.read(sql, micros(now), *place, self.tenant, *values, limit):
            first.setdefault(customer, id_)
        return list(first.items())

    def hold(self, customers: Iterable[str]) -> set[str]:
        """Nobody else changes follow-ups of these customers until the transaction ends; those that could be held."""
        fence = "FOR NO KEY UPDATE SKIP LOCKED"
        return {row[0] for row in self.read_keyed("t.customer", "follow_up", "customer", customers, fence=fence)}

    def claimed_by(self, worker: str, customers: Iterable[str]) -> dict[str, int]:
        """What of these customers this worker holds: id → which try it is."""
        where = "t.state = 'claimed' AND t.wake IS NOT NULL AND t.worker = ?"
        return dict(self.read_keyed('t.id, t."attempt"', "follow_up", "customer", customers, where, worker))

    def next_wake(self, paused: Iterable[str] = ()) -> datetime | None:
        """The first moment at which something must be looked at; None when nothing lies ahead."""
        where, values = _awake(paused)
        here, place = self.within(ALL)
        sql = f"SELECT min(t.wake) FROM follow_up t WHERE t.wake IS NOT NULL{here} AND t.tenant_id = ?{where}"
        value = self.read(sql, *place, self.tenant, *values)[0][0]
        return None if value is None else instant(value)

    def ended(self) -> Iterable[FollowUp]:
        """Every follow-up that came to an end, in order of time."""
        order = 't.ended, t.customer, t.rule, t."index", t.id'
        where = f"t.wake IS NULL AND t.tenant_id = ? AND t.state <> '{FORWARDED}'"
        sql = f"SELECT {_READ} FROM follow_up t WHERE {where} ORDER BY {order}"
        for row in self.read(sql, self.tenant):
            yield CODEC.value(row)

    def held(self, rule: str, reason: str) -> list[FollowUp]:
        """What of a rule is held for a person, for a reason like this one (`%` stands for anything)."""
        where = "t.state = 'held' AND t.wake IS NULL AND t.tenant_id = ? AND t.rule = ? AND t.reason LIKE ?"
        sql = f"SELECT {_READ} FROM follow_up t WHERE {where} ORDER BY t.due, t.id"
        return CODEC.values(self.read(sql, self.tenant, rule, reason))

    def counts(self) -> dict[str, int]:
        """How many there are in each state."""
        sql = "SELECT state, count(*) FROM follow_up WHERE tenant_id = ? AND state <> ? GROUP BY state"
        return {state: n for state, n in self.read(sql, self.tenant, FORWARDED)}

    def listed(self) -> list[FollowUp]:
        """The staff list: calls and tasks handed out and not yet done, most important first."""
        where = "t.state = 'listed' AND t.wake IS NOT NULL AND t.tenant_id = ?"
        order = "t.valid_until, t.priority DESC, t.customer, t.id"
        return CODEC.values(self.read(f"SELECT {_READ} FROM follow_up t WHERE {where} ORDER BY {order}", self.tenant))

    def listed_at(self, at: datetime) -> list[FollowUp]:
        """Calls and tasks handed out at that very instant."""
        where = "t.state = 'listed' AND t.wake > ? AND t.listed = ? AND t.tenant_id = ?"
        sql = f"SELECT {_READ} FROM follow_up t WHERE {where}"
        return CODEC.values(self.read(sql, micros(at), micros(at), self.tenant))

    def for_staff(self, since: datetime, until: datetime) -> tuple[list[FollowUp], list[FollowUp]]:
        """Calls and tasks handed out from `since` on, before `until`; and those planned by then that still wait."""
        people = "t.tenant_id = ? AND t.channel IN ('call', 'task')"
        out = f"SELECT {_READ} FROM follow_up t WHERE t.listed >= ? AND t.listed < ? AND {people}"
        ahead = f"SELECT {_READ} FROM follow_up t WHERE t.wake < ? AND {people} AND t.state = 'scheduled'"
        return (
            CODEC.values(self.read(out, micros(since), micros(until), self.tenant)),
            CODEC.values(self.read(ahead, micros(until), self.tenant)),
        )

    def named(self, id_: str) -> FollowUp | None:
        """One follow-up by its id alone, which names its bucket; under the id it has now, if its customer has become
        another one since."""
        try:
            bucket = bucket_in(id_)
        except ValueError:
            return None
        sql = f"SELECT {_READ} FROM follow_up t WHERE bucket = ? AND tenant_id = ? AND id = ?"
        found = CODEC.values(self.read(sql, bucket, self.tenant, id_))
        if found and found[0].state == FORWARDED:
            return self.named(found[0].reason.removeprefix(f"{FORWARDED}:"))
        return found[0] if found else None

    def _by_customer(self, rows: Sequence[Sequence[object]]) -> dict[str, list[FollowUp]]:
        found: dict[str, list[FollowUp]] = {}
        for f in CODEC.values(rows):
            found.setdefault(f.customer, []).append(f)
        return found


def _awake(paused: Iterable[str]) -> tuple[str, list[str]]:
    """A pause holds what is scheduled and what is on the list; what is being sent is always brought to its end."""
    rules = sorted(set(paused))
    if not rules:
        return "", []
    if "*" in rules:
        return " AND t.state = 'claimed'", []
    return f" AND (t.state = 'claimed' OR t.rule NOT IN ({', '.join('?' for _ in rules)}))", rules

"""The book of decisions and their reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from outreach.core.trace import Reason, Trace
from outreach.store.codec import EPOCH, MICROSECOND, dump, instant, load
from outreach.store.dialect import Book

TRACE = ("bucket", "tenant_id", "customer", "follow_up", "at", "decision", "rule", "step", "reasons")
_READ = "t.customer, t.at, t.follow_up, t.rule, t.step, t.decision, t.reasons"
#: In which order decisions of one instant were made; what isn't named here is an end.
ORDER = {
    d: i
    for i, d in enumerate(
        ("planned", "moved", "noted", "woken", "taken_off", "deferred", "joined", "listed", "claimed", "retry")
    )
}


class Traces(Book):
    """Reads and writes the `trace` table: decisions and their reasons, append-only."""

    def add(self, traces: Iterable[Trace]) -> None:
        """Write decisions down."""
        bucket, tenant = self.bucket, self.tenant
        rows = [
            (bucket(t.customer), tenant, t.customer, t.follow_up, (t.at - EPOCH) // MICROSECOND, t.decision, t.rule,
             t.step, dump([_plain(r) for r in t.reasons]) if t.reasons else "[]")
            for t in traces
        ]  # fmt: skip
        self.insert("trace", TRACE, rows)

    def of(self, customer: str) -> list[Trace]:
        """All decisions about one customer, in order of time."""
        return self.of_all([customer]).get(customer, [])

    def of_one(self, customer: str, follow_up: str) -> list[Trace]:
        """Those about one follow-up of hers: a customer of many years has thousands about others."""
        sql = (
            f"SELECT {_READ} FROM trace t WHERE t.bucket = ? AND t.tenant_id = ? AND t.customer = ? AND t.follow_up = ?"
        )
        rows = self.read(sql, self.bucket(customer), self.tenant, customer, follow_up)
        return sorted((_trace(*row) for row in rows), key=_in_time)

    def of_all(self, customers: Iterable[str], decisions: Iterable[str] = ()) -> dict[str, list[Trace]]:
        """Decisions about these customers (only of these kinds, if some are named), in order of time."""
        some = list(decisions)
        where = f"t.decision IN ({', '.join('?' for _ in some)})" if some else ""
        found: dict[str, list[Trace]] = {}
        for row in self.read_keyed(_READ, "trace", "customer", customers, where, *some):
            found.setdefault(row[0], []).append(_trace(*row))
        for of_one in found.values():
            of_one.sort(key=_in_time)
        return found


def _in_time(t: Trace) -> tuple[datetime, str, int]:
    return t.at, t.follow_up, ORDER.get(t.decision, len(ORDER))


def _trace(customer: str, at: int, f: str, rule: str, step: str, decision: str, told: str) -> Trace:
    why = tuple(_reason(r) for r in load(told))
    return Trace(at=instant(at), customer=customer, follow_up=f, rule=rule, step=step, decision=decision, reasons=why)


def _plain(reason: Reason) -> dict[str, object]:
    plain: dict[str, object] = {"code": reason.code, "text": reason.text} if reason.text else {"code": reason.code}
    if reason.numbers:
        plain["numbers"] = reason.numbers
    return plain


def _reason(plain: Mapping[str, object]) -> Reason:
    return Reason(code=str(plain["code"]), text=str(plain.get("text", "")), numbers=dict(plain.get("numbers", {})))  # type: ignore[call-overload]

"""A small business in which all is well, and words for breaking its books one row at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from outreach.core.policy import Policy
from outreach.proof.findings import Findings
from outreach.proof.proving import prove
from outreach.store.codec import micros
from tests.support.business import Business, a_customer, a_rule, an_engine, rules_of, utc

HOUR = 3600 * 1_000_000
HOURS = 'hours: {sms: {mon-sat: "09:00-20:00"}, call: {mon-fri: "10:00-18:00"}, email: {mon-sun: "07:00-21:00"}}'
CALM = f"{{min_gap: 20 hours, {HOURS}, holds: [{{while: complaint, purposes: [marketing]}}]}}"
RULES = (
    a_rule("sms: {at: in 1 hour, template: hi}", name="text"),
    a_rule("call: {at: in 1 hour, script: hi}", on="visit", name="ring"),
    a_rule("email: {at: in 1 hour, template: hi}", on="promo", name="mail", purpose="marketing"),
)
MON, WED, NEXT = utc("2026-11-02T16:00"), utc("2026-11-04T16:00"), utc("2026-11-09T16:00")


@dataclass
class House:
    """A text on Monday at eleven, a call on Wednesday that reached her, a mail on the Monday after; in New York."""

    shop: Business

    def proof(self, since: datetime | None = None, policy: Policy | None = None) -> Findings:
        engine = self.shop.engine
        return prove(engine.store, policy or engine.policy, self.shop.clock.instant, since)

    def rules(self) -> set[str]:
        return {f.rule for f in self.proof().faults}

    def do(self, sql: str, *values: Any) -> None:
        with self.shop.engine.store.engine.begin() as conn:
            changed = conn.exec_driver_sql(sql, values)
            assert changed.rowcount, "nothing was broken"

    def copy(self, table: str, where: str, **changes: Any) -> None:
        """Rows once more, with other values; a value may be SQL in brackets."""
        with self.shop.engine.store.engine.begin() as conn:
            columns = [row[1] for row in conn.exec_driver_sql(f"PRAGMA table_info({table})")]
            said = [str(changes[c]) if str(changes.get(c, "")).startswith("(") else f"'{changes[c]}'" if c in changes
                    else f'"{c}"' for c in columns]  # fmt: skip
            quoted = ", ".join(f'"{c}"' for c in columns)
            done = conn.exec_driver_sql(
                f"INSERT INTO {table} ({quoted}) SELECT {', '.join(said)} FROM {table} WHERE {where}"
            )
            assert done.rowcount, "nothing was copied"

    def shift(self, channel: str, hours: float) -> None:
        """A contact took place at another time, and every book says so."""
        by = int(hours * HOUR)
        where = f"WHERE channel = '{channel}'"
        self.do(f"UPDATE touch SET at = at + {by}, gap_until = gap_until + {by} {where}")
        if channel != "call":
            self.do(f"UPDATE attempt SET made = made + {by} {where}")

    def hold(self, name: str, opened: datetime, closed: datetime | None = None) -> None:
        self.do(
            "INSERT INTO hold SELECT bucket, tenant_id, id, ?, 'k', ?, ? FROM customer", name, micros(opened),
            micros(closed) if closed else None,
        )  # fmt: skip

    def hear(self, type: str, at: datetime, received: datetime | None = None) -> None:
        """An event that nobody acted on."""
        self.do(
            "INSERT INTO event SELECT bucket, tenant_id, id, 's', ?, ?, ?, '', '{}', ? FROM customer",
            f"{type}{at}", type, micros(at), micros(received or at),
        )  # fmt: skip

    def withdraw(self, at: datetime, channel: str = "email") -> None:
        self.do(
            "INSERT INTO consent (bucket, tenant_id, customer, id, channel, purpose, given, at, source, evidence,"
            " basis) SELECT bucket, tenant_id, id, 'no', ?, 'all', 0, ?, '', '', '' FROM customer", channel, micros(at),
        )  # fmt: skip

    def suppress(self, channel: str, since: datetime, reason: str = "stop", scope: str = "") -> None:
        self.do(
            "INSERT INTO suppression SELECT DISTINCT tenant_id, address_key, ?, ?, ? FROM touch WHERE channel = ?"
            " AND subject LIKE 'c:%'", scope or channel, reason, micros(since), channel,
        )  # fmt: skip


def a_house(cadence: str = CALM, **customer: Any) -> House:
    her = {"country": "US", "region": "NY"} | customer
    shop = an_engine(rules_of(*RULES, cadence=cadence), a_customer(**her))
    shop.tell("purchase")
    shop.wait("2026-11-04T15:00").tell("visit")
    shop.wait("2026-11-04T16:30").tell("outcome", rule="ring", outcome="reached")
    shop.wait("2026-11-09T15:00").tell("promo")
    shop.wait("2026-11-20T15:00")
    house = House(shop)
    assert [(t.channel, t.at) for t in shop.touches()] == [("sms", MON), ("call", WED), ("email", NEXT)]
    assert house.proof().said == "0 violations in 3 touches of 1 customers"
    return house

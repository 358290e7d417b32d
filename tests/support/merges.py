"""Who has become whom, for the judge: read from the tables with plain SQL."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from tests.support.business import Business
from tests.support.random_business import Chance


def select(shop: Business, sql: str) -> list[tuple]:
    with shop.engine.store.engine.connect() as conn:
        return [tuple(row) for row in conn.exec_driver_sql(sql)]


@dataclass(frozen=True)
class Merges:
    shop: Business

    @cached_property
    def into(self) -> dict[str, tuple[str, int]]:
        """Customer → who she became, and when."""
        return {old: (into, since) for old, into, since in select(self.shop, 'SELECT id, "into", since FROM alias')}

    @cached_property
    def woken(self) -> set[tuple[str, int]]:
        """Follow-ups that were looked at anew because of a merge, and when."""
        sql = "SELECT follow_up, at FROM trace WHERE decision = 'woken' AND reasons LIKE '%customer.merged%'"
        return set(select(self.shop, sql))

    def copied(self, holders: Iterable[str]) -> dict[str, int]:
        """Of those who have a row of this name, since when: 0 for the one whose it was first, and for the others the
        moment at which they took it over."""
        held = set(holders)
        return {
            h: max([0, *(since for g in held for to, since in [self.into.get(g, ("", 0))] if to == h)]) for h in held
        }

    def zones(self, chance: Chance) -> list[tuple[int, str, str]]:
        """Changes of zone, by (microsecond, customer, zone): what `customer.changed` says, and what fills a gap."""
        zone = {f"c{n}": told for n, (_, told) in enumerate(chance.people)}
        now_is, changes = {c: c for c in zone}, []
        for event in sorted(chance.events, key=lambda e: e.time):
            at, who = int(event.time.timestamp()) * 1_000_000, now_is[event.customer]
            if event.type == "customer.changed":
                zone[who] = event.data["timezone"]
                changes.append((at, who, zone[who]))
            elif event.type == "customer.merged" and (there := now_is[event.data["into"]]) != who:
                if self.into.get(who) != (there, at):
                    continue
                now_is = {c: there if n == who else n for c, n in now_is.items()}
                if zone[who] and not zone[there]:
                    zone[there] = zone[who]
                    changes.append((at, there, zone[there]))
        return changes

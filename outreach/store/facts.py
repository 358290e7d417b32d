"""What is known of customers besides what they were sent: what they agreed to, what holds them, and what the
suppression list says of their addresses. One question for all of it: a small claim waits longer for three answers than
for one of the three."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from outreach.core.consenting import Suppression
from outreach.core.customer import Consent
from outreach.core.quiet import MARKS
from outreach.store.codec import Codec, dump, instant
from outreach.store.dialect import Book, as_keys, names
from outreach.store.house import Since

_CONSENT = Codec(Consent)
assert _CONSENT.columns == ["channel", "purpose", "given", "at", "source", "evidence", "basis", "expires"]
#: Every kind of fact in the columns of the first.
_CONSENTS = f"SELECT 0, t.customer, {names(_CONSENT.columns, 't.')} FROM "
_HOLDS = "SELECT 1, t.customer, t.name, '', false, min(t.opened), '', '', '', max(t.opened) FROM "
_LISTED = "SELECT 2, address_key, channel, reason, false, since, '', '', '', NULL FROM suppression WHERE tenant_id = ?"


@dataclass(slots=True)
class Known:
    """By customer: the history of consent; what is open, since its first opening; and the marks that her words have
    left, since the latest. `suppressed` is what the list says of the addresses."""

    consents: dict[str, list[Consent]] = field(default_factory=dict)
    holds: Since = field(default_factory=dict)
    marks: Since = field(default_factory=dict)
    suppressed: list[Suppression] = field(default_factory=list)


class Facts(Book):
    """Reads the tables `consent`, `hold` and `suppression`."""

    def of(self, customers: Collection[str], keys: Collection[str]) -> Known:
        """What is known of these customers, and of these addresses (keyed hashes)."""
        found, here = Known(), as_keys(self.place, customers)
        for kind, who, first, second, *rest in self.read(self._question(), here, self.tenant, here, self.tenant,
                                                         self.tenant, dump(sorted(keys))):  # fmt: skip
            if kind == 0:
                found.consents.setdefault(who, []).append(_CONSENT.value((first, second, *rest)))
            elif kind == 2:
                found.suppressed.append(Suppression(who, first, second, instant(rest[1])))
            elif first in MARKS:
                found.marks.setdefault(who, {})[first] = instant(rest[5])
            else:
                found.holds.setdefault(who, {})[first] = instant(rest[1])
        return found

    def _question(self) -> str:
        keyed = [
            f"{what}{self.dialect.keys} {self.dialect.join.format(table=table, subject='customer', fence='OFFSET 0')}"
            for what, table in ((_CONSENTS, "consent"), (_HOLDS, "hold"))
        ]
        among = self.dialect.among.format("address_key")
        opened = "WHERE t.closed IS NULL GROUP BY t.customer, t.name"
        return f"{keyed[0]} UNION ALL {keyed[1]} {opened} UNION ALL {_LISTED} AND {among}"

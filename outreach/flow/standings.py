"""Loading how customers stand: one query for each kind of fact, for all customers of a claim at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from outreach.core.back_off import reach, unanswered
from outreach.core.cadence import Cadence
from outreach.core.consenting import Suppression, words_at
from outreach.core.customer import Consent, Customer
from outreach.core.guard import Policy
from outreach.core.ledger import Touch
from outreach.core.standing import Standing
from outreach.store.codec import EPOCH
from outreach.store.store import Transaction


def load_standings(
    tx: Transaction, customers: Mapping[str, Customer], now: datetime, policy: Policy
) -> dict[str, Standing]:
    """The standing of each of these customers at `now`."""
    since = now - longest_window(policy.cadence)
    ids = list(customers)
    keys = {c.id: tx.customers.keys(c) for c in customers.values()}
    every_key = {k for of_one in keys.values() for k in of_one.values()}
    touches, at_address = tx.ledger.near(ids, every_key, since)
    known = tx.facts.of(ids, every_key)
    suppressed: dict[tuple[str, str], str] = {}
    words: dict[str, list[Suppression]] = {}
    for s in known.suppressed:
        if s.is_word:
            words.setdefault(s.key, []).append(s)
        else:
            suppressed[s.key, s.scope] = s.reason
    signs, ignored = _signs(tx, ids, since, now, policy.cadence)
    seen = others_touches if tx.elsewhere is not None else lambda touches, _: tuple(touches)
    return {
        c.id: Standing(
            customer=c,
            zones=policy.zones(c),
            places=policy.places(c),
            touches=tuple(touches.get(c.id, ())),
            address_keys=keys[c.id],
            at_address={k: seen(at_address.get(k, ()), c.id) for k in set(keys[c.id].values())},
            consents=(*known.consents.get(c.id, ()), *(_words(keys[c.id], words) if words else ())),
            suppressed=suppressed,
            holds=known.holds.get(c.id, {}),
            marks=known.marks.get(c.id, {}),
            last_sign=signs.get(c.id),
            ignored=ignored.get(c.id, 0),
            now=now,
        )
        for c in customers.values()
    }


def _words(keys: Mapping[str, str], words: Mapping[str, list[Suppression]]) -> list[Consent]:
    return words_at(keys, [s for key in set(keys.values()) for s in words.get(key, ())])


def others_touches(touches: Iterable[Touch], customer: str) -> tuple[Touch, ...]:
    """Touches at an address but this customer's own: while she is held, her own book is the truth about those, and an
    address that lies elsewhere may have more of them."""
    return tuple(t for t in touches if t.customer != customer)


def longest_window(cadence: Cadence) -> timedelta:
    """How far back touches matter."""
    windows = [reach(cadence), *(cap.per for cap in cadence.caps)]
    lawful = [limit.per for law in cadence.laws for limit in law.limits]
    return max(windows + lawful) + timedelta(days=1)


def _signs(
    tx: Transaction, ids: Iterable[str], since: datetime, now: datetime, cadence: Cadence
) -> tuple[dict[str, datetime], dict[str, int]]:
    """What the back-off needs: the last signs of life, and how many contacts before `since` went unanswered. Those are
    only asked for where nothing was heard since then, which is seldom: most contacts follow on an event."""
    if cadence.back_off is None:
        return {}, {}
    signs = {c: min(at, now) for c, at in tx.events.last_signs(ids).items()}
    silent = [c for c in ids if c not in signs or signs[c] < since]
    older = tx.ledger.touches(silent, EPOCH) if silent else {}
    old = {c: [t for t in touches if t.at < since] for c, touches in older.items()}
    return signs, {c: len(unanswered(touches, signs.get(c), cadence)) for c, touches in old.items()}

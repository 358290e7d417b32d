"""Exporting: everything that is known of one customer, as plain data for herself or for another program."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from outreach.flow.forwarding import known_as
from outreach.store.codec import EPOCH
from outreach.store.store import Transaction


def export(tx: Transaction, customer: str) -> dict[str, Any] | None:
    """All of it, also what came under the names of those who have become her; None when nobody is meant by this id.
    Instants are RFC 3339 in UTC."""
    found = known_as(tx, customer)
    if found is None:
        return None
    id_, merged = found.id, tx.aliases.of(found.id)
    keys = tx.customers.keys(found)
    holds, marks = tx.holds.of_and_marks([id_])
    return {
        "customer": _plain(found),
        "merged": [{"id": old, "since": _stamp(since)} for old, since in sorted(merged.items())],
        "consents": _all(tx.customers.consents([id_]).get(id_, [])),
        "suppressed": _suppressed(tx, keys),
        "holds": {name: _stamp(at) for of_one in (holds, marks) for name, at in of_one.get(id_, {}).items()},
        "events": _all(tx.events.every(id_)),
        "follow_ups": _all(tx.follow_ups.all_of(id_)),
        "touches": _all(sorted(tx.ledger.touches([id_], EPOCH).get(id_, []), key=lambda t: (t.at, t.id))),
        "decisions": _all(tx.traces.of(id_)),
        "attempts": _all(tx.attempts.of([id_, *merged])),
        "watches": _all(tx.watches.of([id_])),
    }


def _suppressed(tx: Transaction, keys: dict[str, str]) -> list[dict[str, Any]]:
    """What the suppression list says of her addresses, by the channels they are used for."""
    by_key: dict[str, list[str]] = {}
    for channel, key in sorted(keys.items()):
        by_key.setdefault(key, []).append(channel)
    return [
        {"address_of": by_key[s.key], "scope": s.scope, "reason": s.reason, "since": _stamp(s.since)}
        for s in tx.customers.suppressed(keys.values())
    ]


def _all(values: Iterable[Any]) -> list[Any]:
    return [_plain(value) for value in values]


def _plain(value: Any) -> Any:
    return {name: _told(one) for name, one in asdict(value).items()}


def _told(value: Any) -> Any:
    if isinstance(value, datetime):
        return _stamp(value)
    if isinstance(value, list | tuple):
        return [_told(one) for one in value]
    return {name: _told(one) for name, one in value.items()} if isinstance(value, dict) else value


def _stamp(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")

"""Customers as they were read: a row each, and a `Customer` of it when somebody looks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableMapping
from typing import Any

from outreach.core.customer import Customer
from outreach.store.codec import Codec

CODEC = Codec(Customer)


class People(MutableMapping[str, Customer]):
    """Customers by id, each made of its row when somebody looks: of most events' customers only the being known
    matters."""

    def __init__(self, rows: dict[str, Any]):
        self._rows = rows
        self._made: dict[str, Customer] = {}

    def only(self, keys: Iterable[str]) -> People:
        """Those of them who are among these."""
        return People({key: self._rows[key] for key in keys if key in self._rows})

    def strangers(self, keys: set[str]) -> set[str]:
        """Those of these who aren't among them."""
        return keys.difference(self._rows)

    def __getitem__(self, key: str) -> Customer:
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = CODEC.value(self._rows[key])
        return made

    def __setitem__(self, key: str, value: Customer) -> None:
        self._rows[key] = None
        self._made[key] = value

    def __delitem__(self, key: str) -> None:
        del self._rows[key]
        self._made.pop(key, None)

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

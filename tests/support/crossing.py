"""The gate of groups: a transaction of the program's that is stored has touched customers' tables in one group of
buckets only. Where its statements look is read from their own parameters.

Reading alone may go anywhere. What still crosses says why, and must be on the list; the list can only shrink.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from outreach.core.keys import BUCKETS
from outreach.store.store import Store
from outreach.store.topology import TOPOLOGIES
from tests.support.shape import speaks

GROUPS = TOPOLOGIES["groups"]
EVERYWHERE = range(BUCKETS)

#: What a transaction over several groups may be for (docs/scale.md has the same list).
MAY_CROSS = frozenset(
    {
        "two customers become one",
        "what was on its way during a merge comes home",
        "news of a contact whose customer has become another",
        "a card whose customer has become another",
        "a customer is erased",
        "what a rule's daily limit held is let go",
        "what a provider accepted is entered after a restore",
        "the next card is taken",
    }
)
_BUCKET = re.compile(r'(?:\bt\.|\b)"?bucket"?\s*=\s*%s', re.IGNORECASE)
_RANGE = re.compile(r"\bbucket BETWEEN %s AND %s", re.IGNORECASE)
_LISTED = re.compile(r"\bbucket IN \(([\d, ]+)\)", re.IGNORECASE)
_KEYS = re.compile(r"substr\(v, 1, 4\)::smallint AS bucket")
_JSON = re.compile(r"\(v->>(\d+)\)::smallint(?: \"bucket\"| b\b)", re.IGNORECASE)
_BULK = re.compile(r'INSERT INTO "?\w+"? \("bucket",.*jsonb_array_elements', re.DOTALL)


def buckets(sql: str, values: Any) -> Iterable[int]:
    """The buckets in which this statement reads or writes; all of them where it doesn't say."""
    if not speaks(sql):
        return ()
    given = list(values) if values else []
    if _KEYS.search(sql):
        return {int(key[:4]) for key in json.loads(given[_place(sql, "%s::jsonb) v) k")])}
    if _BULK.search(sql):
        return {int(row[0]) for row in json.loads(given[0])}
    if found := _JSON.search(sql):
        return {int(row[int(found[1])]) for row in json.loads(given[0])}
    if found := _RANGE.search(sql):
        first = sql[: found.start()].count("%s")
        return range(given[first], given[first + 1] + 1)
    if found := _LISTED.search(sql):
        return map(int, found[1].split(","))
    if found := _BUCKET.search(sql):
        return {given[sql[: found.start()].count("%s")]}
    return EVERYWHERE


def _place(sql: str, what: str) -> int:
    return sql[: sql.index(what)].count("%s")


@contextmanager
def held(may_cross: frozenset[str] = MAY_CROSS) -> Iterator[set[str]]:
    """Every transaction of a store that keeps to groups does so meanwhile. Gives what crossed, by its `why`."""
    wrong: list[str] = []
    crossed: set[str] = set()
    of_connection: dict[int, dict[int, str]] = {}  # by group, the first statement that went there
    plain = {name: getattr(psycopg.Cursor, name) for name in ("execute", "executemany")}

    def watched(name: str) -> Any:
        def looked_at(self: Any, query: Any, params: Any = None, **given: Any) -> Any:
            touched = of_connection.get(id(self.connection))
            if touched is not None:
                for values in params if name == "executemany" else [params]:
                    for bucket in buckets(str(query), values):
                        touched.setdefault(GROUPS.number(bucket), str(query))
            return plain[name](self, query, params, **given)

        return looked_at

    def noted(opened: Any) -> Any:
        @contextmanager
        def inside(self: Store, *args: Any, **given: Any) -> Iterator[Any]:
            across = (args or tuple(given.values()) or ("",))[0]
            touched: dict[int, str] = {}
            with opened(self, *args, **given) as tx:
                raw = tx.house.conn.connection.driver_connection
                if self.topology.apart and isinstance(raw, psycopg.Connection):
                    of_connection[id(raw)] = touched
                try:
                    yield tx
                finally:
                    of_connection.pop(id(raw), None)
            if across:
                crossed.add(across)
            elif len(touched) > 1:
                wrong.append(f"groups {sorted(touched)}: " + "\n | ".join(dict.fromkeys(touched.values())))

        return inside

    methods = {name: getattr(Store, name) for name in ("writing", "plainly")}
    for name in plain:
        setattr(psycopg.Cursor, name, watched(name))
    for name, method in methods.items():
        setattr(Store, name, noted(method))
    try:
        yield crossed
    finally:
        for name, method in plain.items():
            setattr(psycopg.Cursor, name, method)
        for name, method in methods.items():
            setattr(Store, name, method)
    assert not wrong, wrong[0]
    assert crossed <= may_cross, crossed - may_cross

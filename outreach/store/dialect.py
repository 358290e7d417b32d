"""The few places where SQLite and PostgreSQL are spelled differently."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from sqlalchemy import Connection

from outreach.core.keys import BUCKETS, bucket_of
from outreach.store.asking import change, change_many, fetch
from outreach.store.codec import dump, without_nul
from outreach.store.topology import ALL, Buckets


@dataclass(frozen=True, slots=True)
class Dialect:
    """`mark` is the placeholder of a value; `keys` a table `k(bucket, subject)` made of one JSON parameter, which
    spares a statement per customer; `join` the join that starts from it (both must be told: without CROSS, and without
    the fence of OFFSET 0, they scan the big table where a condition looks selective); `field` a text inside a column of
    JSON; `among` whether a column is one of a JSON list of texts: one statement, however many they are."""

    mark: str
    keys: str
    join: str
    field: str
    among: str


#: Each key is one text, four digits of bucket and then the subject: to cut a text is cheaper than to look into JSON.
SQLITE = Dialect(
    mark="?",
    keys="(SELECT CAST(substr(value, 1, 4) AS INTEGER) AS bucket, substr(value, 5) AS subject FROM json_each(?)) k",
    join="CROSS JOIN {table} t ON t.bucket = k.bucket AND t.tenant_id = ? AND t.{subject} = k.subject",
    field="json_extract({0}, '$.{1}')",
    among="{0} IN (SELECT value FROM json_each(?))",
)
POSTGRESQL = Dialect(
    mark="%s",
    keys=(
        "(SELECT substr(v, 1, 4)::smallint AS bucket, substr(v, 5) AS subject"
        " FROM jsonb_array_elements_text(%s::jsonb) v) k"
    ),
    join="CROSS JOIN LATERAL (SELECT * FROM {table} t WHERE t.bucket = k.bucket AND t.tenant_id = %s"
    " AND t.{subject} = k.subject {fence}) t",
    field="({0}::jsonb ->> '{1}')",
    among="{0} = ANY (ARRAY(SELECT jsonb_array_elements_text(?::jsonb)))",
)
#: Columns with their value in SQL.
Same = tuple[tuple[str, str], ...]
#: A bucket as a key begins with it; to write the digits anew costs five times as much as the rest of the key.
_DIGITS = [f"{bucket:04d}" for bucket in range(BUCKETS)]


class Book:
    """A part of the record: a connection inside a transaction, and the tenant whose rows it sees."""

    def __init__(self, conn: Connection, tenant: str):
        self.conn = conn
        self.tenant = tenant
        self.dialect = SQLITE if conn.dialect.name == "sqlite" else POSTGRESQL
        #: The bucket of a customer or an address key of this tenant. No method: a frame of Python's for each row costs
        #: more than the look into the cache behind it.
        self.bucket: Callable[[str], int] = partial(bucket_of, tenant)
        #: The bucket in which this book keeps a subject's rows.
        self.place: Callable[[str], int] = self.bucket

    def within(self, buckets: Buckets) -> tuple[str, tuple[int, ...]]:
        """The condition that rows lie in these buckets, and its values; none where that is all there are in a file."""
        if self.dialect is SQLITE and buckets == ALL:
            return "", ()
        if buckets.some is not None:
            return f" AND t.bucket IN ({', '.join(map(str, sorted(buckets.some)))})", ()
        return " AND t.bucket BETWEEN ? AND ?", (buckets.first, buckets.last)

    def read(self, sql: str, *values: Any) -> Sequence[Any]:
        """All rows. `?` marks a value on every database."""
        return self._fetch(self._sql(sql), values)

    def read_keyed(
        self, columns: str, table: str, subject: str, subjects: Iterable[str], where: str = "", *values: Any,
        fence: str = "OFFSET 0",
    ) -> Sequence[Any]:  # fmt: skip
        """Rows of many subjects at once: those whose (bucket, `subject` column) is among the given ones. `fence` may
        lock them on PostgreSQL, in the order of (bucket, subject)."""
        keys = as_keys(self.place, subjects)
        if keys == "[]":
            return []
        join = self.dialect.join.format(table=table, subject=subject, fence=fence)
        sql = f"SELECT {columns} FROM {self.dialect.keys} {join}"
        rest = self._sql(f" WHERE {where}") if where else ""
        return self._fetch(sql + rest, (keys, self.tenant, *values))

    def _fetch(self, sql: str, values: Sequence[Any]) -> Sequence[Any]:
        return fetch(self.conn, sql, values)

    def write(self, sql: str, *values: Any) -> int:
        """One statement; the number of rows it changed."""
        return change(self.conn, self._sql(sql), values)

    def write_many(self, sql: str, rows: list[tuple[Any, ...]]) -> int:
        """The same statement for many rows; how many rows it changed in all."""
        return change_many(self.conn, self._sql(sql), rows) if rows else 0

    def insert(
        self, table: str, columns: Sequence[str], rows: list[tuple[Any, ...]], conflict: str = "DO NOTHING",
        same: Same = (),
    ) -> int:  # fmt: skip
        """Insert rows, each key once; what is there already stays (or as `conflict` says). `same` are columns that have
        one value in all of these rows. How many were written."""
        if self.dialect is SQLITE:
            return self.write_many(insert_sql(table, tuple(columns), conflict, same), rows)
        if not rows:
            return 0
        return change(self.conn, bulk_sql(table, tuple(columns), conflict, same), (as_json(rows),))

    def update(self, table: str, columns: Sequence[str], keys: Sequence[str], rows: list[tuple[Any, ...]]) -> None:
        """Set these columns of known rows: each of `rows` is the columns' values and then those of its keys."""
        if self.dialect is SQLITE:
            self.write_many(update_sql(table, tuple(columns), tuple(keys)), rows)
        elif rows:
            last = list({row[len(columns) :]: row for row in rows}.values())
            change(self.conn, bulk_update_sql(table, tuple(columns), tuple(keys)), (as_json(last),))

    def insert_new(
        self, table: str, columns: Sequence[str], rows: list[tuple[Any, ...]], told: Sequence[str]
    ) -> Sequence[Any]:
        """Insert rows on PostgreSQL; those columns of the ones that were not there."""
        sql = bulk_sql(table, tuple(columns), "DO NOTHING")
        return self._fetch(f"{sql} RETURNING {names(told)}", (as_json(rows),)) if rows else []

    def _sql(self, sql: str) -> str:
        return sql if self.dialect is SQLITE else sql.replace("?", "%s")


def as_keys(place: Callable[[str], int], subjects: Iterable[str]) -> str:
    """The parameter of `Dialect.keys`: these subjects with their buckets, in the order of the rows, which halves the
    time to find them."""
    return dump(sorted([_DIGITS[place(s)] + s for s in subjects]))


@cache
def insert_sql(table: str, columns: tuple[str, ...], conflict: str, same: Same = ()) -> str:
    """An INSERT of one row of these columns. What is `same` stands in the statement, where it costs next to nothing."""
    marks = ", ".join(["?"] * len(columns) + [value for _, value in same])
    told = names((*columns, *(name for name, _ in same)))
    return f"INSERT INTO {table} ({told}) VALUES ({marks}) ON CONFLICT {conflict}"


@cache
def bulk_sql(table: str, columns: tuple[str, ...], conflict: str, same: Same = ()) -> str:
    """An INSERT of many rows that come as one JSON parameter: a quarter of what a statement for each costs."""
    types = _types(table)
    values = [f"(v->>{i})::{types[c]}" for i, c in enumerate(columns)] + [f"{v}::{types[c]}" for c, v in same]
    told = names((*columns, *(name for name, _ in same)))
    return (
        f"INSERT INTO {table} ({told}) SELECT {', '.join(values)} FROM jsonb_array_elements(%s::jsonb) v"
        f" ON CONFLICT {conflict}"
    )


@cache
def update_sql(table: str, columns: tuple[str, ...], keys: tuple[str, ...]) -> str:
    """An UPDATE of one row."""
    values, where = (", ".join(f'"{c}" = ?' for c in columns), " AND ".join(f'"{c}" = ?' for c in keys))
    return f"UPDATE {table} SET {values} WHERE {where}"


@cache
def bulk_update_sql(table: str, columns: tuple[str, ...], keys: tuple[str, ...]) -> str:
    """An UPDATE of many rows that come as one JSON parameter: a tenth of what a statement for each costs."""
    types = _types(table)
    told = ", ".join(f'(v->>{i})::{types[c]} "{c}"' for i, c in enumerate((*columns, *keys)))
    values, where = (", ".join(f'"{c}" = v."{c}"' for c in columns), " AND ".join(f"t.{c} = v.{c}" for c in keys))
    return f"UPDATE {table} t SET {values} FROM (SELECT {told} FROM jsonb_array_elements(%s::jsonb) v) v WHERE {where}"


def _types(table: str) -> dict[str, str]:
    """The columns of a table with their types."""
    from outreach.store.tables import CustomerRow  # only PostgreSQL asks, and to load it takes a while

    return {c.name: c.type.compile() for c in CustomerRow.metadata.tables[table].columns}


def as_json(rows: Sequence[tuple[Any, ...]]) -> str:
    """Rows as JSON. PostgreSQL keeps no text with a NUL in it."""
    text = dump(rows)
    if "\\u0000" in text:
        text = dump([[without_nul(value) for value in row] for row in rows])
    return text


def names(columns: Iterable[str], prefix: str = "") -> str:
    """Quoted column names, comma-separated."""
    return ", ".join(f'{prefix}"{c}"' for c in columns)

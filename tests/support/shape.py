"""The shape of statements: each one of the program's that speaks of a customer's table names its bucket, or is one of
a few that read across customers. A sharded database finds its rows by that."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlmodel import SQLModel

import outreach.store.tables
from tests.support.postgres import SHARED

PROGRAM = str(Path(outreach.__file__).parent)
TABLES = sorted(set(SQLModel.metadata.tables) - SHARED)
_SPEAKS = re.compile(rf"\b(?:FROM|JOIN|INTO|UPDATE)\s+\"?(?:{'|'.join(TABLES)})\b", re.IGNORECASE)
_NAMES = re.compile(r"\bbucket\b\s*(?:=|BETWEEN\b)|\(bucket, id\) >|INSERT INTO \w+ \(\"?bucket\b", re.IGNORECASE)

#: Reports, pages and lists of the house, which read; and one that forgets. Only they go through all customers.
ACROSS = (
    r"SELECT count\(\*\) FROM customer ",
    r"SELECT .* FROM alias WHERE tenant_id = %s",
    r"SELECT address_key FROM address WHERE tenant_id = %s AND customer = %s",  # of one who is erased
    r"SELECT state, count\(\*\) FROM follow_up ",
    # what can still be taken back
    r"SELECT .* FROM attempt t WHERE t\.send_at > %s AND t\.tenant_id = %s",
    # what nobody knows whether it was sent
    r"SELECT .* FROM attempt t WHERE t\.state = 'unknown' AND t\.tenant_id = %s",
    # what was sent; what came to an end; what waits
    r"SELECT .* FROM attempt t WHERE t\.tenant_id = %s.* ORDER BY t\.made DESC",
    r"SELECT .* FROM follow_up t WHERE t\.wake IS NULL AND t\.tenant_id = %s",
    r"SELECT .* FROM follow_up t WHERE t\.wake IS NOT NULL AND t\.tenant_id = %s AND t\.state = 'scheduled'",
    # she is forgotten at every address she ever had, and nobody knows any more which those were
    r"DELETE FROM address WHERE tenant_id = %s AND customer = %s$",
    # the staff's list, and what a person must release; how many hands the day has left
    r"SELECT .* FROM follow_up t WHERE t\.state = '(?:held|listed)' AND ",
    r"SELECT .* FROM follow_up t WHERE t\.(?:listed >= %s|wake < %s) .*t\.channel IN \('call', 'task'\)",
)
_ACROSS = re.compile("|".join(ACROSS), re.DOTALL)


def speaks(sql: str) -> bool:
    """Whether a statement speaks of a customer's table."""
    return bool(_SPEAKS.search(sql))


def fits(sql: str) -> bool:
    """Whether a statement may be asked of a sharded database."""
    return not speaks(sql) or bool(_NAMES.search(sql) or _ACROSS.match(sql))


@contextmanager
def held() -> Iterator[None]:
    """Every statement that the program sends meanwhile is of the right shape; those of the tests' own don't count."""
    misfits: set[str] = set()
    plain = {name: getattr(psycopg.Cursor, name) for name in ("execute", "executemany")}

    def watched(name: str) -> Any:
        def looked_at(self: Any, query: Any, *args: Any, **given: Any) -> Any:
            if not fits(str(query)) and _by_the_program():
                misfits.add(str(query))
            return plain[name](self, query, *args, **given)

        return looked_at

    for name in plain:
        setattr(psycopg.Cursor, name, watched(name))
    try:
        yield
    finally:
        for name, method in plain.items():
            setattr(psycopg.Cursor, name, method)
    assert not misfits, misfits


def _by_the_program() -> bool:
    """Whether a module of the program's wrote the statement: the nearest of its files or of the tests'."""
    frame = sys._getframe(2)
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(PROGRAM):
            return "migrations" not in file and not file.endswith("schema.py")
        if "/tests/" in file and "/site-packages/" not in file:
            return False
        frame = frame.f_back  # type: ignore[assignment]
    return False

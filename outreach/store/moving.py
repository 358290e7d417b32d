"""Moving a database: from a file to PostgreSQL when a house grows, or back. At most one of the two works at any moment.

The old one is held while its rows are copied, so that nobody writes into it, and sealed at the end: whatever program
still has it open is refused by the database itself. The new one opens last. Broken off anywhere, the same call goes on:

    rows copied, the new one marked `arriving` → the old one sealed, marked `moved` → the new one's mark taken away
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Table, func, insert, select

from outreach.errors import DatabaseError, InputError
from outreach.store.codec import without_nul
from outreach.store.database import transaction
from outreach.store.schema import tables

#: Names in the table of settings. Their values are addresses without passwords.
ARRIVING, MOVED = "arriving_from", "moved_to"
#: Rows that are read and written at once.
PIECE = 1000
#: PostgreSQL's state for a write into what was sealed; a code of our own.
SEALED = "OUMVD"
Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Place:
    """A database, and how it is named to people and in the other's mark."""

    engine: Engine
    name: str


def move(source: Place, target: Place, told: Told = lambda _done, _all: None) -> int:
    """Copy every row, seal the source, open the target; how many rows were copied, 0 where an earlier call had done
    that. Both have this version's schema. `told` hears of rows done and rows in all.

    Raises InputError when the target holds something, the source nothing, or the source was moved elsewhere.
    """
    before = setting(source, MOVED)
    if before and before != target.name:
        raise InputError(f"{source.name} was moved to {before} already: name that as the database to move")
    arriving = setting(target, ARRIVING)
    if before:
        if not arriving:
            raise InputError(
                f"{source.name} was moved to {target.name} already, and that is open: there's nothing to do"
            )
        number = 0
    else:
        number = _copied_and_sealed(source, target, arriving, told)
    with transaction(target.engine) as there:
        settings = tables()["setting"]
        there.execute(settings.delete().where(settings.c.name == ARRIVING))
    return number


def setting(place: Place, name: str) -> str:
    """A fact about this database itself; "" where it isn't known."""
    settings = tables()["setting"]
    with transaction(place.engine, reading=True) as conn:
        return str(conn.execute(select(settings.c.value).where(settings.c.name == name)).scalar() or "")


def refuse(settings: dict[str, str], name: str) -> None:
    """Raise DatabaseError for a database that was moved, or whose move isn't at its end."""
    if MOVED in settings:
        raise DatabaseError(f"{name} was moved to {settings[MOVED]}: set OUTREACH_DATABASE_URL to that")
    if ARRIVING in settings:
        raise DatabaseError(
            f"{name} is being moved here from {settings[ARRIVING]}, or that was broken off: run `outreach db move`"
            " from there again"
        )


def _copied_and_sealed(source: Place, target: Place, arriving: str, told: Told) -> int:
    """One transaction of the source around one of the target: nobody writes into the source from before the first row
    is read until it is sealed."""
    with transaction(source.engine, changing=True) as here:
        _hold(here)
        rows = {table.name: _count(here, table) for table in tables().values()}
        number = sum(rows.values()) - rows["setting"]
        if not number:
            raise InputError(f"{source.name} holds nothing to move: begin with the new one")
        with transaction(target.engine, changing=True) as there:
            _make_room(there, target, arriving, source.name)
            done = 0
            for table in tables().values():
                for piece in _pieces(here, table):
                    there.execute(insert(table), _fitting(piece, there))
                    done += len(piece)
                    told(done, number)
            _compare(there, rows, target.name)
            there.execute(insert(tables()["setting"]), {"name": ARRIVING, "value": source.name})
        here.execute(insert(tables()["setting"]), {"name": MOVED, "value": target.name})
        _seal(here, target.name)
    return number


def _hold(conn: Connection) -> None:
    """Nobody else writes. On SQLite the transaction has that right from its beginning."""
    if conn.dialect.name == "postgresql":
        conn.exec_driver_sql(f"LOCK TABLE {', '.join(tables())} IN EXCLUSIVE MODE")


def _count(conn: Connection, table: Table) -> int:
    return int(conn.execute(select(func.count()).select_from(table)).scalar_one())


def _make_room(there: Connection, target: Place, arriving: str, source: str) -> None:
    """The target is empty, or what it holds is what an earlier call left there. Raises InputError."""
    if arriving and arriving != source:
        raise InputError(f"{target.name} is being filled from {arriving}: name an empty database")
    for table in reversed(tables().values()):
        if not arriving and table.name != "setting" and _count(there, table):
            raise InputError(
                f"{target.name} isn't empty (table {table.name}): name an empty database; nothing was changed"
            )
        there.execute(table.delete())


def _pieces(here: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    """Its rows. The words of the file beside a database stay behind: the new one has no such file yet."""
    wanted = select(table)
    if table.name == "setting":
        wanted = wanted.where(~table.c.name.startswith("epoch:"))
    with here.execute(wanted, execution_options={"yield_per": PIECE}) as streamed:
        for piece in streamed.mappings().partitions():
            yield [dict(row) for row in piece]


def _fitting(rows: Sequence[dict[str, Any]], there: Connection) -> Sequence[dict[str, Any]]:
    if there.dialect.name != "postgresql":
        return rows
    return [{name: without_nul(value) for name, value in row.items()} for row in rows]


def _compare(there: Connection, rows: dict[str, int], name: str) -> None:
    """All that was read has arrived. Raises DatabaseError."""
    for table in tables().values():
        found = _count(there, table)
        if table.name != "setting" and found != rows[table.name]:
            raise DatabaseError(
                f"{name} has {found} rows of {table.name} where there were {rows[table.name]}: nothing was kept"
            )


def _seal(here: Connection, target: str) -> None:
    """Whoever writes into it from now on is refused: a program that still has it open would take events that nobody
    ever sees, and send what the new one sends."""
    said = f"moved to {target}".replace("'", "''")
    if here.dialect.name == "postgresql":
        here.exec_driver_sql(
            "CREATE FUNCTION outreach_moved() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" RAISE EXCEPTION USING ERRCODE = '{SEALED}', MESSAGE = '{said}'; END $$".replace("%", "%%")
        )
    for table in tables():
        if here.dialect.name == "postgresql":
            here.exec_driver_sql(
                f"CREATE TRIGGER moved BEFORE INSERT OR UPDATE OR DELETE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION outreach_moved()"
            )
            continue
        for what in ("INSERT", "UPDATE", "DELETE"):
            here.exec_driver_sql(
                f"CREATE TRIGGER moved_{table}_{what.lower()} BEFORE {what} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{said}'); END"
            )

"""Bringing a database to this version's schema, and telling when it belongs to another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect

from outreach.errors import DatabaseError
from outreach.store.database import transaction

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Table

# Alembic takes half a second to load, and most commands only ask whether the schema is the right one.

#: The newest revision; a test holds it to what Alembic finds in the folder.
HEAD = "0010"
#: Every revision that this version can start from.
KNOWN = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010")
MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(engine: Engine, revision: str = "head") -> tuple[str, str]:
    """Bring it to the newest revision; (before, after), "" for an empty database. Raises DatabaseError."""
    from alembic import command

    with transaction(engine, changing=True) as conn:
        _alone(conn)
        before = _current(conn)
        _refuse_newer(engine, before)
        config = _config()
        config.attributes["connection"] = conn
        command.upgrade(config, revision)
        return before, _current(conn)


def downgrade(engine: Engine, revision: str) -> None:
    """Take it back; `base` empties it."""
    from alembic import command

    with transaction(engine, changing=True) as conn:
        _alone(conn)
        config = _config()
        config.attributes["connection"] = conn
        command.downgrade(config, revision)


def tables() -> dict[str, Table]:
    """All declared tables, by name."""
    from outreach.store.tables import CustomerRow  # to load it takes a while

    return dict(sorted(CustomerRow.metadata.tables.items()))


def _alone(conn: Connection) -> None:
    """Of several that change the schema, one after the other: the next finds it changed. SQLite's writers are alone."""
    if conn.dialect.name == "postgresql":
        conn.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('outreach schema'))")


def differences(engine: Engine) -> list[object]:
    """What separates this database from the declared tables; empty when equal."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlmodel import SQLModel

    import outreach.store.tables  # noqa: F401 - declares the tables

    with transaction(engine) as conn:
        context = MigrationContext.configure(conn, opts={"include_object": _comparable})
        return list(compare_metadata(context, SQLModel.metadata))


def _comparable(_thing: object, name: str | None, _kind: str, _found: bool, _other: object) -> bool:
    """Alembic can't read in which direction an index of SQLite goes, and takes it for another; and a column that
    PostgreSQL reckons itself, for its constraint, is no part of the declared tables."""
    return name not in ("ix_follow_up_wake", "given_back")


def require_current(engine: Engine) -> None:
    """Raise DatabaseError unless the database has exactly this version's schema; says what to do."""
    with transaction(engine, reading=True) as conn:
        found = _current(conn)
    _refuse_newer(engine, found)
    if found != HEAD:
        what = "is empty" if not found else f"has the older schema {found}"
        raise DatabaseError(f"{_name(engine)} {what}: run `outreach db upgrade`")


def _refuse_newer(engine: Engine, found: str) -> None:
    if found and found not in KNOWN:
        raise DatabaseError(
            f"{_name(engine)} was written by a newer version of Outreach (schema {found}, this one knows up to {HEAD}):"
            " install that version, or restore a backup from before the upgrade"
        )


def _current(conn: Connection) -> str:
    if not inspect(conn).has_table("alembic_version"):
        return ""
    row = conn.exec_driver_sql("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else ""


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _name(engine: Engine) -> str:
    return str(engine.url.database or "the database")

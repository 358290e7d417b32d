"""Bringing a database to this version's schema, and telling when it belongs to another."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from outreach.errors import DatabaseError
from outreach.store.database import transaction

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(engine: Engine, revision: str = "head") -> tuple[str, str]:
    """Bring it to the newest revision; (before, after), "" for an empty database. Raises DatabaseError."""
    with transaction(engine) as conn:
        before = _current(conn)
        _refuse_newer(engine, before)
        config = _config()
        config.attributes["connection"] = conn
        command.upgrade(config, revision)
        return before, _current(conn)


def downgrade(engine: Engine, revision: str) -> None:
    """Take it back; `base` empties it."""
    with transaction(engine) as conn:
        config = _config()
        config.attributes["connection"] = conn
        command.downgrade(config, revision)


def differences(engine: Engine) -> list[object]:
    """What separates this database from the declared tables; empty when equal."""
    from alembic.autogenerate import compare_metadata
    from sqlmodel import SQLModel

    import outreach.store.tables  # noqa: F401 - declares the tables

    with transaction(engine) as conn:
        return list(compare_metadata(MigrationContext.configure(conn), SQLModel.metadata))


def require_current(engine: Engine) -> None:
    """Raise DatabaseError unless the database has exactly this version's schema; says what to do."""
    with transaction(engine, reading=True) as conn:
        found = _current(conn)
    _refuse_newer(engine, found)
    if found != head():
        what = "is empty" if not found else f"has the older schema {found}"
        raise DatabaseError(f"{_name(engine)} {what}: run `outreach db upgrade`")


def head() -> str:
    """The newest revision that this version knows."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def _refuse_newer(engine: Engine, found: str) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if found and found not in known:
        raise DatabaseError(
            f"{_name(engine)} was written by a newer version of Outreach (schema {found}, this one knows up to {head()}):"
            " install that version, or restore a backup from before the upgrade"
        )


def _current(conn: Connection) -> str:
    return MigrationContext.configure(conn).get_current_revision() or ""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _name(engine: Engine) -> str:
    return str(engine.url.database or "the database")

"""How alembic reaches the database: over the connection it is handed, or OUTREACH_DATABASE_URL when run by hand."""

from __future__ import annotations

import os

from alembic import context
from sqlmodel import SQLModel

import outreach.store.tables  # noqa: F401 - declares the tables
from outreach.store.database import open_engine


def run() -> None:
    """Run what was asked for, in one transaction."""
    connection = context.config.attributes.get("connection")
    if connection is not None:
        _on(connection)
        return
    with open_engine(os.environ.get("OUTREACH_DATABASE_URL", "sqlite:///outreach.db")).begin() as connection:
        _on(connection)


def _on(connection: object) -> None:
    context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True)  # type: ignore[arg-type]
    context.run_migrations()


run()

"""`outreach db move`: to a database of another kind, or on another machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine

from outreach.beside import file_of, key_of
from outreach.cli.common import Database, settings
from outreach.cli.output import counted, progress
from outreach.errors import InputError
from outreach.settings import Settings
from outreach.store import moving, schema
from outreach.store.database import open_engine, shown


def move(
    to: Annotated[str, typer.Argument(metavar="URL", help="An empty database: postgresql://… or sqlite:///FILE.")],
    database: Database = None,
) -> None:
    """Move everything into an empty database: from SQLite to PostgreSQL, or back. The old one is sealed.

    Stop every `outreach` on the old one first. Broken off, run it again.
    """
    chosen = settings(database)
    source, target = open_engine(chosen.database_url), open_engine(to)
    _refuse_odd(source, target, chosen)
    schema.require_current(source)
    schema.upgrade(target)
    here, there = moving.Place(source, shown(chosen.database_url)), moving.Place(target, shown(to))
    with progress("moving", "rows") as told:
        number = moving.move(here, there, told)
    typer.echo(
        f"{counted(number, 'row')} moved to {there.name}.\n{here.name} is sealed; keep it until you have looked.\n"
        f"Next: OUTREACH_DATABASE_URL={there.name}"
    )
    if chosen.secret is None and (key := key_of(chosen, source)) is not None:
        typer.echo(
            f"and   {_with_key(key.resolve(), target)}: without this key no opt-out can be matched to its address"
        )


def _refuse_odd(source: Engine, target: Engine, chosen: Settings) -> None:
    file, other = file_of(source), file_of(target)
    if file is not None and not file.exists():
        raise InputError(f"there is no database {file}: set OUTREACH_DATABASE_URL, or give --database")
    if target.dialect.name == "sqlite" and other is None:
        raise InputError("memory keeps nothing: name a file, sqlite:///FILE")
    if source.url == target.url or (file and other and file.resolve() == other.resolve()):
        raise InputError(f"{shown(chosen.database_url)} is where it lies already: name another database")


def _with_key(key: Path, target: Engine) -> str:
    """How the new one gets the key of the old one."""
    file = file_of(target)
    if file is None:
        return f"OUTREACH_SECRET_FILE={key}"
    return f"cp {key} {file.with_suffix('.key')}"


def add_to(group: typer.Typer) -> None:
    """The commands of this file, under `outreach db`."""
    group.command()(move)

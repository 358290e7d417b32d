"""`outreach ingest` and `outreach customers import`: files in, bad lines to a rejects file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from outreach.cli.common import Database, Json, app
from outreach.cli.output import err, print_json, progress
from outreach.doors.files import Tally, import_file, ingest_file
from outreach.engine import Engine

Files = Annotated[list[Path], typer.Argument(metavar="FILE…", help="JSONL or CSV; - is standard input.")]
Reader = Callable[..., Tally]


def ingest(files: Files, database: Database = None, json: Json = False) -> None:
    """Take events from files. Twice changes nothing; bad lines go to FILE.rejected with the reason."""
    _run(ingest_file, files, app(database).engine, "events", json)


def import_(files: Files, database: Database = None, json: Json = False) -> None:
    """Import customers from files. Twice changes nothing; bad lines go to FILE.rejected with the reason."""
    _run(import_file, files, app(database).engine, "customers", json)


def _run(read: Reader, files: list[Path], engine: Engine, what: str, json: bool) -> None:
    tallies: dict[str, Tally] = {}
    for file in files:
        with progress(str(file)) as move:
            tallies[str(file)] = read(engine, "-" if str(file) == "-" else file, progress=move)
    if json:
        print_json(
            {name: asdict(tally) | {"rejects_path": str(tally.rejects_path or "")} for name, tally in tallies.items()}
        )
    else:
        for name, tally in tallies.items():
            typer.echo(
                f"{name}: {tally.accepted} {what} taken, {tally.duplicates} known before, {tally.rejected} rejected"
            )
    rejected = [tally for tally in tallies.values() if tally.rejected]
    for tally in rejected:
        err(f"rejected lines, each with its reason: {tally.rejects_path}  (mend them and run this again on that file)")
    if rejected:
        raise typer.Exit(1)


def add_to(root: typer.Typer) -> None:
    """The commands of this file."""
    root.command("ingest")(ingest)

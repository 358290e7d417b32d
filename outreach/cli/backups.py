"""`outreach db backup`, `restored` and `reopen`: a copy to keep, and the way back from one."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from outreach.beside import epoch_of
from outreach.bootstrap import SystemClock, open_store
from outreach.cli.common import Database, Json, Rules, app, settings
from outreach.cli.output import counted, err, print_json
from outreach.errors import InputError
from outreach.restoring import reopen as open_again
from outreach.store.sqlite import back_up

Events = Annotated[
    list[Path] | None,
    typer.Option("--events", metavar="FILE", help="Events since the backup, STOPs above all; taken as history."),
]
Sent = Annotated[
    list[Path] | None,
    typer.Option("--sent", metavar="FILE", help="What providers accepted since the backup: channel, to, at."),
]


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The copy; must not exist yet.")],
    database: Database = None,
) -> None:
    """Copy a SQLite database while it works, and check the copy."""
    chosen = settings(database)
    store = open_store(chosen)
    if store.engine.dialect.name != "sqlite":
        raise InputError("a PostgreSQL database is backed up with its own tools: `pg_dump -Fc`, or a base backup; after"
                         " putting it back run `outreach db restored`")  # fmt: skip
    if file.exists():
        raise InputError(f"{file} exists: name a new file, so that no older backup is lost")
    epoch, now = epoch_of(chosen, store), SystemClock().now()
    if epoch is None:
        raise InputError("a database in memory can't be backed up")
    epoch.begin(now)
    back_up(store.engine, file)
    epoch.renew(now)  # from here on the copy is an older one
    typer.echo(f"{file}: a whole copy, {file.stat().st_size / 1e6:.1f} MB, checked")
    if chosen.secret is None:
        key = chosen.secret_file or Path(epoch.place).with_suffix(".key")
        typer.echo(f"Keep {key} with it, in another place: without it no opt-out can be matched to its address.")
    else:
        typer.echo("Keep OUTREACH_SECRET too, in another place: without it no opt-out can be matched to its address.")


def restored(database: Database = None) -> None:
    """Say that this database was put back from a backup: nothing goes out until it is reopened."""
    chosen = settings(database)
    store = open_store(chosen)
    now = SystemClock().now()
    epoch = epoch_of(chosen, store)
    if epoch is None:
        store.write(lambda tx: tx.house.quarantine(now), repeatable=True)
    else:
        epoch.restored(now)
    typer.echo(
        "The database is in quarantine: events and opt-outs are taken, nothing goes out. What is missing since the"
        " backup:\n  outreach db reopen --events FILE --sent FILE"
    )


def reopen(
    events: Events = None, sent: Sent = None, database: Database = None, rules: Rules = None, json: Json = False
) -> None:
    """End the quarantine of a restored database: enter what it lacks, end what could go out twice, open."""
    done = open_again(app(database, rules).engine, events or [], sent or [])
    if json:
        print_json(asdict(done))
        return
    typer.echo(
        f"{counted(done.events, 'event')} taken as history, {counted(done.entered, 'message')} entered,"
        f" {done.planned} of them planned here; {counted(done.ended, 'follow-up')} ended. The database is open."
    )
    if not events:
        err("Without --events a STOP that came since the backup is not known.")
    if not sent:
        err(
            "Without --sent nobody knows what went out since the backup: what was due in that time was ended, and"
            " everybody counts as contacted when the quarantine began, so that each one's minimum gap passes first."
        )


def add_to(group: typer.Typer) -> None:
    """The commands of this file, under `outreach db`."""
    for command in (backup, restored, reopen):
        group.command()(command)

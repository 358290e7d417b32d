"""`outreach init`, `outreach doctor`, `outreach db upgrade`: setting up, and finding out what is wrong."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from outreach.bootstrap import clock_of, open_store, shipped
from outreach.cli import backups, moving, passwords
from outreach.cli.common import Database, Json, settings
from outreach.cli.output import console, print_json
from outreach.cli.passwords import FromStdin
from outreach.doctor import examine
from outreach.errors import InputError
from outreach.settings import read_settings
from outreach.staff import accounts
from outreach.store import schema
from outreach.store.database import open_engine, shown
from outreach.store.store import Store


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Made if it doesn't exist.")],
    admin: Annotated[
        str | None, typer.Option("--admin", metavar="NAME", help="The first account, an administrator's.")
    ] = None,
    password_stdin: FromStdin = False,
) -> None:
    """Start a business: the example's rules and templates to begin from, an empty database, the first account."""
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file: name a folder")
    taken = [name for name in ("rules", "templates") if (folder / name).exists()]
    if taken:
        raise InputError(f"{folder} has {' and '.join(taken)} already: nothing was changed")
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("rules", "templates"):
        shutil.copytree(shipped(name), folder / name, ignore=shutil.ignore_patterns("pages"))
    store = open_store(read_settings(database_url=f"sqlite:///{folder.resolve() / 'outreach.db'}"), create=True)
    _first_account(store, _asked() if admin is None else admin, passwords.given(password_stdin))
    typer.echo(
        f"{folder} is ready: rules/ and templates/ hold the example business, outreach.db is empty.\n"
        f"Next: cd {folder} && outreach rules check && outreach customers import FILE && outreach serve"
    )


def _asked() -> str:
    """The first administrator's name, where somebody can be asked."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return ""
    name: str = typer.prompt("Your name, for the first account (empty: none yet)", default="", show_default=False)
    return name


def _first_account(store: Store, name: str, password: str) -> None:
    if not name.strip():
        typer.echo(
            "Nobody has an account yet: only this machine is served until `outreach users add NAME --role admin`."
        )
        return
    made = accounts.add(store, name, "admin", clock_of(store).now(), password)
    typer.echo(passwords.told(name, made, bool(password)))


def doctor(database: Database = None, json: Json = False) -> None:
    """Look at settings, database, rules and senders, and say what to mend."""
    findings = examine(settings(database))
    if json:
        print_json([{"what": f.what, "ok": f.ok, "said": f.said} for f in findings])
    else:
        out = console()
        for f in findings:
            out.print(f"[green]ok  [/green] {f.what}: " if f.ok else f"[red]MEND[/red] {f.what}: ", end="")
            out.print(f.said, markup=False)
    if not all(f.ok for f in findings):
        raise typer.Exit(1)


def upgrade(database: Database = None) -> None:
    """Bring the database to this version's schema; a new one is made when there is none."""
    chosen = settings(database)
    before, after = schema.upgrade(open_engine(chosen.database_url))
    open_store(chosen)
    what = f"is at {after}" if before == after else f"went from {before or 'nothing'} to {after}"
    typer.echo(f"{shown(chosen.database_url)} {what}")


def add_to(root: typer.Typer) -> None:
    """The commands of this file."""
    root.command()(init)
    root.command()(doctor)
    group = typer.Typer(help="The database.", no_args_is_help=True)
    group.command("upgrade")(upgrade)
    backups.add_to(group)
    moving.add_to(group)
    root.add_typer(group, name="db")

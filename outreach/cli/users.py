"""`outreach users`: who of the staff may sign in."""

from __future__ import annotations

from typing import Annotated

import typer

from outreach.bootstrap import clock_of, open_store
from outreach.cli import passwords
from outreach.cli.common import Database, Json, settings
from outreach.cli.output import moment, print_json, table
from outreach.cli.passwords import FromStdin
from outreach.staff import accounts
from outreach.staff.roles import ROLES

Name = Annotated[str, typer.Argument(metavar="NAME", help="As it stands in the record; capitals don't matter.")]
Role = Annotated[str, typer.Option("--role", metavar="ROLE", help=f"One of {', '.join(ROLES)}.")]


def add(name: Name, role: Role, password_stdin: FromStdin = False, database: Database = None) -> None:
    """Open an account (or again one that was closed) and print its password for the first time."""
    store = open_store(settings(database))
    password = accounts.add(store, name, role, clock_of(store).now(), passwords.given(password_stdin))
    typer.echo(passwords.told(name, password, password_stdin))


def show(database: Database = None, json: Json = False) -> None:
    """List the accounts."""
    with open_store(settings(database)).reading() as tx:
        found = tx.access.accounts()
    if json:
        print_json([
            {"name": a.name, "role": a.role, "active": a.active, "one_time": a.one_time, "made": a.made.isoformat()}
            for a in found
        ])  # fmt: skip
        return
    rows = [(a.name, a.role, _state(a.active, a.one_time), moment(a.made, "UTC")) for a in found]
    empty = "Nobody: only this machine is served. `outreach users add NAME --role admin` makes the first."
    table("Accounts", ("name", "role", "", "made (UTC)"), rows, empty)


def _state(active: bool, one_time: bool) -> str:
    if not active:
        return "closed"
    return "has not chosen a password yet" if one_time else ""


def password(name: Name, password_stdin: FromStdin = False, database: Database = None) -> None:
    """Give somebody a new password, and sign all browsers of the account out."""
    store = open_store(settings(database))
    made = accounts.set_password(store, name, passwords.given(password_stdin))
    typer.echo(passwords.told(name, made, password_stdin))


def role(
    name: Name, to: Annotated[str, typer.Argument(metavar="ROLE", help=f"One of {', '.join(ROLES)}.")],
    database: Database = None,
) -> None:  # fmt: skip
    """Give somebody another role, from the next click on."""
    accounts.set_role(open_store(settings(database)), name, to)
    typer.echo(f"{name}: {to}")


def remove(name: Name, database: Database = None) -> None:
    """Close an account and sign all its browsers out. What was done under the name stays in the record."""
    accounts.remove(open_store(settings(database)), name)
    typer.echo(f"{name} can't sign in any more")


def add_to(root: typer.Typer) -> None:
    """The commands of this file."""
    group = typer.Typer(help="Who of the staff may sign in.", no_args_is_help=True)
    group.command("add")(add)
    group.command("list")(show)
    group.command("password")(password)
    group.command("role")(role)
    group.command("remove")(remove)
    root.add_typer(group, name="users")

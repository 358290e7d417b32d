"""`outreach keys`: the keys of programs that use the HTTP interface."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

import typer

from outreach.bootstrap import clock_of, open_store
from outreach.cli.common import Database, Json, settings, whoever
from outreach.cli.output import moment, print_json, table
from outreach.staff import keys
from outreach.staff.roles import SCOPES
from outreach.store.access import ApiKey

Scopes = Annotated[
    list[str], typer.Option("--scope", metavar="SCOPE", help=f"Of {', '.join(SCOPES)}; may come several times.")
]


def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is for.")],
    scope: Scopes,
    days: Annotated[int | None, typer.Option("--days", help="How long it lasts (default: until revoked).")] = None,
    rate: Annotated[int, typer.Option("--rate", help="Calls a minute.")] = keys.RATE,
    database: Database = None,
) -> None:
    """Make a key. It is printed this once and kept nowhere."""
    store = open_store(settings(database))
    lasts = timedelta(days=days) if days is not None else None
    _, text = keys.add(store, name, scope, clock_of(store).now(), by=whoever(), rate=rate, lasts=lasts)
    typer.echo(text)


def show(database: Database = None, json: Json = False) -> None:
    """List the keys."""
    store = open_store(settings(database))
    now = clock_of(store).now()
    with store.reading() as tx:
        found = tx.access.api_keys()
    if json:
        print_json([_plain(k) for k in found])
        return
    rows = [
        (k.id, k.name, k.scopes, f"{k.rate}/min", moment(k.made, "UTC"), moment(k.used, "UTC") or "never", _end(k, now))
        for k in found
    ]
    columns = ("id", "for", "scopes", "rate", "made (UTC)", "last used", "")
    table("Keys", columns, rows, "None yet: `outreach keys add NAME --scope ingest` makes one.")


def _end(key: ApiKey, now: datetime) -> str:
    if key.revoked:
        return "revoked"
    if key.expires is None:
        return ""
    return "expired" if key.expires <= now else f"until {moment(key.expires, 'UTC')}"


def _plain(key: ApiKey) -> dict[str, object]:
    times = {n: getattr(key, n) and getattr(key, n).isoformat() for n in ("made", "expires", "used", "revoked")}
    return {"id": key.id, "name": key.name, "scopes": key.scopes.split(), "rate": key.rate, "by": key.by} | times


def revoke(id_: Annotated[str, typer.Argument(metavar="ID")], database: Database = None) -> None:
    """Revoke a key: from the next call on it is worth nothing."""
    store = open_store(settings(database))
    keys.revoke(store, id_, clock_of(store).now())
    typer.echo("revoked")


def add_to(root: typer.Typer) -> None:
    """The commands of this file."""
    group = typer.Typer(help="The keys of programs that use the HTTP interface.", no_args_is_help=True)
    group.command("add")(add)
    group.command("list")(show)
    group.command("revoke")(revoke)
    root.add_typer(group, name="keys")

"""`unknown`: what nobody knows whether it went out, and a person's word on it."""

from __future__ import annotations

from typing import Annotated

import typer

from outreach.cli.common import Database, Json, app
from outreach.cli.output import counted, print_json, table
from outreach.saying import clock
from outreach.unknowns import decide, unknowns

unknown_app = typer.Typer(
    name="unknown",
    help="What nobody knows whether it went out: look at the evidence, and say what you know.",
    no_args_is_help=True,
)
Attempt = Annotated[str, typer.Argument(metavar="ATTEMPT", help="The attempt's id, as `unknown list` shows it.")]
By = Annotated[str, typer.Option("--by", metavar="WHO", help="Who says so.")]


@unknown_app.command("list")
def list_(
    every: Annotated[bool, typer.Option("--all", help="Also what is looked up at its provider still.")] = False,
    database: Database = None,
    json: Json = False,
) -> None:
    """What a person must decide, with the evidence. Exit code 0, whatever there is."""
    it = app(database)
    found = unknowns(it.engine, looked_up=every)
    if json:
        print_json([u.plain() for u in found])
        return
    show = clock(it.engine.policy.zone, it.engine.clock.now())
    rows = [
        (u.attempt.id, show(u.attempt.made), u.attempt.customer, u.attempt.channel, u.attempt.sender, u.evidence,
         f"looked up again {show(u.attempt.look)}" if u.attempt.look else "yours to say")
        for u in found
    ]  # fmt: skip
    columns = ("attempt", "intended", "customer", "by", "sender", "evidence", "")
    table(counted(len(found), "message") + " nobody knows of", columns, rows, "All is known.")
    if found:
        typer.echo("Look into the provider's own log for that number and time; then: outreach unknown sent ATTEMPT"
                   " | outreach unknown unsent ATTEMPT [--let-go]")  # fmt: skip


@unknown_app.command("sent")
def sent(attempt: Attempt, by: By = "", database: Database = None) -> None:
    """It was sent: the contact counts, and the follow-up is done."""
    _say(attempt, "sent", by, database)


@unknown_app.command("unsent")
def unsent(
    attempt: Attempt,
    let_go: Annotated[bool, typer.Option("--let-go", help="Don't try again.")] = False,
    by: By = "",
    database: Database = None,
) -> None:
    """It was not sent: its place is given back, and it is tried again while it is worth it."""
    _say(attempt, "let_go" if let_go else "again", by, database)


def _say(attempt: str, word: str, by: str, database: str | None) -> None:
    done = decide(app(database).engine, attempt, word, by)
    typer.echo("Written down." if done == "decided" else "That is known already; nothing was changed.")


def add_to(root: typer.Typer) -> None:
    """The commands of this file."""
    root.add_typer(unknown_app, name="unknown")

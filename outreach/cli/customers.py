"""`outreach customers import|export|erase`: who the customers are, all that is known of one, and forgetting her."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from outreach.bootstrap import SystemClock, open_store
from outreach.cli.common import Database, Json, settings
from outreach.cli.files import import_
from outreach.cli.output import counted, print_json
from outreach.errors import InputError
from outreach.flow.erasing import Erased
from outreach.flow.erasing import erase as forget
from outreach.flow.exporting import export as tell

Id = Annotated[str, typer.Argument(metavar="ID", help="The customer's id, or one that was merged into it.")]
Yes = Annotated[bool, typer.Option("--yes", help="Don't ask.")]


def export(customer: Id, database: Database = None) -> None:
    """Print everything that is known of a customer, as JSON."""
    with open_store(settings(database)).reading() as tx:
        found = tell(tx, customer)
    if found is None:
        raise InputError(_unknown(customer))
    print_json(found)


def erase(customer: Id, yes: Yes = False, database: Database = None, json: Json = False) -> None:
    """Forget a customer. What was asked not to be contacted stays so, as a keyed hash; nothing else stays of her."""
    store = open_store(settings(database))
    if not yes:
        _ask(customer)
    found = store.write(lambda tx: forget(tx, customer, SystemClock().now()))
    if found is None:
        raise InputError(_unknown(customer))
    if json:
        print_json({"customer": found.customer, "merged": found.merged, "ahead": found.ahead, "touches": found.touches})
    else:
        typer.echo(_told(found))


def _ask(customer: str) -> None:
    if not sys.stdin.isatty():
        raise InputError(f"erasing {customer!r} can't be undone: add --yes if that is meant")
    typer.confirm(f"Erase {customer!r} for good?", abort=True)


def _told(found: Erased) -> str:
    also = f", also known as {', '.join(found.merged)}" if found.merged else ""
    return f"{found.customer}{also} is forgotten; {counted(found.ahead, 'planned follow-up')} ended with that."


def _unknown(customer: str) -> str:
    return f"customer {customer!r} is not known: nothing was done"


def add_to(root: typer.Typer) -> None:
    """The commands of this file, and `import`, which reads files."""
    customers = typer.Typer(help="Who the customers are.", no_args_is_help=True)
    customers.command("import")(import_)
    customers.command("export")(export)
    customers.command("erase")(erase)
    root.add_typer(customers, name="customers")

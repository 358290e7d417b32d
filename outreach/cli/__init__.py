"""The command line. Files here parse, call and print; what happens, happens below."""

from __future__ import annotations

import logging
import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

from outreach import __version__
from outreach.errors import OutreachError, RulebookError
from outreach.logs import brief

log = logging.getLogger("outreach")

#: The commands in the order of the help: each with its file here and its line. A file is loaded when its command is
#: called: the web's libraries alone take longer than `outreach why` does.
COMMANDS = {
    "demo": ("demo", "Play the example business through a fortnight of virtual time."),
    "init": ("database", "Start a business: rules, templates and an empty database in a folder."),
    "serve": ("serving", "Run web pages, HTTP interface and scheduler in one process."),
    "worker": ("serving", "Run the scheduler alone; any number may share a database."),
    "doctor": ("database", "Look at everything and say what to mend."),
    "users": ("users", "Who of the staff may sign in: add, list, password, role, remove."),
    "keys": ("keys", "Keys of programs: add, list, revoke."),
    "db": ("database", "The database: upgrade, backup, restored, reopen."),
    "rules": ("rules", "What marketing wrote: check, list, test, schema."),
    "customers": ("customers", "Who the customers are: import, export, erase."),
    "ingest": ("files", "Take events from files."),
    "simulate": ("simulate", "Play events against the rules on a virtual clock; nothing is sent."),
    "calls": ("day", "Today's list: calls to make and preparations to do."),
    "assign": ("staff", "Give a card to somebody else, or to another site."),
    "absent": ("staff", "Somebody is away: who stands in, and until when."),
    "load": ("staff", "Calls and tasks of the next days against capacity."),
    "why": ("day", "Why a customer was contacted, or was not."),
    "may": ("contacts", "May somebody be contacted now? Yes, or what stands in the way."),
    "contact": ("contacts", "Write down a contact that somebody made by hand."),
    "unknown": ("unknown", "What nobody knows whether it went out: list, sent, unsent."),
    "verify": ("verifying", "Replay the ledger and prove the cadence, or list each violation."),
    "pause": ("day", "Hold a rule, or everything."),
    "resume": ("day", "Let a paused rule, or everything, go on."),
}


class Commands(TyperGroup):
    """Knows all commands by name and line, and loads the one that is called."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command that was called, from its file."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, load(str(name)), rest


def load(name: str) -> Any:
    """A command, or a group of them, with its options."""
    part = typer.Typer(add_completion=False)
    import_module(f"outreach.cli.{COMMANDS[name][0]}").add_to(part)
    return get_group(part).commands[name]


app = typer.Typer(
    name="outreach",
    cls=Commands,
    help="Proactive outreach: decides which follow-up is due to whom and when, and holds every contact to one cadence.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _stand_in() -> None:
    """Never called: `Commands` puts the real one in its place."""


for _name, (_, _line) in COMMANDS.items():
    app.command(_name, help=_line)(_stand_in)


def _print_version(show: bool) -> None:
    if show:
        typer.echo(f"outreach {__version__}")
        raise typer.Exit()


@app.callback()
def start(
    version: bool = typer.Option(
        False, "--version", help="Print the version and exit.", callback=_print_version, is_eager=True
    ),
) -> None:
    """Outreach: the "call them the next day" engine."""


def main() -> None:
    """Run, and turn what is known to go wrong into a sentence: exit 1 when we said no, 2 when asked wrongly. Of what
    nobody thought of, the log says where it happened and no customer's words."""
    with brief(_secrets):
        _run()


def _run() -> None:
    try:
        app(prog_name="outreach")  # else it is whatever started Python, `python -m pytest` for one
    except RulebookError as error:
        for problem in error.problems:
            _say(str(problem))
        count = sum(p.severity == "error" for p in error.problems)
        _say(f"{count} mistake{'s' if count != 1 else ''} in the rules")
        sys.exit(1)
    except OutreachError as error:
        _say(f"outreach: {error}")
        sys.exit(1)
    except Exception:
        log.critical("the program ends", exc_info=True)
        sys.exit(1)


def _secrets() -> list[str]:
    """All that no log may tell; settings that can't be read have said so themselves."""
    from outreach.settings import read_settings  # its library takes a while: most commands have nothing to log

    try:
        return read_settings().secrets
    except OutreachError:
        return []


def _say(text: str) -> None:
    typer.echo(text, err=True)

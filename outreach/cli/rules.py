"""`outreach rules check`, `outreach rules list` and `outreach rules schema`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from json import dumps
from pathlib import Path
from typing import Annotated

import typer

from outreach.bootstrap import open_store, read_rules
from outreach.cli import rule_tests
from outreach.cli.common import Database, Json, Templates, settings
from outreach.cli.output import counted, err, print_json, table
from outreach.cli.pointing import pointed
from outreach.cli.ways_out import lacking
from outreach.errors import InputError, OutreachError, Problem, RulebookError
from outreach.ports import SmsLength
from outreach.rehearsal import file_shapes
from outreach.rulebook.listing import describe
from outreach.rulebook.load import Rulebook
from outreach.rulebook.schema import json_schema
from outreach.settings import Settings

Folder = Annotated[Path | None, typer.Argument(metavar="DIR", help="Default: OUTREACH_RULES, or rules.")]


def check(folder: Folder = None, templates: Templates = None, database: Database = None, json: Json = False) -> None:
    """Check every rule, template and the cadence; all mistakes at once, each with its place and the mend."""
    chosen = settings(database, folder, templates)
    try:
        book = _load(chosen, trial=True)
    except RulebookError as error:
        mistakes = sum(p.severity == "error" for p in error.problems)
        _say(error.problems, chosen, json, counted(mistakes, "mistake"))
        raise typer.Exit(1) from error
    warnings = [*book.warnings, *lacking(book, chosen)]
    good = counted(len(book.rules), "rule") + (" is" if len(book.rules) == 1 else " are")
    _say(warnings, chosen, json, f"{good} in order, {counted(len(warnings), 'warning')}", book.sms)


def _say(
    problems: Sequence[Problem], chosen: Settings, json: bool, summary: str, sms: Sequence[SmsLength] = ()
) -> None:
    if json:
        ok = all(p.severity != "error" for p in problems)
        print_json({"ok": ok, "problems": [_plain(p) for p in problems], "sms": [asdict(s) for s in sms]})
        return
    for problem in problems:
        for line in (str(problem), *pointed(problem, chosen.rules.resolve().parent)):
            err(line)
    if sms:
        columns = ("template", "SMS", "characters", "encoding", "room for")
        rows = [(s.file, str(s.segments), str(s.characters), s.encoding, f"{s.room} more") for s in sms]
        table("SMS, with names and things of usual length", columns, rows)
    typer.echo(summary)


def list_(folder: Folder = None, database: Database = None, json: Json = False) -> None:
    """The rules: what sets each off, what it does, where it stands."""
    chosen = settings(database, folder)
    paused = _paused(chosen)
    described = [d | {"paused": d["name"] in paused or "*" in paused} for d in describe(_load(chosen))]
    if json:
        print_json(described)
        return
    rows = [
        (str(d["name"]), str(d["on"]), ", ".join(map(str, d["steps"])), str(d["purpose"]), str(d["priority"]),
         "paused" if d["paused"] else "" if d["active"] else "off", str(d["place"]), str(d["about"]))
        for d in described
    ]  # fmt: skip
    nothing = "There are no rules yet: `outreach init DIR` makes a folder with an example business to start from."
    table("Rules", ("rule", "on", "steps", "purpose", "prio", "", "where", "about"), rows, nothing)


def schema(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it there, not to the screen.")
    ] = None,
    tests: Annotated[bool, typer.Option("--tests", help="Of the files with tests (*.test.yaml).")] = False,
) -> None:
    """The JSON Schema of a rule file: with it an editor completes, explains and checks while one types."""
    made = file_shapes.json_schema() if tests else json_schema()
    text = dumps(made, indent=2, ensure_ascii=False) + "\n"
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{out} can't be written: {error.strerror}") from error
    typer.echo(
        f"{out} is written: name it in the first line of a rule file, `# yaml-language-server: $schema={out.name}`"
    )


def _load(chosen: Settings, *, trial: bool = False) -> Rulebook:
    """With what the database has seen of events, when there is one: names are checked against it too."""
    try:
        with open_store(chosen).reading() as tx:
            seen = tx.house.fields()
    except OutreachError:
        seen = {}
    return read_rules(chosen, seen, trial=trial)


def _paused(chosen: Settings) -> set[str]:
    try:
        with open_store(chosen).reading() as tx:
            return set(tx.house.paused())
    except OutreachError:
        return set()


def _plain(p: Problem) -> dict[str, object]:
    return {name: getattr(p, name) for name in ("file", "line", "column", "severity", "message", "text", "hint")}


def add_to(root: typer.Typer) -> None:
    """The commands of this file."""
    group = typer.Typer(help="What marketing wrote.", no_args_is_help=True)
    group.command("check")(check)
    group.command("list")(list_)
    rule_tests.add_to(group)
    group.command("schema")(schema)
    root.add_typer(group, name="rules")

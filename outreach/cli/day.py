"""What staff and marketers ask day by day: `calls`, `why`, `pause`, `resume`."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from outreach.beside import quarantined
from outreach.bootstrap import App, SystemClock, open_store
from outreach.cli.common import Database, Json, app, settings
from outreach.cli.explaining import told_why
from outreach.cli.output import console, counted, err, moment, print_json, table, writing
from outreach.desk import Card, Figures, as_csv, as_ics, cards, figures, full_name
from outreach.errors import InputError
from outreach.flow.releasing import Resumed
from outreach.flow.releasing import resume as let_go
from outreach.saying import clock
from outreach.store.store import Store
from outreach.why import plain
from outreach.why import why as explain

Rule = Annotated[str, typer.Argument(metavar="RULE", help="A rule's name; without one, everything.")]


def calls(
    day: Annotated[str, typer.Option("--date", metavar="D", help="Only what fell due on that day (2026-11-03).")] = "",
    assign: Annotated[str, typer.Option("--assign", metavar="WHO", help="Only one person's or role's.")] = "",
    csv_file: Annotated[
        Path | None, typer.Option("--csv", metavar="F", help="Write CSV to this file (- is stdout).")
    ] = None,
    ics_file: Annotated[
        Path | None, typer.Option("--ics", metavar="F", help="Write iCalendar to this file (- is stdout).")
    ] = None,
    database: Database = None,
    json: Json = False,
) -> None:
    """Today's list: calls to make and preparations to do, the most important first."""
    if csv_file is not None and ics_file is not None:
        raise InputError("--csv and --ics are two files: ask for one at a time")
    it = app(database)
    found = cards(it.engine, day=_day(day), assign=assign)
    if json:
        print_json([c.plain() for c in found])
    elif csv_file is not None:
        _write(csv_file, as_csv(found))
    elif ics_file is not None:
        _write(ics_file, as_ics(found, it.engine.clock.now()))
    else:
        print_cards(found, it)
        if not day:
            print_figures(figures(it.engine, assign=assign))


def print_cards(found: list[Card], it: App) -> None:
    """The list, for eyes."""
    zone = it.engine.policy.zone
    rows = [
        (c.channel, c.name, c.phone if c.channel == "call" else "", _about(c), _whose(c), moment(c.until, zone), c.rank)
        for c in found
    ]
    nothing = "Nobody is to be called and nothing to be prepared. Calls and tasks appear here when they fall due."
    table(
        "On the list now", ("", "who", "number", "what for", "assigned to", "worth it until", "why now"), rows, nothing
    )


def print_figures(day: Figures) -> None:
    """How far today has come, for eyes."""
    if not (day.total or day.gone):
        return
    typer.echo(
        f"\n{day.done} of {day.total} done today; important and not urgent: {day.proactive:.0%} of today's cards."
    )
    for g in day.gone:
        if g.state in ("withdrawn", "waiting", "expired"):
            typer.echo(f"  {g.state} today: the {g.channel} for {g.name} ({g.rule}), because: {g.why}")


def _whose(c: Card) -> str:
    held = f"{c.assign or 'anyone'}, open at {c.holder}" if c.holder else c.assign
    return f"{held} (for {c.stands_in_for})" if c.stands_in_for else held


def _about(c: Card) -> str:
    return "; also: ".join([c.title, *_also(c)])


def _also(c: Card) -> list[str]:
    return [more["about"] for more in c.also]


def why(
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer's id.")],
    rule: Annotated[str, typer.Option("--rule", metavar="R", help="Only this rule.")] = "",
    at: Annotated[str, typer.Option("--at", metavar="T", help="Only what was decided by then (RFC 3339).")] = "",
    database: Database = None,
    json: Json = False,
) -> None:
    """Why a customer was contacted, or was not: every decision and its reasons, and the nearest miss of other rules."""
    it = app(database)
    answer = explain(it.engine, customer, rule, instant_of(at))
    if json:
        print_json(plain(answer))
        return
    zone = it.engine.policy.wall_zone(answer.customer)
    out = console()
    out.print(f"[bold]{escape(full_name(answer.customer))}[/bold] ({escape(answer.customer.id)}), times in {zone}")
    show = clock(zone, it.engine.clock.now())
    for line in told_why(answer, show):
        out.print(line, markup=False, soft_wrap=True)


def pause(rule: Rule = "", database: Database = None) -> None:
    """Hold a rule, or everything: nothing of it goes out until `resume`. Takes effect within a second."""
    store, _ = _house(rule, database)
    with store.writing() as tx:
        tx.house.pause(rule or "*", SystemClock().now(), "command line")
    typer.echo(f"{rule or 'Everything'} is paused; `outreach resume{' ' + rule if rule else ''}` lets it go on.")


def resume(rule: Rule = "", database: Database = None) -> None:
    """Let a paused rule, or everything, go on; with it what a rule's daily limit held."""
    store, zone = _house(rule, database)
    found = store.write(lambda tx: let_go(tx, rule or "*", SystemClock().now(), zone))
    if not rule and (said := quarantined(store)):
        raise InputError(f"a pause is over, but {said}")
    if found.nothing:
        err(f"{rule or 'everything'} was not paused")
        raise typer.Exit(1)
    typer.echo(f"{rule or 'Everything'} goes on." + _released(found))


def _released(found: Resumed) -> str:
    late = f", {found.late} came too late for that" if found.late else ""
    return f" {counted(found.released, 'follow-up')} let go{late}." if found.released or found.late else ""


def _house(rule: str, database: str | None) -> tuple[Store, str]:
    """The store and the house's zone. The big switch works even while the rules are broken; a rule's name is checked
    against them."""
    if not rule:
        return open_store(settings(database)), "UTC"
    it = app(database)
    if rule not in it.engine.rules:
        raise InputError(f"there is no rule {rule!r}; `outreach rules list` shows all")
    return it.store, it.engine.policy.zone


def _write(file: Path, text: str) -> None:
    with writing(file) as out:
        out.write(text)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InputError(f"--date {text!r} is no date: write 2026-11-03") from error


def instant_of(text: str) -> datetime | None:
    """The instant that `--at` names; None when it names none. Raises InputError."""
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError as error:
        raise InputError(f"--at {text!r} is no time: write 2026-11-03T10:00:00-05:00") from error
    if found is not None and found.tzinfo is None:
        raise InputError(f"--at {text!r} has no offset: write 2026-11-03T10:00:00-05:00 or …Z")
    return found


def add_to(root: typer.Typer) -> None:
    """The commands of this file."""
    for command in (calls, why, pause, resume):
        root.command()(command)

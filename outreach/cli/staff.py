"""What managers of staff do: `assign` a card, say who is `absent`, look at the `load` of the next days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

import typer

from outreach.bootstrap import App
from outreach.cli.common import Database, Json, app
from outreach.cli.output import err, moment, print_json, table
from outreach.core.zone import to_utc
from outreach.desk import Load, absences, absent, assign, back, load
from outreach.errors import InputError

By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who says so.")]


def assign_card(
    card: Annotated[str, typer.Argument(metavar="CARD", help="The card's id, as `outreach calls --json` tells it.")],
    to: Annotated[str | None, typer.Option("--to", metavar="WHO", help="A person or role; '' for anyone.")] = None,
    site: Annotated[str | None, typer.Option("--site", metavar="S", help="Another site.")] = None,
    by: By = "",
    database: Database = None,
) -> None:
    """Give a call or task to somebody else, or to another site."""
    if to is None and site is None:
        raise InputError("say who is to do it (--to), or at which site (--site)")
    found = assign(app(database).engine, card, by, to=to, site=site)
    if not found.ok:
        err(found.text)
        raise typer.Exit(1)
    typer.echo(f"It is for {to or 'anyone'} now." if to is not None else f"It is at {site} now.")


def absent_person(
    who: Annotated[str, typer.Argument(metavar="[WHO]", help="The person; without one, who is away is listed.")] = "",
    since: Annotated[str, typer.Option("--from", metavar="T", help="A day, or a moment (now, if left out).")] = "",
    until: Annotated[str, typer.Option("--until", metavar="T", help="The last day, or a moment.")] = "",
    to: Annotated[str, typer.Option("--to", metavar="WHOM", help="Who stands in (anyone, if left out).")] = "",
    is_back: Annotated[bool, typer.Option("--back", help="The person is there again.")] = False,
    by: By = "",
    database: Database = None,
    json: Json = False,
) -> None:
    """Somebody is away: meanwhile that person's cards are another's, or anyone's; afterwards they are the person's
    again."""
    it = app(database)
    zone = it.engine.policy.zone
    if who and is_back:
        if not back(it.engine, who):
            err(f"{who} wasn't away")
            raise typer.Exit(1)
        typer.echo(f"{who} is back.")
    elif who:
        if not until:
            raise InputError("say until when (--until 2026-11-20)")
        begins = _moment(since, zone, last=False) if since else it.engine.clock.now()
        found = absent(it.engine, who, begins, _moment(until, zone, last=True), to=to, by=by)
        stands = f"{found.to} stands in" if found.to else "the cards are for anyone"
        typer.echo(f"{found.who} is away until {moment(found.until, zone)}: {stands}.")
    else:
        _list(it, json)


def _list(it: App, json: bool) -> None:
    zone, away = it.engine.policy.zone, absences(it.engine)
    if json:
        print_json([{"who": a.who, "from": a.since, "until": a.until, "to": a.to, "by": a.by} for a in away])
        return
    rows = [(a.who, moment(a.since, zone), moment(a.until, zone), a.to or "anyone") for a in away]
    table("Away", ("who", "from", "until", "stands in"), rows, "Nobody is away.")


def _moment(text: str, zone: str, *, last: bool) -> datetime:
    """A day of the house's from its beginning, or to its end with `last`; or a moment with an offset."""
    try:
        day = date.fromisoformat(text) + timedelta(days=int(last))
        return to_utc(datetime.combine(day, time()), zone)
    except ValueError:
        pass
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{text!r} is no day: write 2026-11-20, or 2026-11-20T14:00:00-05:00") from error
    if at.tzinfo is None:
        raise InputError(f"{text!r} has no offset: write 2026-11-20, or 2026-11-20T14:00:00-05:00")
    return at.astimezone(UTC)


def show_load(
    days: Annotated[int, typer.Option("--days", min=1, max=60, help="How many days.")] = 14,
    database: Database = None,
    json: Json = False,
) -> None:
    """Calls and tasks of the next days against capacity: the house, its sites, people and roles."""
    found = load(app(database).engine, days)
    if json:
        print_json([one.plain() for one in found])
        return
    rows = [(f"{one.day:%a %d %b}", one.of, one.channel, _against(one)) for one in found if one.planned]
    table("Load", ("day", "of", "", "planned"), rows, "Nothing is planned for people to do.")


def _against(one: Load) -> str:
    if one.capacity is None:
        return str(one.planned)
    return f"{one.planned} of {one.capacity}" + (" (too many)" if one.planned > one.capacity else "")


def add_to(root: typer.Typer) -> None:
    """The commands of this file."""
    for name, command in (("assign", assign_card), ("absent", absent_person), ("load", show_load)):
        root.command(name)(command)

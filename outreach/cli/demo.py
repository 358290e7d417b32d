"""`outreach demo`: the example business plays a fortnight in seconds and shows what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, time
from typing import Annotated

import typer
from rich.markup import escape

from outreach.bootstrap import App
from outreach.cli.common import Database, Json, settings
from outreach.cli.day import print_cards
from outreach.cli.output import console, moment, print_json, progress, table
from outreach.core.customer import Customer
from outreach.core.follow_up import BY_STAFF, FollowUp
from outreach.core.zone import to_utc
from outreach.demo.play import Played, play
from outreach.demo.scenario import ZONE
from outreach.desk import cards, full_name
from outreach.errors import InputError
from outreach.simulation.contacts import contacts
from outreach.store.attempts import Attempt
from outreach.wording import in_words


def demo(
    today: Annotated[str, typer.Option("--today", metavar="D", help="The fortnight's last day (default: today).")] = "",
    database: Database = None,
    json: Json = False,
) -> None:
    """Play the example business through a fortnight of virtual time; `outreach serve` then shows its database."""
    chosen = settings(database or _default())
    with progress("playing a fortnight") as move:
        played = play(chosen, until=_end(today), progress=move)
    if json:
        rows = [asdict(c) for c in contacts(played.app.store)]
        print_json({"contacts": rows, "list": [c.plain() for c in cards(played.app.engine)]})
        return
    _show(played)


def _default() -> str | None:
    """`outreach demo` without a word about a database plays into a file of its own, never into the business's."""
    given = settings()
    return "sqlite:///demo.db" if given.database_url == "sqlite:///outreach.db" else None


def _end(today: str) -> datetime | None:
    if not today:
        return None
    try:
        day = datetime.fromisoformat(today)
    except ValueError as error:
        raise InputError(f"--today {today!r} is no date: write 2026-11-20 or 2026-11-20T11:00:00-05:00") from error
    if day.tzinfo is not None:
        return day.astimezone(UTC)
    return to_utc(day if day.time() != time() else day.replace(hour=11), ZONE)


def _show(played: Played) -> None:
    it, zone = played.app, ZONE
    with it.store.reading() as tx:
        attempts = sorted(tx.attempts.latest(10_000), key=lambda a: a.made)
        ended = list(tx.follow_ups.ended())
        people = tx.customers.get({f.customer for f in ended} | {a.customer for a in attempts})
        steps = {f.id: f for c in {a.customer for a in attempts} for f in tx.follow_ups.all_of(c)}
    out = console()
    span = f"{moment(played.since, zone)} to {moment(played.until, zone)} ({zone})"
    what = f"{played.customers} customers, {played.events} events, {len(it.engine.rules)} rules"
    out.print(f"\n[bold]{escape(it.engine.business['name'])}[/bold], {span}: {what}\n")
    _show_sent(attempts, people, steps)
    out.print()
    _show_done([f for f in ended if f.state == "done" and f.channel in BY_STAFF], people)
    out.print()
    _show_held([f for f in ended if f.state not in ("sent", "done") and f.channel != "remember"], people)
    out.print()
    print_cards(cards(it.engine), it)
    _show_next(it)


def _show_sent(attempts: list[Attempt], people: Mapping[str, Customer], steps: dict[str, FollowUp]) -> None:
    rows = [
        (moment(a.made, ZONE), full_name(people[a.customer]), a.channel, _first_words(a), _rule(steps.get(a.follow_up)))
        for a in attempts
    ]
    table("What went to whom", ("when", "who", "by", "what", "rule"), rows, "Nothing was sent.")


def _first_words(a: Attempt) -> str:
    text = " ".join((a.subject or a.body).split())
    return text if len(text) <= 60 else f"{text[:57]}…"


def _rule(f: FollowUp | None) -> str:
    return f.rule if f else ""


def _show_done(done: list[FollowUp], people: Mapping[str, Customer]) -> None:
    rows = [
        (moment(f.ended, ZONE), full_name(people[f.customer]), f.channel, f.outcome, f.outcome_by, f.rule) for f in done
    ]
    table("What staff did", ("when", "with", "", "outcome", "by", "rule"), rows, "Nothing yet.")


def _show_held(held: list[FollowUp], people: Mapping[str, Customer]) -> None:
    rows = [
        (moment(f.ended, ZONE), full_name(people[f.customer]), f.channel, f.state, in_words(f.reason), f.rule)
        for f in held
    ]
    table("What was held back, and why", ("when", "who", "", "", "why", "rule"), rows, "Nothing was held back.")


def _show_next(it: App) -> None:
    name = it.settings.database_url
    console().print(
        f"\nNothing left this machine: the outbox kept it all, in {name}.\n"
        "  make serve                      the same, as pages in the browser\n"
        "  .venv/bin/outreach why priya    every decision about one customer, with its reasons\n"
        "  rules/  templates/              what marketing wrote; change a rule and run this again",
        markup=False,
    )


def add_to(root: typer.Typer) -> None:
    """The commands of this file."""
    root.command()(demo)

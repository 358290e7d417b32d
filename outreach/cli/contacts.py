"""Contacts by hand: `may` asks before somebody is contacted, `contact` writes down that somebody was."""

from __future__ import annotations

from datetime import UTC
from enum import StrEnum
from typing import Annotated

import typer

from outreach.by_hand import Answer, Contact, ask, log, plain
from outreach.cli.common import Database, Json, app
from outreach.cli.day import instant_of
from outreach.cli.output import err, print_json
from outreach.saying import clock, with_code


class Channel(StrEnum):
    """By what a customer is reached."""

    call = "call"
    sms = "sms"
    email = "email"


class Purpose(StrEnum):
    """What for."""

    marketing = "marketing"
    care = "care"
    transactional = "transactional"
    safety = "safety"


class Direction(StrEnum):
    """Who contacted whom."""

    outbound = "outbound"
    inbound = "inbound"


_A = {"call": "a call", "sms": "an SMS", "email": "an e-mail"}

Customer = Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer's id.")]
By = Annotated[Channel, typer.Option("--channel", help="By what.")]
For = Annotated[Purpose, typer.Option("--purpose", help="What for.")]


def may(
    customer: Customer, channel: By, purpose: For = Purpose.care, database: Database = None, json: Json = False
) -> None:
    """May this customer be contacted now? Exit code 0 for yes, 1 for no, with all that stands in the way."""
    it = app(database)
    answer = ask(it.engine, Contact(customer=customer, channel=channel.value, purpose=purpose.value))
    if json:
        print_json(plain(answer))
    else:
        typer.echo("\n".join(told(answer)))
    raise typer.Exit(0 if answer.verdict.allowed else 1)


def contact(
    customer: Customer,
    channel: By = Channel.call,
    purpose: For = Purpose.care,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="What was said.")] = "",
    by: Annotated[str, typer.Option("--by", metavar="WHO", help="Who contacted her.")] = "",
    override: Annotated[
        str, typer.Option("--override", metavar="REASON", help="Why all the same, where the guard objects.")
    ] = "",
    direction: Annotated[
        Direction, typer.Option("--direction", help="`inbound`: she contacted us, which counts against nothing.")
    ] = Direction.outbound,
    at: Annotated[str, typer.Option("--at", metavar="T", help="When it was made (RFC 3339); now, if left out.")] = "",
    database: Database = None,
    json: Json = False,
) -> None:
    """Write down a contact made by hand: it counts like any other. Exit code 1 where the guard objects and no
    --override says why all the same; then nothing is written."""
    when = instant_of(at)
    said = Contact(
        customer=customer, channel=channel.value, purpose=purpose.value, note=note, by=by, override=override.strip(),
        direction=direction.value, time=when.astimezone(UTC) if when else None,
    )  # fmt: skip
    logged = log(app(database).engine, said)
    if json:
        print_json(plain(logged.answer) | {"id": logged.id, "status": logged.status})
    elif logged.status == "refused":
        err("\n".join(told(logged.answer)))
        err("Nothing was written down. If it was made, or has to be, say why: --override REASON")
    else:
        typer.echo("\n".join(["Written down.", *_noted(logged.answer)]))
    raise typer.Exit(1 if logged.status == "refused" else 0)


def told(answer: Answer) -> list[str]:
    """The answer in lines, on the customer's clock."""
    verdict, show = answer.verdict, clock(answer.zone, answer.at)
    who = f"{_A[answer.contact.channel]} to {answer.contact.customer} for {answer.contact.purpose}"
    if verdict.allowed:
        return [f"Yes: {who} may be made now.", *_moves(answer)]
    when = show(verdict.next) if verdict.next else "not in sight while nothing changes"
    against = [f"  {with_code(r, show)}" for r in verdict.reasons]
    return [f"No: {who} may not be made now.", *against, f"  next possible: {when} ({answer.zone})", *_moves(answer)]


def _noted(answer: Answer) -> list[str]:
    show = clock(answer.zone, answer.at)
    return [f"  against {with_code(r, show)}" for r in answer.verdict.reasons] + _moves(answer)


def _moves(answer: Answer) -> list[str]:
    show = clock(answer.zone, answer.at)
    return [
        f"  it moves the {s.follow_up.channel} of {s.follow_up.rule} from {show(s.before)} "
        + (f"to {show(s.after)}" if s.after else "out: there is no room for it any more")
        for s in answer.verdict.shifts
    ]


def add_to(root: typer.Typer) -> None:
    """The commands of this file."""
    for command in (may, contact):
        root.command()(command)

"""`outreach simulate`: what would these rules have done? The same engine, a virtual clock, nothing is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from outreach.bootstrap import assemble, calm_collector, shipped, template_reader, virtual_store
from outreach.cli.output import err, print_json, progress, table, writing
from outreach.core.follow_up import BY_STAFF, OUTCOMES
from outreach.core.zone import to_utc
from outreach.doors.files import read_events, read_people
from outreach.doors.lines import Rejected
from outreach.errors import InputError
from outreach.ports import VirtualClock
from outreach.rulebook.load import Rulebook, load_rulebook
from outreach.settings import Settings, read_settings
from outreach.simulation.compare import Difference, compare
from outreach.simulation.contacts import Contact, contacts, summary, write
from outreach.simulation.run import Simulation

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def simulate(
    customers: Annotated[Path, typer.Option("--customers", metavar="FILE", help="JSONL or CSV.")],
    events: Annotated[Path, typer.Option("--events", metavar="FILE", help="JSONL or CSV.")],
    rules: Annotated[
        Path | None, typer.Option("--rules", metavar="DIR", help="Default: OUTREACH_RULES, or rules.")
    ] = None,
    templates: Annotated[
        Path | None, typer.Option("--templates", metavar="DIR", help="Default: beside the rules.")
    ] = None,
    since: Annotated[
        str, typer.Option("--from", metavar="T", help="Events before it are history, that start nothing.")
    ] = "",
    until: Annotated[
        str,
        typer.Option(
            "--until", metavar="T", help="Default: when nothing is planned any more; what comes every year needs it."
        ),
    ] = "",
    against: Annotated[
        Path | None, typer.Option("--against", metavar="DIR", help="Show what these rules do otherwise.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE.csv", help="Write every contact to this file.")
    ] = None,
    outcome: Annotated[
        str, typer.Option("--outcome", help="What calls come to where no outcome event says.")
    ] = "reached",
    json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """Play events against the rules on a virtual clock: whom would they have contacted, when, and whom not and why?"""
    if outcome not in OUTCOMES:
        raise InputError(f"--outcome {outcome!r} is unknown: use one of {', '.join(sorted(OUTCOMES))}")
    files = _Files(customers, events)
    span = (_instant(since, "--from"), _instant(until, "--until"))
    rows = _play(files, _settings(rules, templates), span, outcome)
    if out is not None:
        with writing(out) as file:
            write(rows, file)
    changes = None if against is None else compare(rows, _play(files, _settings(against, templates), span, outcome))
    _show(rows, changes, files.rejected, json)
    if files.rejected:
        raise typer.Exit(1)


class _Files:
    """The input, read once for both rule sets."""

    def __init__(self, customers: Path, events: Path):
        people = list(read_people(customers))
        taken = list(read_events(events))
        self.people = [p for p in people if not isinstance(p, Rejected)]
        self.events = [e for e in taken if not isinstance(e, Rejected)]
        self.rejected = [f"{customers}:{p.line}: {p.reason}" for p in people if isinstance(p, Rejected)]
        self.rejected += [f"{events}:{e.line}: {e.reason}" for e in taken if isinstance(e, Rejected)]
        known = {person.id for person, _ in self.people}
        for event in [e for e in self.events if e.customer not in known and e.type != "customer.changed"]:
            self.rejected.append(f"{events}: event {event.id}: unknown customer {event.customer!r}")

    def fields(self) -> dict[str, set[str]]:
        """What the events carry, by type: what conditions are checked against."""
        found: dict[str, set[str]] = {}
        for event in self.events:
            found.setdefault(event.type, set()).update(event.data)
        return found


def _settings(rules: Path | None, templates: Path | None) -> Settings:
    if rules is None:
        given = read_settings(templates=templates)
        return given if given.rules.is_dir() else read_settings(rules=shipped("rules"), templates=shipped("templates"))
    if templates is None:
        beside = [rules.resolve().parent / "templates", rules / "templates"]
        templates = next((folder for folder in beside if folder.is_dir()), None)
    return read_settings(rules=rules, templates=templates)


def _play(
    files: _Files, settings: Settings, span: tuple[datetime | None, datetime | None], outcome: str
) -> list[Contact]:
    rulebook = _rulebook(files, settings)
    starts = [e.time for e in files.events] + ([span[0]] if span[0] else [])
    clock = VirtualClock(min(starts, default=EPOCH))
    it = assemble(read_settings(rules=settings.rules, templates=settings.templates, sms="outbox", email="outbox"),
                  virtual_store(), rulebook, clock)  # fmt: skip
    calm_collector()
    it.engine.claim_size = 200
    it.engine.save_customers(files.people)
    simulation = Simulation(it.engine, clock, outcome=outcome, until=span[1])
    with progress(f"simulating {settings.rules}") as move:
        simulation.run(files.events, since=span[0], progress=move)
    files.rejected += [
        f"event {r.id}: {r.reason}"
        for r in simulation.receipts
        if r.status == "rejected" and "unknown customer" not in r.reason
    ]
    return list(contacts(it.store))


def _rulebook(files: _Files, settings: Settings) -> Rulebook:
    names = {name for person, _ in files.people for name in person.fields}
    return load_rulebook(
        settings.rules, settings.templates, seen_fields=files.fields(), seen_customer_fields=names, strict=False,
        reader=template_reader(settings),
    )  # fmt: skip


def _show(rows: Sequence[Contact], changes: Sequence[Difference] | None, rejected: list[str], json: bool) -> None:
    counted = sorted(summary(rows).items())
    touched = {r.customer for r in rows if r.status in ("sent", "done") and r.channel != "task"}
    if json:
        print_json({
            "contacts": sum(r.status in ("sent", "done") and r.channel != "task" for r in rows),
            "customers_contacted": len(touched), "follow_ups": len(rows), "rejected": rejected,
            "summary": [{"rule": k[0], "step": k[1], "status": k[2], "reason": k[3], "count": n} for k, n in counted],
            **({} if changes is None else {"changes": [asdict(c) for c in changes]}),
        })  # fmt: skip
    else:
        nothing = "Nothing: no event started a rule. Look at its `on` and `when`; `outreach rules list` shows them."
        columns = ("rule", "step", "status", "reason", "follow-ups")
        table("What would have happened", columns, [(*k, str(n)) for k, n in counted], nothing)
        staff = sum(r.status == "done" and r.channel in BY_STAFF for r in rows)
        typer.echo(f"\n{len(rows)} follow-ups, {len(touched)} customers contacted, {staff} calls and tasks for staff")
        if changes is not None:
            _show_changes(changes)
    for line in rejected[:20]:
        err(f"rejected: {line}")
    if len(rejected) > 20:
        err(f"… and {len(rejected) - 20} more rejected")


def _show_changes(changes: Sequence[Difference]) -> None:
    listed = [(c.customer, c.rule, c.step, c.event, c.before or "-", c.after or "-") for c in changes[:200]]
    columns = ("customer", "rule", "step", "event", "these rules", "the others")
    table(f"What changes ({len(changes)})", columns, listed, "Nothing.")
    if len(changes) > 200:
        typer.echo(f"… and {len(changes) - 200} more; --json shows all")


def _instant(text: str, option: str) -> datetime | None:
    """An instant; a bare date means its beginning, UTC."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{option} {text!r} is no time: write 2026-11-03 or 2026-11-03T10:00:00-05:00") from error
    return found.astimezone(UTC) if found.tzinfo else to_utc(found, "UTC")


def add_to(root: typer.Typer) -> None:
    """The commands of this file."""
    root.command()(simulate)

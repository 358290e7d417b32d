"""`outreach verify`: the ledger replayed by code of its own, and the cadence proved, or each violation told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from outreach.bootstrap import SystemClock
from outreach.cli.common import Database, Json, Rules, app
from outreach.cli.output import console, counted, print_json, progress
from outreach.errors import InputError
from outreach.proof.findings import CHECKS, Fault, Findings
from outreach.proof.proving import prove

#: Of what is wrong so much is printed for eyes; --json has more.
SHOWN = 50


def verify(
    since: Annotated[
        str, typer.Option("--since", metavar="T", help="Only touches from then on (RFC 3339, or a date, UTC).")
    ] = "",
    rules: Rules = None,
    database: Database = None,
    json: Json = False,
) -> None:
    """Replay the ledger with code of its own, and prove the cadence or list each violation. Only reads; the engine may
    be at work meanwhile."""
    start = _instant(since)
    it = app(database, rules)
    with progress("proving") as move:
        found = prove(it.store, it.engine.policy, SystemClock().now(), start, move)
    if json:
        print_json(found.plain())
    else:
        _show(found)
    if found.violations:
        raise typer.Exit(1)


def _show(found: Findings) -> None:
    _list("", found.faults, found.violations)
    _list("By hand, not the engine's:", found.by_hand, len(found.by_hand))
    asked = ", ".join(f"{check} {found.asked[check]:,}" for check in CHECKS if found.asked[check])
    if asked:
        _print(f"Asked: {asked}")
    for reason, count in sorted(found.not_judged.items()):
        _print(f"Not judged: {counted(count, 'touch') if count == 1 else f'{count:,} touches'}: {reason}")
    _print(found.said)


def _list(title: str, faults: Sequence[Fault], count: int) -> None:
    if title and faults:
        _print(title)
    for fault in faults[:SHOWN]:
        _print(f"{fault.at[:19]:<19}  {fault.subject}  {fault.rule}  {fault.said}  [{', '.join(fault.ids)}]")
    if count > SHOWN:
        _print(f"… and {count - SHOWN:,} more; --json lists them")


def _print(text: str) -> None:
    console().print(text, markup=False, soft_wrap=True)


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError as error:
        raise InputError(f"--since {text!r} is no time: write 2026-11-03 or 2026-11-03T10:00:00-05:00") from error
    if found is not None and found.tzinfo is None:
        if len(text) > 10:
            raise InputError(f"--since {text!r} has no offset: write 2026-11-03T10:00:00-05:00 or …Z")
        return found.replace(tzinfo=UTC)
    return found


def add_to(root: typer.Typer) -> None:
    """The commands of this file."""
    root.command()(verify)

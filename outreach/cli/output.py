"""How commands print: tables and progress for people, JSON for programs, errors on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from outreach.core.zone import to_local

JSON = typer.Option(False, "--json", help="Print JSON, for programs.")


def console() -> Console:
    """Standard output; wide enough for a table when it isn't a terminal."""
    wide = None if sys.stdout.isatty() else 140
    return Console(width=wide, highlight=False, soft_wrap=False)


def err(text: str) -> None:
    """A line on standard error."""
    typer.echo(text, err=True)


def print_json(value: Any) -> None:
    """One JSON document."""
    typer.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], empty: str = "") -> None:
    """A table, or a sentence that teaches when there is nothing to show."""
    listed = list(rows)
    out = console()
    if not listed:
        out.print(f"[bold]{title}[/bold]\n  {empty or 'nothing'}")
        return
    grid = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in columns:
        grid.add_column(name, overflow="fold")
    for row in listed:
        grid.add_row(*[_plain(cell) for cell in row])
    out.print(grid)


def _plain(text: str) -> str:
    """What customers and events say is text, never markup."""
    return text.replace("[", "\\[")


def moment(at: datetime | None, zone: str) -> str:
    """`Tue 03 Nov 10:00` on that wall clock."""
    return f"{to_local(at, zone):%a %d %b %H:%M}" if at else ""


@contextmanager
def progress(what: str, unit: str = "") -> Iterator[Callable[[int, int], None]]:
    """A progress bar on stderr; calls with (done, total) move it. Silent where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(f"{what} {unit}".strip(), total=None)

        def move(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield move

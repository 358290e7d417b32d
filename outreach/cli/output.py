"""How commands print: tables and progress for people, JSON for programs, errors on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from outreach.core.zone import to_local
from outreach.errors import InputError


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
    # What customers and events say is text, never markup.
    grid = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in columns:
        grid.add_column(name, overflow="fold")
    for row in listed:
        grid.add_row(*map(Text, row))
    out.print(grid)


@contextmanager
def writing(file: Path) -> Iterator[TextIO]:
    """A file that a command was told to write; `-` is standard output."""
    if str(file) == "-":
        yield sys.stdout
        return
    try:
        out = file.open("w", newline="", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{file} can't be written: {error.strerror}") from error
    with out:
        yield out


def counted(number: int, what: str) -> str:
    """`1 rule`, `2 rules`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


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

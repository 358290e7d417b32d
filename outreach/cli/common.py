"""Options that many commands share, and opening the app for them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from outreach.bootstrap import App, calm_collector, open_app
from outreach.settings import Settings, read_settings

Database = Annotated[
    str | None,
    typer.Option("--database", metavar="URL", help="Default: OUTREACH_DATABASE_URL, or sqlite:///outreach.db."),
]
Rules = Annotated[Path | None, typer.Option("--rules", metavar="DIR", help="Default: OUTREACH_RULES, or rules.")]
Templates = Annotated[
    Path | None,
    typer.Option("--templates", metavar="DIR", help="Default: OUTREACH_TEMPLATES, or templates beside the rules."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def settings(database: str | None = None, rules: Path | None = None, templates: Path | None = None) -> Settings:
    """Settings with what was given on the command line on top; templates lie beside the rules unless told otherwise."""
    if rules is not None and templates is None:
        beside = rules.resolve().parent / "templates"
        templates = beside if beside.is_dir() else None
    return read_settings(database_url=database, rules=rules, templates=templates)


def app(database: str | None = None, rules: Path | None = None) -> App:
    """The app on its database."""
    it = open_app(settings(database, rules))
    calm_collector()
    return it


def whoever() -> str:
    """Who gives this command: the operating system's user, by name; "command line" where it knows none (a container
    may run under a mere number). Not by the environment, which says whatever one likes."""
    try:
        from pwd import getpwuid  # there is none on Windows

        return getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return "command line"

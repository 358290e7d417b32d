"""Passwords on the command line: from standard input or made up here, never as an argument: all processes see those."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from outreach.errors import InputError
from outreach.staff.passwords import LONGEST

FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password, one line, instead of making one up.")
]


def given(from_stdin: bool) -> str:
    """The password to take; "" when one is to be made up. Raises InputError."""
    if not from_stdin:
        return ""
    try:
        line = sys.stdin.readline(LONGEST + 2).removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError as error:
        raise InputError("the password on standard input isn't UTF-8 text") from error
    if not line:
        raise InputError("there is no password on standard input: write it on one line")
    return line


def told(name: str, password: str, from_stdin: bool) -> str:
    """What to tell of it."""
    if from_stdin:
        return f"{name} signs in with the password that was given."
    return f"{name} signs in with this password, once, and then chooses another:\n\n    {password}\n"

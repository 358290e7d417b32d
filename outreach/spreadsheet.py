"""Cells of CSV files that a spreadsheet opens."""

from __future__ import annotations

import re

#: What a spreadsheet takes for a formula (the wide signs too: some make them narrow), and what it doesn't.
FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
NUMBER = re.compile(r"[+-]?[\d .()-]*\d")


def cell(value: object) -> str:
    """For a CSV file. A spreadsheet runs what begins like a formula; a quote in front keeps it text."""
    text = "" if value is None else str(value)
    dangerous = FORMULA.match(text) and not NUMBER.fullmatch(text)
    return f"'{text}" if dangerous else text

"""The list for other programs: CSV for spreadsheets, iCalendar (RFC 5545) for calendars."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from outreach.desk.card import Card
from outreach.spreadsheet import cell

#: Of a card, in CSV.
COLUMNS = (
    "channel", "name", "phone", "title", "why", "assign", "due", "until", "customer", "rule", "step", "id", "text",
    "also", "rank", "quadrant", "promised", "holder", "place",
)  # fmt: skip
#: How long a call takes in a calendar; a line may have so many bytes (RFC 5545, 3.1).
CALL, FOLD = timedelta(minutes=15), 75
_ESCAPED = re.compile(r"[\\;,]")
#: Characters that no text of a calendar may have.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def as_csv(cards: Iterable[Card]) -> str:
    """A table with a heading; what a spreadsheet would run as a formula is kept as text."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for c in cards:
        row = c.plain() | {"also": "; ".join(more["about"] for more in c.also)}
        writer.writerow(cell(row[name]) for name in COLUMNS)
    return out.getvalue()


def as_ics(cards: Iterable[Card], now: datetime) -> str:
    """A calendar: a call is an event of fifteen minutes from now on (or at the promised time), a task a thing to do.
    Each has the id of its card, so that reading it again changes nothing twice."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Outreach//Calls//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    for c in cards:
        lines += _call(c, now) if c.channel == "call" else _task(c, now)
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _call(c: Card, now: datetime) -> list[str]:
    begins = c.promised or max(c.due, now)
    times = [f"DTSTART:{_at(begins)}", f"DTEND:{_at(begins + CALL)}"]
    return ["BEGIN:VEVENT", *_common(c, now), *times, "TRANSP:TRANSPARENT", "END:VEVENT"]


def _task(c: Card, now: datetime) -> list[str]:
    times = [f"DTSTART:{_at(min(c.due, c.done_by or c.until))}", f"DUE:{_at(c.done_by or c.until)}"]
    if c.due >= (c.done_by or c.until):
        del times[0]  # what begins must begin before it is due
    return ["BEGIN:VTODO", *_common(c, now), *times, "STATUS:NEEDS-ACTION", "END:VTODO"]


def _common(c: Card, now: datetime) -> Iterator[str]:
    yield f"UID:{c.id}@outreach"
    yield f"DTSTAMP:{_at(now)}"
    yield f"SUMMARY:{_text(f'{c.name}: {c.title}')}"
    said = [c.phone if c.channel == "call" else "", *(more["about"] for more in c.also), c.rank, c.text]
    yield f"DESCRIPTION:{_text(chr(10).join(filter(None, said)))}"
    yield f"PRIORITY:{max(1, 9 - c.priority * 8 // 100)}"
    if c.place:
        yield f"LOCATION:{_text(c.place)}"
    if c.assign:
        yield f"CATEGORIES:{_text(c.assign)}"


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    """A text value: backslash, semicolon and comma are escaped, an end of line is written as a letter."""
    plain = _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _ESCAPED.sub(lambda found: f"\\{found[0]}", plain).replace("\n", "\\n")


def _folded(line: str) -> str:
    """No line is longer than 75 bytes; what is longer goes on after an end of line and a space. No letter is cut."""
    parts, size = [""], 0
    for letter in line:
        width = len(letter.encode())
        if size + width > FOLD:
            parts.append("")
            size = 1
        parts[-1] += letter
        size += width
    return "\r\n ".join(parts)

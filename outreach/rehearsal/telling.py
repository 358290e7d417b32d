"""Results as people read them: expected beside what happened, lined up in order of time, and as data for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from textwrap import shorten
from typing import Any, Final

from outreach.core.follow_up import BY_STAFF
from outreach.rehearsal.cases import Case, Wanted
from outreach.rehearsal.comparing import Differs, Line
from outreach.rehearsal.judging import Result
from outreach.rehearsal.moments import shown
from outreach.rehearsal.playing import Happened

LEGEND: Final = "  - expected, and missing    + not expected    ~ otherwise than expected"
#: How much of a message is shown that doesn't say what it should.
SHOWN: Final = 300
_INDENT: Final = " " * 8


def told(result: Result) -> Iterator[tuple[str, str]]:
    """A failed test as lines, each with its mark: the contacts in columns, and below each what is wrong and why."""
    case = result.case
    yield "!", f"FAILED  {case.name}  ({case.file}:{case.line})"
    if case.about:
        yield "", f"  {case.about}"
    rows = [_row(case, line) for line in result.lines]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))] if rows else []
    for line, row in zip(result.lines, rows, strict=True):
        cells = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield line.mark, f"  {line.mark} {cells}".rstrip()
        yield from (("", f"{_INDENT}{text}") for text in (*map(_differs, line.differs), *map(_because, line.why)))
    if not rows:
        yield "", "  nothing happened"
    yield from (("", f"  refused at the door: {text}") for text in result.refused)
    yield from (("", f"  note: {text}") for text in result.notes)


def _because(text: str) -> str:
    return f"why: {text}"


def _differs(found: Differs) -> str:
    match found.what:
        case "says":
            said = shorten(found.happened, SHOWN, placeholder=" …")
            return f"expected it to say “{found.expected}”; it says “{said}”"
        case "text":
            return f"its text has a mistake: {found.happened}"
        case "status":
            return f"expected {found.expected}; it came to {found.happened}"
    return f"expected {found.what} {found.expected}; it was {found.happened}"


def _row(case: Case, line: Line) -> tuple[str, ...]:
    """When, who, how, which step, and what came of it."""
    one: Happened | Wanted | None = line.happened or line.wanted
    assert one is not None
    zone = case.zones[one.customer]
    if line.happened is not None:
        when, end = shown(line.happened.at, zone), _end(line.happened)
    else:
        when = line.wanted.at.text(zone) if line.wanted and line.wanted.at else "at any time"
        end = _wanted_end(line.wanted) if line.wanted else ""
    return when, one.customer, one.channel, f"{one.rule}/{one.step}", end


def _end(h: Happened) -> str:
    return ", ".join(filter(None, (h.status, h.outcome or h.reason)))


def _wanted_end(w: Wanted) -> str:
    takes_place = "" if w.reason else "done" if w.channel in BY_STAFF else "sent"
    return ", ".join(filter(None, (w.status or takes_place, w.outcome or w.reason)))


def plain(result: Result) -> dict[str, Any]:
    """A result for programs; what is as expected is left out."""
    case = result.case
    return {
        "file": case.file, "line": case.line, "name": case.name, "passed": result.passed,
        "differences": [_plain(case, line) for line in result.lines if line.mark != " "],
        "refused": list(result.refused), "notes": list(result.notes),
    }  # fmt: skip


def _plain(case: Case, line: Line) -> dict[str, Any]:
    one: Happened | Wanted | None = line.happened or line.wanted
    assert one is not None
    about = {name: getattr(one, name) for name in ("customer", "rule", "step", "channel")}
    happened = None
    if (h := line.happened) is not None:
        names = ("status", "reason", "outcome", "address", "variant", "assign", "text")
        happened = {"at": h.at.isoformat(), "due": h.due.isoformat()} | {name: getattr(h, name) for name in names}
    return {
        "mark": line.mark, **about, "line": line.wanted.line if line.wanted else None, "happened": happened,
        "differs": [asdict(found) for found in line.differs], "why": list(line.why),
    }  # fmt: skip


def summary(results: Sequence[Result]) -> str:
    """`14 tests passed in 2 files`, or how many of them failed."""
    failed = sum(not result.passed for result in results)
    files = len({result.case.file for result in results})
    tests = f"{len(results)} test{'s' if len(results) != 1 else ''}"
    where = f"in {files} file{'s' if files != 1 else ''}"
    if failed:
        return f"{failed} test{'s' if failed != 1 else ''} of {len(results)} failed {where}"
    return f"{tests} passed {where}"

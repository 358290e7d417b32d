"""Files taken in: the good lines go in, the bad ones are written to FILE.rejected with the reason.

A batch is one transaction. Running a file twice changes nothing, so whatever stopped a run, the way on is
to run it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

from outreach.core.event import Event
from outreach.doors.lines import Rejected
from outreach.doors.people import Person
from outreach.doors.reading import EVENTS, PEOPLE, Kind, Reading, Record
from outreach.doors.rejects import Rejects, rejects_path
from outreach.doors.sources import open_source
from outreach.engine import Engine
from outreach.errors import DatabaseError
from outreach.flow.intake import Receipt

T = TypeVar("T")

#: Told how many bytes of the input are done, and how many there are (0 when nobody knows).
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What became of a file. `rejects_path` is None when every line was taken."""

    lines: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    rejects_path: Path | None = None


def ingest_file(
    engine: Engine, path: Path | str, *, starts: bool = True, batch: int = 1000, progress: Progress | None = None
) -> Tally:
    """Take all events of a file, or of stdin (`-`). `starts=False` takes them as history, that starts nothing.

    Raises InputError when the file can't be read, DatabaseError when the store can't go on; both say what to do.
    """

    def take(events: Sequence[Event]) -> list[Receipt]:
        return engine.ingest(events, starts=starts)

    return _run(path, EVENTS, take, batch, progress)


def import_file(engine: Engine, path: Path | str, *, batch: int = 1000, progress: Progress | None = None) -> Tally:
    """Store all customers of a file, or of stdin (`-`), as they are now. Raises as `ingest_file`."""

    def take(people: Sequence[Person]) -> list[Receipt]:
        engine.save_customers(people)
        return [Receipt(id=customer.id, status="accepted") for customer, _ in people]

    return _run(path, PEOPLE, take, batch, progress)


def read_events(path: Path | str) -> Iterator[Event | Rejected]:
    """All events of a file, for those who need no store. Raises InputError."""
    return _read(path, EVENTS)


def read_people(path: Path | str) -> Iterator[Person | Rejected]:
    """All customers of a file, with their consents. Raises InputError."""
    return _read(path, PEOPLE)


def _read(path: Path | str, kind: Kind[T]) -> Iterator[T | Rejected]:
    with open_source(path) as source:
        for _, _, found in Reading(source, kind):
            yield found


def _run(
    path: Path | str, kind: Kind[T], take: Callable[[Sequence[T]], list[Receipt]], batch: int, progress: Progress | None
) -> Tally:
    counts = dict.fromkeys(("accepted", "duplicate", "rejected"), 0)
    with open_source(path) as source:
        reading = Reading(source, kind)
        with Rejects(rejects_path(path, source), reading.sheet, reading.unit) as rejects:
            records = iter(reading)
            while portion := list(islice(records, batch)):
                statuses, bad = _take(portion, take, f"{reading.unit} {portion[0][0]} of {source.name}")
                for status in statuses:
                    counts[status] += 1
                rejects.add(bad)
                if progress is not None:
                    progress(source.done(), source.total)
            return Tally(
                lines=sum(counts.values()), accepted=counts["accepted"], duplicates=counts["duplicate"],
                rejected=counts["rejected"], rejects_path=rejects.path if rejects.count else None,
            )  # fmt: skip


def _take(
    portion: Sequence[Record[T]], take: Callable[[Sequence[T]], list[Receipt]], first: str
) -> tuple[list[str], list[Rejected]]:
    """One batch: what became of each line, and what was rejected, in the order of the file."""
    good = [(line, raw, found) for line, raw, found in portion if not isinstance(found, Rejected)]
    bad = [found for _, _, found in portion if isinstance(found, Rejected)]
    try:
        receipts = take([found for _, _, found in good]) if good else []
    except DatabaseError as error:
        raise DatabaseError(
            f"{error}. What stands before {first} is stored, nothing from there on; run the same command again to go on"
            " from there: what is stored is not stored twice"
        ) from error
    bad += [
        Rejected(line=line, reason=receipt.reason, raw=raw)
        for (line, raw, _), receipt in zip(good, receipts, strict=True)
        if receipt.status == "rejected"
    ]
    statuses = [receipt.status for receipt in receipts] + ["rejected"] * (len(portion) - len(good))
    return statuses, sorted(bad, key=lambda one: one.line)

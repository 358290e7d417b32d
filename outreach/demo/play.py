"""Playing the example business: a fortnight of virtual time on a database of its own, by the engine that runs live."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from outreach.bootstrap import App, SystemClock, assemble, open_store, read_rules, shipped
from outreach.core.zone import to_local, to_utc
from outreach.demo.scenario import ZONE, last_day, load
from outreach.doors.lines import event_of
from outreach.doors.people import Person, customer_of
from outreach.errors import DatabaseError, InputError
from outreach.ports import VirtualClock
from outreach.settings import Settings
from outreach.simulation.run import Simulation

#: From then on a day's list is complete.
MORNING = timedelta(hours=10, minutes=5)
#: The first day that is played, counted from the last one; what came before is history.
FIRST = -14
#: The day on which the computer was off, until eight the next morning.
OFF = -13
#: Written into a database that the demo made, so that it never clears another one.
MARK = "made_by"


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What was played: the app on the demo's database, and the span of time."""

    app: App
    since: datetime
    until: datetime
    customers: int
    events: int


def play(
    settings: Settings, *, until: datetime | None = None, progress: Callable[[int, int], None] | None = None
) -> Played:
    """Play the fortnight that ends at `until` (default: now) into a fresh database, and leave it there.

    Raises DatabaseError when the database at that address wasn't made by the demo.
    """
    settings = settings.model_copy(
        update={"rules": shipped("rules"), "templates": shipped("templates"), "sms": "outbox", "email": "outbox"}
    )
    end = until or SystemClock().now()
    people, lines = load(_today(end))
    events = [e for line in lines if not isinstance(e := event_of(line), str) and e.time <= end]
    if not events:
        raise InputError("the demo has no events before that day")
    _clear(settings)
    store = open_store(settings, create=True)
    since = _local(_today(end), FIRST)
    clock = VirtualClock(events[0].time)
    it = assemble(settings, store, read_rules(settings, {}), clock)
    with store.writing() as tx:
        tx.house.set(MARK, "demo")
    it.engine.save_customers([_person(line) for line in people])
    off = (_local(_today(end), OFF), _local(_today(end), OFF + 1, time(8)))
    Simulation(it.engine, clock, outcome=None, until=end, off=off).run(events, since=since, progress=progress)
    clock.instant = end
    return Played(app=it, since=since, until=end, customers=len(people), events=len(events))


def _local(today: date, day: int, clock: time = time()) -> datetime:
    """That time, so many days from the demo's last day, where the house is."""
    return to_utc(datetime.combine(last_day(today) + timedelta(days=day), clock), ZONE)


def _today(end: datetime) -> date:
    """The local date; before the morning's calls are handed out (10:00) still the day before, whose list is open."""
    return (to_local(end, ZONE) - MORNING).date()


def _person(line: Mapping[str, Any]) -> Person:
    person = customer_of(line)
    if isinstance(person, str):
        raise InputError(f"the demo's customer {line.get('id')} is wrong: {person}")
    return person


def _clear(settings: Settings) -> None:
    """Remove the last demo's database; never anybody else's."""
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite":
        raise InputError("the demo plays in a file of its own, not in a house's PostgreSQL: leave --database out")
    name = url.database
    if not name or name == ":memory:":
        return
    if not Path(name).exists():
        Path(name).with_suffix(".epoch").unlink(missing_ok=True)
        return
    with open_store(settings).reading() as tx:
        if tx.house.settings().get(MARK) != "demo":
            raise DatabaseError(
                f"{name} wasn't made by the demo, so the demo won't touch it: set OUTREACH_DATABASE_URL to a new file"
            )
    for end in ("", "-wal", "-shm", "-line"):
        Path(name + end).unlink(missing_ok=True)
    Path(name).with_suffix(".epoch").unlink(missing_ok=True)  # what is made anew was not restored

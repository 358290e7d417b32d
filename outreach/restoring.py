"""Opening a restored database again, from its files of events and of what was sent to the end of quarantine.

Every piece is a transaction of its own and done twice changes nothing, so whatever stopped it: run it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from outreach.doors.accepted import read_accepted
from outreach.doors.files import ingest_file
from outreach.engine import Engine
from outreach.errors import InputError
from outreach.flow.reopening import Reopening
from outreach.store.store import Transaction

#: Customers, and messages, in one transaction.
PIECE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened:
    """Events that were new; messages that the ledger didn't know, and how many of them were what was planned here;
    follow-ups that were ended. `told`: a provider's list was there."""

    events: int = 0
    entered: int = 0
    planned: int = 0
    ended: int = 0
    told: bool = False


def reopen(engine: Engine, events: Sequence[Path], sent: Sequence[Path]) -> Reopened:
    """Take what happened since the backup, then open. Raises InputError when it isn't in quarantine, or when a line of
    a file can't be taken: then it stays closed."""
    with engine.store.reading() as tx:
        since = tx.house.quarantined()
    if since is None:
        raise InputError("the database is not in quarantine: after a restore, `outreach db restored` puts it there")
    accepted = {one for path in sent for one in read_accepted(path)}  # all read before anything is done
    listed = sorted(accepted, key=lambda one: (one.at, one.channel, one.address))
    new = sum(_taken(engine, path) for path in events)
    while engine.look():  # what rules on dates planned in the time that is missing
        pass
    done = Reopened(events=new, told=bool(sent))
    for start in range(0, len(listed), PIECE):
        some = listed[start : start + PIECE]
        entered, planned = engine.store.write(lambda tx, some=some: _part(engine, tx, since).enter(some))  # type: ignore[misc]
        done = replace(done, entered=done.entered + entered, planned=done.planned + planned)
    for ids in _everybody(engine):
        with engine.store.writing() as tx:
            ended = _part(engine, tx, since).sweep(ids, told=done.told)
        done = replace(done, ended=done.ended + ended)
    engine.store.write(lambda tx: tx.house.reopen(), repeatable=True)
    return done


def _part(engine: Engine, tx: Transaction, since: datetime) -> Reopening:
    return Reopening(tx, engine.clock.now(), since, engine.policy, engine.rules, engine.watcher.say)


def _taken(engine: Engine, path: Path) -> int:
    """How many of its events were new. They are history: facts that start nothing."""
    tally = ingest_file(engine, path, starts=False)
    if tally.rejected:
        raise InputError(
            f"{path}: {tally.rejected} of {tally.lines} events can't be taken, and one of them may be a STOP; mend"
            f" {tally.rejects_path} and give it to `--events` too. The database stays in quarantine"
        )
    return tally.accepted


def _everybody(engine: Engine) -> Iterator[list[str]]:
    place = (-1, "")
    while True:
        with engine.store.reading() as tx:
            some = tx.customers.some(place, PIECE)
        if not some:
            return
        for of_one_group in engine.store.topology.split(some, lambda one: one[0]):
            yield [customer for _, customer in of_one_group]
        place = some[-1]

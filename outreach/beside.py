"""The mark beside the database: looked at when a program starts that sends, and renewed while it runs."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from types import TracebackType

from sqlalchemy import Engine

from outreach.errors import ConfigError, OutreachError
from outreach.ports import Clock
from outreach.settings import Settings
from outreach.store.epoch import RENEW_EVERY, Epoch
from outreach.store.store import Store

log = logging.getLogger("outreach.beside")

#: What to do about a quarantine. {since} is an instant.
QUARANTINED = (
    "the database was restored (noticed {since}), and what was sent and who said stop since its backup is missing in"
    " it: nothing goes out until you run `outreach db reopen` (docs/operation.md tells what it needs)"
)


def quarantined(store: Store) -> str:
    """That it is in quarantine and what to do; "" when it isn't. Raises DatabaseError."""
    with store.reading() as tx:
        since = tx.house.quarantined()
    return "" if since is None else QUARANTINED.format(since=f"{since:%Y-%m-%dT%H:%MZ}")


def epoch_of(settings: Settings, store: Store) -> Epoch | None:
    """The database with its mark: in OUTREACH_STATE_DIR, or beside a SQLite file; None where there is no place."""
    url = store.engine.url
    if store.engine.dialect.name != "sqlite":
        folder = settings.state_dir
        return Epoch(store, folder / f"{url.database}.epoch", "") if folder else None
    if (found := file_of(store.engine)) is None:
        return None
    file = found.resolve()
    return Epoch(store, (settings.state_dir or file.parent) / f"{file.stem}.epoch", str(file))


def file_of(database: Engine) -> Path | None:
    """The file of a SQLite database; None for one on a server, or in memory."""
    name = database.url.database if database.dialect.name == "sqlite" else None
    return Path(name) if name and name != ":memory:" else None


def key_of(settings: Settings, database: Engine) -> Path | None:
    """The file that keeps what keys the hashes of addresses, where it isn't set itself; None where there is no place
    for one."""
    file = file_of(database)
    return settings.secret_file or (file and file.with_suffix(".key"))


def refuse_another_key(database: Engine, path: Path) -> None:
    """A key that is missing is made, but not for a database that had one. Raises ConfigError."""
    with Store(database, b"").reading() as tx:
        had = "secret_check" in tx.house.settings()
    if had:
        raise ConfigError(
            f"{path} is missing, the key that this database was made with: put it back from where you keep it, with"
            " another every opt-out would be forgotten"
        )


class Beside:
    """Begins with a look at the mark, and renews it every minute until it ends."""

    def __init__(self, settings: Settings, store: Store, clock: Clock):
        self._epoch, self._store, self._clock = epoch_of(settings, store), store, clock
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mark", daemon=True)

    def __enter__(self) -> Beside:
        if self._epoch is not None:
            self._epoch.begin(self._clock.now())
            self._thread.start()
        if said := quarantined(self._store):
            log.error("QUARANTINE: %s", said)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(5)

    def _run(self) -> None:
        while not self._stopping.wait(RENEW_EVERY):
            self._renew()

    def _renew(self) -> None:
        assert self._epoch is not None
        try:
            if not self._epoch.renew(self._clock.now()):
                log.error("QUARANTINE: %s", quarantined(self._store))
        except OutreachError as error:  # next minute again; a database that is away shows elsewhere too
            log.warning("the mark of the database can't be renewed: %s", error)

"""The epoch: a chance word that the database keeps, and a file beside it, and that changes every minute.

A database that doesn't know the word in the file was put back from a backup, or is a copy: what was sent and who said
stop since then is missing in it. It goes into quarantine.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from outreach.errors import ConfigError, DatabaseError
from outreach.store.store import Store, Transaction

#: How often it changes while a process works, in seconds: what is restored from a younger backup isn't noticed.
RENEW_EVERY = 60.0
#: How many words back the database remembers: workers that share a file may write it in any order.
REMEMBERED = 8
_SETTING = "epoch:"


@dataclass(frozen=True, slots=True)
class Kept:
    """What stands in the file: its name for itself, the newest word, and where the database lies ("": on a server)."""

    id: str
    epoch: str
    place: str


@dataclass(frozen=True, slots=True)
class Epoch:
    """A database and the file beside it. `place` is the path of a SQLite file, "" for a database on a server."""

    store: Store
    file: Path
    place: str

    def begin(self, now: datetime) -> bool:
        """Look at both, and go on to the next word. False when the database was restored: it is in quarantine now.

        Raises DatabaseError when it is a copy of one that is still there, ConfigError when the file can't be kept.
        """
        kept = self._read()
        if kept is not None:
            self._refuse_copy(kept)
        return self._go_on(kept, now)

    def renew(self, now: datetime) -> bool:
        """The next word, every RENEW_EVERY seconds. False when the database was changed for another under us."""
        return self._go_on(self._read(), now)

    def restored(self, now: datetime) -> None:
        """Somebody says that it was restored: quarantine, and a name of its own from here on."""
        fresh = Kept(secrets.token_hex(4), secrets.token_hex(8), self.place)

        def work(tx: Transaction) -> None:
            tx.house.quarantine(now)
            _remember(tx, fresh)

        self.store.write(work, repeatable=True)
        self._write(fresh)

    def _go_on(self, kept: Kept | None, now: datetime) -> bool:
        fresh = Kept(kept.id if kept else secrets.token_hex(4), secrets.token_hex(8), self.place)

        def work(tx: Transaction) -> bool:
            fits = self._fits(tx, kept)
            if not fits:
                tx.house.quarantine(now)
            _remember(tx, fresh)
            return fits

        fits = self.store.write(work)
        self._write(fresh)
        return fits

    def _fits(self, tx: Transaction, kept: Kept | None) -> bool:
        """Whether this is the database that the file was written beside. A server's may have workers with files on many
        computers, so that one without proves nothing; a file of SQLite's had its own beside it."""
        known = {name: words for name, words in tx.house.settings().items() if name.startswith(_SETTING)}
        words = known.get(_SETTING + kept.id, "").split() if kept else []
        fits = kept.epoch in words if kept else not (self.place and known)
        return fits or not tx.customers.count()  # a new one, that has nobody to contact

    def _refuse_copy(self, kept: Kept) -> None:
        if not self.place or kept.place in ("", self.place) or not Path(kept.place).exists():
            return
        other = Epoch(self.store, Path(kept.place).with_suffix(self.file.suffix), kept.place)._read()
        if other is not None and other.id == kept.id:
            raise DatabaseError(
                f"{self.place} is a copy of {kept.place}, which is still there: both at work would contact everybody"
                " twice. Take one of them away; or, to work with this one alone from now on, run `outreach db restored`"
            )

    def _read(self) -> Kept | None:
        try:
            return Kept(**json.loads(self.file.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ConfigError(f"{self.file}, the mark of the database, can't be read: {error.strerror}") from error
        except (ValueError, TypeError):
            return Kept("damaged", "", self.place)  # as safe as one that doesn't fit

    def _write(self, kept: Kept) -> None:
        beside = self.file.with_suffix(f".{secrets.token_hex(4)}.new")
        try:
            beside.write_text(json.dumps({"id": kept.id, "epoch": kept.epoch, "place": kept.place}), encoding="utf-8")
            beside.replace(self.file)
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise ConfigError(
                f"{self.file}, the mark of the database, can't be written: {error.strerror}; give this user the right"
                " to write there, or set OUTREACH_STATE_DIR"
            ) from error


def _remember(tx: Transaction, fresh: Kept) -> None:
    before = tx.house.settings().get(_SETTING + fresh.id, "").split()
    tx.house.set(_SETTING + fresh.id, " ".join([fresh.epoch, *before][:REMEMBERED]))

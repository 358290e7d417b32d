"""The book of who may come in: accounts, sessions, keys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from outreach.store.codec import Codec, micros
from outreach.store.dialect import Book, names


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who may sign in (see `access_tables.AccountRow`)."""

    id: str
    name: str
    role: str
    password: str
    one_time: bool
    active: bool
    made: datetime
    phone: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser that is signed in: since when, and when it last asked for something."""

    id: str
    account: str
    made: datetime
    seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A program's key, without the key itself."""

    id: str
    name: str
    digest: str
    scopes: str
    rate: int
    by: str
    made: datetime
    expires: datetime | None = None
    used: datetime | None = None
    revoked: datetime | None = None


_ACCOUNT, _SESSION, _KEY = Codec(Account), Codec(Session), Codec(ApiKey)


class Access(Book):
    """Reads and writes the tables `account`, `session` and `api_key`."""

    def accounts(self) -> list[Account]:
        """All, by name; those who have left too."""
        sql = f"SELECT {names(_ACCOUNT.columns)} FROM account WHERE tenant_id = ? ORDER BY id"
        return _ACCOUNT.values(self.read(sql, self.tenant))

    def account(self, id_: str) -> Account | None:
        """One, by its folded name."""
        sql = f"SELECT {names(_ACCOUNT.columns)} FROM account WHERE tenant_id = ? AND id = ?"
        found = self.read(sql, self.tenant, id_)
        return _ACCOUNT.value(found[0]) if found else None

    def anybody(self) -> bool:
        """Whether anybody has an account that works."""
        sql = "SELECT 1 FROM account WHERE tenant_id = ? AND active LIMIT 1"
        return bool(self.read(sql, self.tenant))

    def any_key(self) -> bool:
        """Whether a key was ever made that isn't revoked."""
        return bool(self.read("SELECT 1 FROM api_key WHERE tenant_id = ? AND revoked IS NULL LIMIT 1", self.tenant))

    def save_account(self, account: Account) -> None:
        """Write it, new or changed."""
        columns = ("tenant_id", *_ACCOUNT.columns)
        changes = ", ".join(f'"{c}" = excluded."{c}"' for c in _ACCOUNT.columns if c not in ("id", "made"))
        row = (self.tenant, *_ACCOUNT.row(account))
        self.insert("account", columns, [row], f"(tenant_id, id) DO UPDATE SET {changes}")

    def session(self, id_: str) -> Session | None:
        """One, by the hash of its word."""
        sql = f"SELECT {names(_SESSION.columns)} FROM session WHERE tenant_id = ? AND id = ?"
        found = self.read(sql, self.tenant, id_)
        return _SESSION.value(found[0]) if found else None

    def begin_session(self, session: Session) -> None:
        """A browser signed in."""
        self.insert("session", ("tenant_id", *_SESSION.columns), [(self.tenant, *_SESSION.row(session))])

    def seen(self, id_: str, now: datetime) -> None:
        """It asked for something."""
        self.write("UPDATE session SET seen = ? WHERE tenant_id = ? AND id = ?", micros(now), self.tenant, id_)

    def end_session(self, id_: str) -> None:
        """It signed out."""
        self.write("DELETE FROM session WHERE tenant_id = ? AND id = ?", self.tenant, id_)

    def end_sessions(self, account: str, but: str = "") -> int:
        """All browsers of an account sign out, but perhaps one; how many did."""
        sql = "DELETE FROM session WHERE tenant_id = ? AND account = ? AND id <> ?"
        return self.write(sql, self.tenant, account, but)

    def alive(self, made: datetime, seen: datetime) -> frozenset[str]:
        """The sessions that began, and were last seen, after these instants, of accounts that work."""
        sql = (
            "SELECT s.id FROM session s JOIN account a ON a.tenant_id = s.tenant_id AND a.id = s.account"
            " WHERE s.tenant_id = ? AND a.active AND s.made > ? AND s.seen > ?"
        )
        return frozenset(row[0] for row in self.read(sql, self.tenant, micros(made), micros(seen)))

    def forget_sessions(self, made: datetime, seen: datetime) -> None:
        """Those that began, or were last seen, at or before these instants are over."""
        sql = "DELETE FROM session WHERE tenant_id = ? AND (made <= ? OR seen <= ?)"
        self.write(sql, self.tenant, micros(made), micros(seen))

    def api_keys(self) -> list[ApiKey]:
        """All keys, the latest first."""
        sql = f"SELECT {names(_KEY.columns)} FROM api_key WHERE tenant_id = ? ORDER BY made DESC, id"
        return _KEY.values(self.read(sql, self.tenant))

    def key(self, id_: str) -> ApiKey | None:
        """One key."""
        sql = f"SELECT {names(_KEY.columns)} FROM api_key WHERE tenant_id = ? AND id = ?"
        found = self.read(sql, self.tenant, id_)
        return _KEY.value(found[0]) if found else None

    def add_keys(self, keys: Iterable[ApiKey]) -> None:
        """New ones."""
        self.insert("api_key", ("tenant_id", *_KEY.columns), [(self.tenant, *_KEY.row(k)) for k in keys])

    def key_used(self, id_: str, now: datetime) -> None:
        """It was used."""
        self.write("UPDATE api_key SET used = ? WHERE tenant_id = ? AND id = ?", micros(now), self.tenant, id_)

    def revoke(self, id_: str, now: datetime) -> bool:
        """It is worth nothing from now on; False when there is none, or it was so before."""
        sql = "UPDATE api_key SET revoked = ? WHERE tenant_id = ? AND id = ? AND revoked IS NULL"
        return self.write(sql, micros(now), self.tenant, id_) > 0

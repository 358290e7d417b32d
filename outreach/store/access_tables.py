"""The tables of who may come in: accounts, sessions, keys. All small. See `tables`, where they are declared."""

from __future__ import annotations

from outreach.store.columns import Instant, Key, Table, Word


class AccountRow(Table, table=True):
    """Somebody who may sign in. `id` is the name folded, so that nobody is there twice in two spellings; `password` an
    argon2id hash; `one_time` until its owner has chosen a password; `phone` her own (E.164), for calls that are put
    through to her. One who leaves stays, not `active`: the record
    speaks of the name."""

    __tablename__ = "account"
    tenant_id: str = Key()
    id: str = Key()
    name: str = Word()
    role: str = Word()
    password: str = Word()
    one_time: bool = False
    active: bool = True
    made: int = Instant()
    phone: str = Word()


class SessionRow(Table, table=True):
    """A browser that is signed in. `id` is the SHA-256 of the word in its cookie, which is kept nowhere."""

    __tablename__ = "session"
    tenant_id: str = Key()
    id: str = Key()
    account: str = Word()
    made: int = Instant()
    seen: int = Instant()


class ApiKeyRow(Table, table=True):
    """A program's key. `digest` is the SHA-256 of the whole key, `rate` how many calls a minute it may make."""

    __tablename__ = "api_key"
    tenant_id: str = Key()
    id: str = Key()
    name: str = Word()
    digest: str = Word()
    scopes: str = Word()
    rate: int = 0
    by: str = Word()
    made: int = Instant()
    expires: int | None = Instant(nullable=True)
    used: int | None = Instant(nullable=True)
    revoked: int | None = Instant(nullable=True)

"""Sessions: a browser that signed in holds a chance word in a cookie, the database its hash."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from outreach.errors import DatabaseError
from outreach.staff import passwords
from outreach.staff.accounts import fold
from outreach.store.access import Account, Session
from outreach.store.store import Store, Transaction

#: A click is written down at most this often: a page isn't to wait for a writer each time.
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting:
    """How long a session lasts: in all, and without a click."""

    whole: timedelta = timedelta(hours=12)
    idle: timedelta = timedelta(hours=2)


def sign_in(store: Store, name: str, password: str, now: datetime) -> Account | None:
    """The account of this name and password. An unknown name takes as long as a wrong password."""
    with store.reading() as tx:
        known = tx.access.account(fold(name))
    if not passwords.matches(password, known.password if known and known.active else None) or known is None:
        return None
    if passwords.outdated(known.password):
        better = passwords.hashed(password)
        store.write(lambda tx: _rehash(tx, known, better))
    return known


def _rehash(tx: Transaction, known: Account, better: str) -> None:
    if (now := tx.access.account(known.id)) is not None and now.password == known.password:
        tx.access.save_account(replace(now, password=better))


def begin(store: Store, account: Account, now: datetime, lasting: Lasting, old: str = "") -> str:
    """A session under a new word, which is returned; the one that the browser had before is over."""
    word = secrets.token_urlsafe(32)
    session = Session(id=id_of(word), account=account.id, made=now, seen=now)

    def write(tx: Transaction) -> None:
        tx.access.end_session(id_of(old))
        tx.access.forget_sessions(now - lasting.whole, now - lasting.idle)
        tx.access.begin_session(session)

    store.write(write)
    return word


def end(store: Store, word: str) -> None:
    """Sign out."""
    store.write(lambda tx: tx.access.end_session(id_of(word)))


def end_all(store: Store, account: str) -> int:
    """Sign out everywhere; how many browsers that were."""
    return store.write(lambda tx: tx.access.end_sessions(account))


def whose(tx: Transaction, word: str, now: datetime, lasting: Lasting) -> tuple[Account, Session] | None:
    """The account that this word is signed in to, if it still is."""
    session = tx.access.session(id_of(word)) if word else None
    if session is None or now - session.made >= lasting.whole or now - session.seen >= lasting.idle:
        return None
    account = tx.access.account(session.account)
    return (account, session) if account is not None and account.active else None


def click(store: Store, session: Session, now: datetime) -> None:
    """It is in use. That the database can't be written now is no reason to refuse a page."""
    if now - session.seen < SEEN_EVERY:
        return
    try:
        with store.writing() as tx:
            tx.access.seen(session.id, now)
    except DatabaseError:
        return


def id_of(word: str) -> str:
    """What the database keeps of a session's word."""
    return sha256(word.encode()).hexdigest()


def form_token(word: str) -> str:
    """What every form of this session carries. It hangs on the word alone, so a restart doesn't spoil open pages."""
    return hmac.new(word.encode(), b"form", sha256).hexdigest()

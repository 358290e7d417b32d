"""The keys of programs: `ok_live_<id>_<secret>`, shown once, kept as SHA-256: 256 bits of chance need no more."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from outreach.errors import DatabaseError, InputError
from outreach.staff.accounts import checked_name
from outreach.staff.roles import SCOPES
from outreach.store.access import ApiKey
from outreach.store.store import Store

PREFIX = "ok_live_"
#: Calls a minute; one call may bring 10,000 events.
RATE = 600
MOST_RATE = 100_000
#: A use is written down at most this often.
USED_EVERY = timedelta(minutes=1)
_KEY = re.compile(PREFIX + r"([0-9a-f]{12})_([A-Za-z0-9_-]{43})")


def add(
    store: Store, name: str, scopes: Iterable[str], now: datetime, *, by: str = "", rate: int = RATE,
    lasts: timedelta | None = None,
) -> tuple[ApiKey, str]:  # fmt: skip
    """A new key, and its text, which is kept nowhere. Raises InputError."""
    wanted = sorted(set(scopes))
    if not wanted or not set(wanted) <= set(SCOPES):
        raise InputError(f"a key needs scopes, one or more of {', '.join(SCOPES)}")
    if not 1 <= rate <= MOST_RATE:
        raise InputError(f"a key may make 1 to {MOST_RATE} calls a minute, not {rate}")
    if lasts is not None and not timedelta() < lasts <= timedelta(days=3660):
        raise InputError("a key lasts 1 to 3660 days, or until it is revoked")
    id_ = secrets.token_hex(6)
    text = f"{PREFIX}{id_}_{secrets.token_urlsafe(32)}"
    key = ApiKey(
        id=id_, name=checked_name(name), digest=digest(text), scopes=" ".join(wanted), rate=rate, by=by, made=now,
        expires=now + lasts if lasts else None,
    )  # fmt: skip
    store.write(lambda tx: tx.access.add_keys([key]))
    return key, text


def check(store: Store, text: str, now: datetime) -> ApiKey | None:
    """The key of this text, if it is worth anything now. Raises DatabaseError."""
    parts = _KEY.fullmatch(text)
    if parts is None:
        return None
    with store.reading() as tx:
        key = tx.access.key(parts[1])
    same = hmac.compare_digest(key.digest if key else digest(""), digest(text))
    if key is None or not same or key.revoked or (key.expires is not None and now >= key.expires):
        return None
    if key.used is None or now - key.used >= USED_EVERY:
        _used(store, key, now)
    return key


def _used(store: Store, key: ApiKey, now: datetime) -> None:
    try:
        with store.writing() as tx:
            tx.access.key_used(key.id, now)
    except DatabaseError:  # no reason to refuse a call
        return


def revoke(store: Store, id_: str, now: datetime) -> None:
    """It is worth nothing from now on. `id_` may be the whole key. Raises InputError."""
    parts = _KEY.fullmatch(id_)
    wanted = parts[1] if parts else id_
    if not store.write(lambda tx: tx.access.revoke(wanted, now)):
        raise InputError(f"there is no key {wanted[:12]!r} that is in force: `outreach keys list` shows all")


def digest(text: str) -> str:
    """What the database keeps of a key."""
    return sha256(text.encode()).hexdigest()

"""What the house itself must be like: files, secret, a scheduler that works, somebody who may come in."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path

from outreach.bootstrap import SystemClock, open_store
from outreach.errors import ConfigError, DatabaseError
from outreach.settings import Settings

#: What is due for longer shows that nobody dispatches.
LATE = timedelta(minutes=10)
SHORTEST_SECRET = 16
PLACEHOLDERS = ("changeme", "change-me", "secret", "password", "example", "xxxx", "your")


def files(s: Settings) -> str:
    """Who may read the database and the secret. Raises ConfigError."""
    wrong, looked = [], []
    for path, others in _private(s):
        if not path.exists():
            continue
        looked.append(path.name)
        mode = path.stat().st_mode & others
        if mode:
            whose = "everybody on this machine" if mode & 0o007 else "others of its group"
            wrong.append(f"{path} is open to {whose}: chmod 600 {path}")
    if wrong:
        raise ConfigError("; ".join(wrong))
    return f"{', '.join(looked)}: closed to others" if looked else "none on this machine"


def _private(s: Settings) -> list[tuple[Path, int]]:
    """Each file, with the bits that it mustn't have."""
    found: list[tuple[Path, int]] = [(s.secret_file, 0o077)] if s.secret_file else []
    scheme, _, name = s.database_url.partition(":///")
    if scheme.startswith("sqlite") and name and name != ":memory:":
        base = Path(name)
        found += [(base, 0o007), (base.with_name(f"{base.name}-wal"), 0o007), (base.with_suffix(".key"), 0o077)]
    return found


def secret(s: Settings) -> str:
    """Whether the secret is one. Raises ConfigError."""
    store = open_store(s)  # says when it is another than the database's
    given = s.secret.get_secret_value() if s.secret else ""
    if s.secret and (len(given) < SHORTEST_SECRET or given.lower().startswith(PLACEHOLDERS)):
        raise ConfigError(
            f"OUTREACH_SECRET is too easy to guess: {SHORTEST_SECRET} characters of chance or more. Addresses are"
            " hashed with it, so a database in use keeps the one it has: choose a better one for the next database"
        )
    kept = "OUTREACH_SECRET" if s.secret else "its file" if store.secret != b"memory" else "a database in memory"
    return f"in {kept}; keep a copy of it in another place than the database's"


def scheduler(s: Settings) -> str:
    """Whether somebody does what is due. Raises DatabaseError."""
    heard = _heard(s)
    with open_store(s).reading() as tx:
        paused, quarantine = tx.house.paused(), tx.house.quarantined()
        wake = tx.follow_ups.next_wake(paused)
    now = SystemClock().now()
    if quarantine is None and "*" not in paused and wake is not None and wake < now - LATE:
        since = int((now - wake).total_seconds() // 60)
        raise DatabaseError(f"what was due {since} minutes ago isn't done: start `outreach serve` or `outreach worker`")
    return heard


def _heard(s: Settings) -> str:
    """What the server of these settings says of its scheduler."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(s.host, s.host)
    url = f"http://{f'[{host}]' if ':' in host else host}:{s.port}/healthz"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2) as reply:
            told = json.load(reply).get("scheduler") or {}
    except (OSError, ValueError, AttributeError) as error:
        if isinstance(error, urllib.error.HTTPError) and error.code == 503:
            raise DatabaseError(f"the scheduler of the server at {url} has died: restart it") from error
        return f"no server answers at {url}, and nothing waits"
    if told.get("failure"):
        raise DatabaseError(f"the server at {url} fails: {told['failure']}")
    return f"alive, at {url}"


def accounts(s: Settings) -> str:
    """Whether somebody can sign in, where others may come. Raises ConfigError, DatabaseError."""
    with open_store(s).reading() as tx:
        found = [a for a in tx.access.accounts() if a.active]
        keys = [k for k in tx.access.api_keys() if not k.revoked]
    admins = [a.name for a in found if a.role == "admin"]
    first = "`outreach users add NAME --role admin` makes the first"
    if not found and (s.public_url or not _local(s.host)):
        raise ConfigError(f"others may come in, and nobody has an account: {first}")
    if not found:
        return f"nobody has an account, so only this machine is served ({first})"
    return f"{len(found)}, administrators: {', '.join(admins)}; {len(keys)} keys"


def _local(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")

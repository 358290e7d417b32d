"""What `outreach doctor` looks at: each finding says what to mend."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from outreach.beside import quarantined
from outreach.bootstrap import SystemClock, open_store, read_rules
from outreach.doctor import house, outside
from outreach.errors import ConfigError, DatabaseError, OutreachError, RulebookError
from outreach.providers import senders
from outreach.settings import Settings
from outreach.store.clock import skew
from outreach.store.database import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    what: str
    ok: bool
    said: str


def examine(settings: Settings) -> list[Finding]:
    """Look at everything; what is wrong with one thing doesn't hide the next."""
    looks: dict[str, Callable[[Settings], str]] = {
        "python": _python, "time zones": _zones, "database": _database, "files": house.files, "secret": house.secret,
        "clock": _clock, "work": _work, "scheduler": house.scheduler, "rules": _rules, "senders": _senders,
        "credentials": outside.credentials, "sender": outside.sender, "public address": outside.public_address,
        "webhooks": outside.webhooks, "accounts": house.accounts, "doors": _doors,
    }  # fmt: skip
    return list(_look(settings, looks))


def _look(settings: Settings, looks: dict[str, Callable[[Settings], str]]) -> Iterator[Finding]:
    for what, look in looks.items():
        try:
            yield Finding(what=what, ok=True, said=look(settings))
        except RulebookError as error:
            more = f" (and {len(error.problems) - 1} more: `outreach rules check` shows all)"
            said = str(error.problems[0]) + (more if len(error.problems) > 1 else "")
            yield Finding(what=what, ok=False, said=said)
        except OutreachError as error:
            yield Finding(what=what, ok=False, said=str(error))


def _python(_: Settings) -> str:
    return sys.version.split()[0]


def _zones(_: Settings) -> str:
    return f"tzdata answers for {ZoneInfo('America/New_York').key}"


def _database(s: Settings) -> str:
    store = open_store(s)
    with store.writing() as tx:  # a read-only file is found out here
        tx.house.set("doctor", "was here")
    with store.reading() as tx:
        people = tx.customers.count()
    if said := quarantined(store):
        raise DatabaseError(f"QUARANTINE: {said}")
    groups = len(store.topology.groups)
    apart = f", {groups} groups of buckets that share no transaction" if store.topology.apart else ""
    return f"{shown(s.database_url)}, {people} customers, schema and secret fit{apart}"


def _clock(s: Settings) -> str:
    off = skew(open_store(s).engine, SystemClock().now())
    if off:
        raise DatabaseError(off)
    return "as the database's"


def _work(s: Settings) -> str:
    with open_store(s).reading() as tx:
        paused = tx.house.paused()
        wake = tx.follow_ups.next_wake(paused)
        counts = tx.follow_ups.counts()
    ahead = ", ".join(f"{n} {state}" for state, n in sorted(counts.items())) or "nothing planned yet"
    names = ", ".join(sorted(paused)) if "*" not in paused else "everything"
    held = f"; PAUSED: {names}" if paused else ""
    late = wake is not None and wake < SystemClock().now()
    return f"{ahead}{held}" + ("; some of it is due: is `outreach serve` or `outreach worker` running?" if late else "")


def _rules(s: Settings) -> str:
    book = read_rules(s, _seen(s))
    return f"{len(book.rules)} rules in {s.rules}, {len(book.warnings)} warnings, house time zone {book.zone}"


def _seen(s: Settings) -> dict[str, set[str]]:
    """The fields that the rules' names are checked against; none when the database can't be asked."""
    try:
        with open_store(s).reading() as tx:
            return tx.house.fields()
    except OutreachError:
        return {}


def _senders(s: Settings) -> str:
    made = senders(s, SystemClock())
    if shut := _shut(s):
        raise ConfigError("; ".join(shut))
    dry = " (the outbox keeps and shows what it would have sent)" if "outbox" in (s.sms, s.email) else ""
    dry = " (OUTREACH_DRY_RUN: nothing leaves the house)" if s.dry_run else dry
    return ", ".join(f"{channel} by {sender.name}" for channel, sender in made.items()) + dry


def _shut(s: Settings) -> list[str]:
    """What workers have found out about their senders, and is not mended yet."""
    try:
        with open_store(s).reading() as tx:
            return [why for name, why in tx.house.settings().items() if name.startswith("sender:") and why]
    except OutreachError:  # told under `database`
        return []


def _doors(s: Settings) -> str:
    key = "with an API key" if s.api_key else "for this machine only (no OUTREACH_API_KEY)"
    return f"http://{s.host}:{s.port} {key}"

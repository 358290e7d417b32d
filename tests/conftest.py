"""For all tests: no network but loopback, no settings from outside, one Hypothesis profile."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from tests.support import business

LOCAL_NAMES = {"", "localhost", "0.0.0.0", "::", socket.gethostname().lower()}  # smtplib asks for its own name
FROM_OUTSIDE = ("OUTREACH_", "TWILIO_", "SENDGRID_")
KEPT = ("OUTREACH_SPECS", "OUTREACH_TEST_", "OUTREACH_YAML_LANGUAGE_SERVER")

settings.register_profile("default", max_examples=25, deadline=None)
settings.register_profile("ci", max_examples=300, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

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


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database", choices=business.KINDS, default="memory",
        help="on what the tests of the engine keep their records: SQLite in memory or in a file, or a PostgreSQL",
    )  # fmt: skip


@pytest.fixture(autouse=True)
def database_kind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Everybody's databases are of the kind that was asked for, and end with the test."""
    business.choose(request.config.getoption("--database"))
    yield
    business.close_databases()

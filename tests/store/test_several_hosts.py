"""One address for a cluster: several hosts, of which the driver takes the one that serves."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import make_url

from outreach.errors import ConfigError
from outreach.store.database import open_engine
from outreach.store.postgresql import is_lost, plain_word, several_hosts, state_of

CLUSTER = "postgresql://outreach:s%40crt@10.0.0.1:5432,10.0.0.2:6432/outreach?target_session_attrs=read-write"


def told_the_driver(url: str) -> dict:
    """What psycopg is given."""
    engine = open_engine(url)
    _, given = engine.dialect.create_connect_args(engine.url)
    return given


def test_several_hosts_reach_the_driver_in_their_order():
    given = told_the_driver(CLUSTER)
    assert (given["host"], given["port"]) == ("10.0.0.1,10.0.0.2", "5432,6432")
    assert (given["user"], given["password"]) == ("outreach", "s@crt")
    assert (given["dbname"], given["target_session_attrs"]) == ("outreach", "read-write")


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        ("postgresql://a,b/outreach", "a,b"),
        ("postgresql://u@a,b,c", "a,b,c"),
        ("postgres://u:p,w@a,b/outreach", "a,b"),
        ("postgresql+psycopg://a,b/outreach", "a,b"),
    ],
)
def test_it_is_spelled_in_several_ways(url: str, hosts: str):
    assert ",".join(make_url(several_hosts(url)).query["host"]) == hosts


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///a,b.db",
        "postgresql://u:p@host:5432/outreach",
        "postgresql://u:p,w@host/outreach",
        "postgresql://host/a,b",
        "postgresql:///outreach?host=a&host=b",
    ],
)
def test_any_other_address_stays_as_it_is(url: str):
    assert several_hosts(url) == url


def test_what_the_address_says_of_the_connection_goes_before_what_we_say(monkeypatch: pytest.MonkeyPatch):
    asked: list[dict] = []

    def refuse(**given: object) -> None:
        asked.append(given)
        raise psycopg.OperationalError("connection refused")

    for url in (CLUSTER, CLUSTER + "&connect_timeout=3"):
        engine = open_engine(url)
        monkeypatch.setattr(engine.dialect.dbapi, "connect", refuse)
        with pytest.raises(Exception, match="connection refused"):
            engine.connect()
    assert [str(one["connect_timeout"]) for one in asked] == ["10", "3"]


def test_a_complaint_names_all_hosts_and_no_password():
    engine = open_engine(CLUSTER)
    said = plain_word(engine, psycopg.OperationalError("connection refused"))
    assert (
        said
        == "PostgreSQL at 10.0.0.1:5432 or 10.0.0.2:6432 can't be reached: is it running, and is the address right?"
    )


@pytest.mark.parametrize(
    "said",
    [
        "FATAL:  the database system is starting up",
        "FATAL:  the database system is not yet accepting connections",
        "FATAL:  the database system is shutting down",
        "connection failed: session is read-only",
    ],
)
def test_a_server_that_is_not_there_yet_is_tried_again(said: str):
    assert is_lost(psycopg.OperationalError(said))


def test_a_database_that_is_missing_is_not():
    assert state_of(psycopg.OperationalError('FATAL:  database "x" does not exist')) == "3D000"


def test_a_port_that_is_no_number_is_said():
    with pytest.raises(ConfigError, match="no database address"):
        open_engine("postgresql://u:p@host:port/outreach")

"""PgBouncer in transaction mode between us and PostgreSQL: no statement may count on the connection it had before."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from outreach.core.customer import Customer
from outreach.store.database import open_engine
from outreach.store.postgresql import PREPARE
from outreach.store.store import Store
from tests.support import postgres
from tests.support.business import Business, a_customer, a_rule, an_engine, an_event, rules_of
from tests.support.senders import ScriptedSender

pytestmark = pytest.mark.postgres
RULES = rules_of(
    a_rule("sms: {at: in 1 hour, template: hi}"), a_rule("call: {at: in 2 hours, script: hi}", name="ring")
)
#: Fewer connections than workers use: they are handed on after each transaction.
CONF = """\
[databases]
* = host={host} port={port} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 2
max_prepared_statements = 0
"""


@pytest.fixture
def through(tmp_path: Path) -> Iterator[str]:
    """The address of a database, through a PgBouncer of our own."""
    binary = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if binary is None:
        pytest.skip("no pgbouncer on the PATH: apt install pgbouncer")
    url = make_url(postgres.taken())
    if url.password:
        pytest.skip("the server at OUTREACH_TEST_DATABASE_URL wants a password; PgBouncer's file has none")
    listen, log = postgres.a_free_port(), tmp_path / "log"
    conf = CONF.format(host=url.host, port=url.port or 5432, user=url.username, listen=listen)
    version = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
    if tuple(map(int, version.split(".")[:2])) < (1, 21):
        conf = conf.replace("max_prepared_statements = 0\n", "")
    for folder in (tmp_path, *tmp_path.parents):
        if folder.owner() != "root" or folder == Path("/tmp"):
            break
        folder.chmod(0o755)  # it is not run by root, as the server
    (tmp_path / "pgbouncer.ini").write_text(conf)
    with log.open("wb") as out:
        process = subprocess.Popen(
            [binary, str(tmp_path / "pgbouncer.ini")], stdout=out, stderr=out, user=postgres._user(),
            group=postgres._user(), extra_groups=postgres._groups(), preexec_fn=postgres._die_with_parent,
        )  # fmt: skip
    there = url.set(port=listen).render_as_string(hide_password=False)
    try:
        _wait(there, process, log)
        yield there
    finally:
        process.terminate()
        process.wait(10)
        postgres.given_back(url.render_as_string(hide_password=False))


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 15
    while True:
        try:
            psycopg.connect(url, connect_timeout=5).close()
            return
        except psycopg.OperationalError:
            assert process.poll() is None and time.monotonic() < end, log.read_text()[-2000:]  # noqa: PT018
            time.sleep(0.05)


def test_events_claims_and_answers_of_two_workers(through: str):
    sender = ScriptedSender()
    people = [a_customer(f"c{n}", phone=f"+1212555{n:04}") for n in range(60)]
    engines = [open_engine(through) for _ in range(2)]
    first, second = (
        an_engine(RULES, *people, store=Store(engine, b"test"), senders={"sms": sender}, worker=f"w{n}", claim_size=5)
        for n, engine in enumerate(engines)
    )
    halves = [people[::2], people[1::2]]
    with ThreadPoolExecutor() as pool:
        taken = list(pool.map(_ingest, (first, second), halves))
    assert taken == [{"accepted"}, {"accepted"}]
    for hour in (16, 17):
        with ThreadPoolExecutor() as pool:
            list(pool.map(_work, (first, second), (hour, hour)))
    assert Counter(m.customer for m in sender.seen) == Counter(p.id for p in people)
    assert {tuple(sorted(first.states(p.id))) for p in people} == {("listed", "sent")}
    first.engine.ingest([an_event("message.received", "c1", first.clock.instant, text="STOP", channel="sms")])
    with first.engine.store.reading() as tx:
        assert tx.customers.suppressed([tx.customers.key(people[1].phone)])
    with psycopg.connect(through) as conn:
        assert conn.execute("SHOW lock_timeout").fetchone() == ("0",)  # what we set ended with its transaction
    for engine in engines:
        engine.dispose()


def test_statements_are_prepared_only_where_nothing_stands_between(through: str):
    with open_engine(through).connect() as there:
        assert there.connection.driver_connection.prepare_threshold is None
        for _ in range(5):  # else the second server process would be asked for what only the first one has
            there.exec_driver_sql("SELECT 1")
            there.commit()
    direct = postgres.taken()
    with open_engine(direct).connect() as here:
        assert here.connection.driver_connection.prepare_threshold == PREPARE
        for _ in range(PREPARE + 2):
            here.exec_driver_sql("SELECT count(*) FROM customer WHERE bucket = %s", (1,))
        assert here.exec_driver_sql("SELECT count(*) FROM pg_prepared_statements").scalar_one() >= 1
    postgres.given_back(direct)


def _ingest(it: Business, people: list[Customer]) -> set[str]:
    events = [an_event("purchase", p.id, it.clock.instant, id=f"e-{p.id}") for p in people]
    return {r.status for r in it.engine.ingest(events)}


def _work(it: Business, hour: int) -> None:
    """Until nothing is due at five past."""
    it.clock.instant = it.clock.instant.replace(hour=hour, minute=5)
    idle = 0
    while idle < 5:  # nothing found may only mean that the other has it
        idle = 0 if it.engine.dispatch() else idle + 1

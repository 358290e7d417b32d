"""Many workers on one PostgreSQL, killed at any moment, while the server itself is restarted as after a crash: nothing
is lost, nobody is written to twice, and no two who share a phone are.

Kills go by what is done, not by the clock: a slow machine has as many of them for the same work. Here a few thousand
events; `make chaos` is the full size (OUTREACH_TEST_EVENTS).
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import psycopg
import pytest

from outreach.bootstrap import App, open_app, open_store
from outreach.core.customer import Customer
from outreach.core.event import Event
from outreach.errors import DatabaseError
from outreach.proof.proving import prove
from outreach.settings import Settings
from tests.scheduler.forked import Crowd, crowd
from tests.scheduler.house import until
from tests.scheduler.workers import environment
from tests.support import postgres
from tests.support.postgres import Server
from tests.wire import specs
from tests.wire.server import Misbehaviour, Wire
from tests.wire.twilio import ACCOUNT, TOKEN, Twilio

pytestmark = [pytest.mark.slow, pytest.mark.chaos, pytest.mark.postgres]
EVENTS = int(os.environ.get("OUTREACH_TEST_EVENTS", "2000"))
PEOPLE, BATCH, WORKERS = max(EVENTS // 5, 200), 250, 4
#: Of all follow-ups so many are done when a worker is killed, and when the server is restarted.
KILLS = [n / 10 for n in range(1, 10)]
RESTARTS = [1 / 3, 2 / 3]
#: Seconds: how long all of it may take on a machine that has much else to do.
LONGEST = 60 + EVENTS / 50
RULES = """\
rules:
  thanks: {on: [purchase, visit], purpose: care, on_cap: drop, steps: [{sms: {at: immediately, template: hello}}]}
cadence:
  min_gap: 1 hour
  caps: [{max: 1, per: 1 day}]
  hours: {}
  laws: []
  holidays: none
  unknown_timezone: business
calendars: {business: {days: mon-sun, timezone: UTC}}
"""


@pytest.fixture
def server() -> Iterator[Server]:
    """One that may be restarted: nobody else's tests are on it."""
    mine = postgres.a_server()
    yield mine
    postgres.removed(mine)


@pytest.fixture
def twilio() -> Iterator[tuple[Twilio, Wire]]:
    specs.warm_up()
    api = Twilio(lambda: datetime.now(UTC))
    with Wire(api) as wire:
        wire.misbehaviour = Misbehaviour(late=0.02)
        yield api, wire


def a_house(folder: Path, url: str) -> App:
    (folder / "rules").mkdir()
    (folder / "templates").mkdir()
    (folder / "rules" / "all.yaml").write_text(RULES)
    (folder / "templates" / "hello.sms.txt").write_text("Hello {{ customer.first_name }}.")
    chosen = Settings(database_url=url, rules=folder / "rules", templates=folder / "templates", secret="one")
    open_store(chosen, create=True).engine.dispose()
    app = open_app(chosen)
    app.engine.save_customers([(somebody(n, shares=n % 4 != 3), ()) for n in range(PEOPLE)])
    return app


def somebody(n: int, *, shares: bool) -> Customer:
    """Two and two have one phone; half of the second ones come to share it only while the work is going on, and can't
    be reached before."""
    return Customer(id=f"c{n}", first_name="Ann", phone=f"+1212{n // 2:07}" if shares else "", timezone="UTC")


def tell_all(app: App) -> None:
    """Every event, in batches, each again until it is known to be stored; two of a batch may be of one customer."""
    now = datetime.now(UTC)
    events = [
        Event(id=f"e{n}", type=("purchase", "visit")[n % 2], customer=f"c{n * 7 % PEOPLE}", time=now)
        for n in range(EVENTS)
    ]
    late = [(somebody(n, shares=True), ()) for n in range(3, PEOPLE, 4)]
    for start in range(0, EVENTS, BATCH):
        while True:
            try:
                app.engine.save_customers(late[start * len(late) // EVENTS : (start + BATCH) * len(late) // EVENTS])
                receipts = app.engine.ingest(events[start : start + BATCH])
                break
            except DatabaseError:
                time.sleep(0.2)
        assert {r.status for r in receipts} <= {"accepted", "duplicate"}


def unrest(workers: Crowd, server: Server, url: str, over: threading.Event) -> int:
    """Each time another part of all follow-ups is done, a worker is killed or the server restarted; how many restarts.
    One in two kills takes a second worker with it."""
    chance, restarts = random.Random(20261129), 0
    for mark in sorted([*KILLS, *RESTARTS]):
        while done(url) < mark * EVENTS:
            if over.wait(0.1):
                return restarts
        if mark in RESTARTS:
            server.restart()
            restarts += 1
        for _ in range(chance.randint(1, 2)):
            workers.kill(chance.randrange(WORKERS))
    return restarts


def ask(url: str, sql: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as conn:
        return conn.execute(sql).fetchall()  # type: ignore[call-overload, no-any-return]


def done(url: str) -> int:
    """How many follow-ups have ended; 0 while nobody answers."""
    try:
        return int(str(ask(url, "SELECT count(*) FROM follow_up WHERE wake IS NULL")[0][0]))
    except psycopg.OperationalError:
        return 0


def test_workers_are_killed_and_the_server_restarts(tmp_path: Path, server: Server, twilio: tuple[Twilio, Wire]):
    api, wire = twilio
    url = postgres.made(on=server.url)
    app = a_house(tmp_path, url)
    env = environment(
        tmp_path, OUTREACH_DATABASE_URL=url, OUTREACH_SECRET="one", OUTREACH_LEASE_SECONDS="3", OUTREACH_SMS="twilio",
        OUTREACH_SMS_PER_SECOND="0",
        OUTREACH_TWILIO_FROM="+12125550000", OUTREACH_TWILIO_BASE_URL=wire.url, TWILIO_ACCOUNT_SID=ACCOUNT,
        TWILIO_AUTH_TOKEN=TOKEN,
    )  # fmt: skip
    start, over, restarts = time.monotonic(), threading.Event(), list[int]()
    with crowd(env, tmp_path / "worker.log", WORKERS) as workers:
        trouble = threading.Thread(target=lambda: restarts.append(unrest(workers, server, url, over)))
        trouble.start()
        try:
            tell_all(app)
            left = LONGEST - time.monotonic() + start
            all_done = until(lambda: done(url) == EVENTS, left, 0.2)
        finally:
            over.set()
            trouble.join(60)
        said = workers.log.read_text()
        assert all_done, (done(url), said[-3000:])
        assert workers.fallen() == [], said[-3000:]  # a server that is away ends no worker, at its start neither
    assert (restarts, workers.killed >= len(KILLS)) == ([len(RESTARTS)], True)
    states = Counter({str(s): int(str(n)) for s, n in ask(url, "SELECT state, count(*) FROM follow_up GROUP BY 1")})
    print(f"{EVENTS} events of {PEOPLE} customers in {time.monotonic() - start:.0f} s, {workers.killed} workers killed,"
          f" {len(RESTARTS)} restarts of the server: {dict(states)}, {len(api.accepted)} messages")  # fmt: skip
    books_balance(url, states)
    nobody_was_written_to_twice(url, api)
    found = prove(app.store, app.engine.policy, datetime.now(UTC))
    assert (found.violations, found.faults) == (0, [])
    assert found.touches >= len(api.accepted)
    app.store.engine.dispose()


def books_balance(url: str, states: Counter[str]) -> None:
    """Every event and each one's follow-up is accounted for, and what was not sent says why."""
    assert ask(url, "SELECT count(*) FROM event") == [(EVENTS,)]
    assert sum(states.values()) == EVENTS
    assert set(states) <= {"sent", "cancelled", "unknown", "failed", "suppressed"}
    assert ask(url, "SELECT id FROM follow_up WHERE state <> 'sent' AND reason = ''") == []
    assert ask(url, "SELECT id FROM follow_up WHERE reason LIKE 'error:%'") == []


def nobody_was_written_to_twice(url: str, api: Twilio) -> None:
    """The provider's own log is the truth: one message a phone, though two share it; and nobody was left out."""
    to = Counter(message["To"] for message in api.accepted)
    assert [number for number, times in to.items() if times > 1] == []
    sent = {str(a) for (a,) in ask(url, "SELECT address FROM attempt WHERE state = 'accepted'")}
    maybe = {str(a) for (a,) in ask(url, "SELECT address FROM attempt WHERE state = 'unknown'")}
    assert sent <= set(to) <= sent | maybe
    assert len(sent | maybe) == (PEOPLE + 1) // 2

    # The ledger, by code of its own: never two within a day, for a customer or a phone.
    live = ask(url, "SELECT subject, at FROM touch WHERE state <> 'released' ORDER BY subject, at")
    near = [a for a, b in pairwise(live) if a[0] == b[0] and int(str(b[1])) - int(str(a[1])) < 86_400_000_000]
    assert near == []

"""Never twice, never lost, never unexplained: workers are killed at any moment while the provider answers late, badly
or not at all. Then hours pass, in seconds, until all is known.

Here two hundred messages; `make chaos` is the full size (OUTREACH_TEST_SENDS=10000: 200 kills), on both databases.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from outreach.bootstrap import App, open_store
from outreach.core.customer import Customer
from outreach.core.event import Event
from outreach.core.follow_up import FollowUp
from outreach.proof.proving import prove
from outreach.settings import Settings
from outreach.store.attempts import Attempt
from outreach.unknowns import unknowns
from tests.chaos import provider, worker
from tests.chaos.clock import ShiftedClock
from tests.support import postgres

pytestmark = [pytest.mark.slow, pytest.mark.chaos]
SENDS = int(os.environ.get("OUTREACH_TEST_SENDS", "200"))
KILLS, WORKERS = max(SENDS // 50, 12), 3
#: Seconds: how long it may take until all is sent once, and how long until all is known.
LONGEST = 60 + SENDS / 8
RULES = """\
rules:
  hello: {on: purchase, purpose: care, steps: [{sms: {at: immediately, valid_for: 12 hours, template: hello}}]}
cadence: {min_gap: 0 minutes, caps: [], hours: {}, laws: [], holidays: none, unknown_timezone: business}
calendars: {business: {days: mon-sun, timezone: UTC}}
"""
FULL = pytest.mark.skipif(SENDS < 1000, reason="only at full size")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, FULL])])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/outreach.db"
        return
    yield (made := postgres.made())
    postgres.dropped(made)


class Play:
    """The processes of one play; `clock` is everybody's."""

    def __init__(self, folder: Path, url: str):
        self.folder, self.url, self.clock = folder, url, ShiftedClock(folder / "clock")
        self.clock.shift(0)
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.chaos.worker", "tests.chaos.provider", "psycopg"])
        self.provider = self._begin(provider.serve, folder, 20261129)
        self.workers: list[BaseProcess] = []
        self.killed = 0

    def _begin(self, what: Callable[..., None], *given: object) -> BaseProcess:
        one = self._context.Process(target=what, args=given, daemon=True)
        one.start()
        return one

    def more(self) -> None:
        self.workers.append(self._begin(worker.work, self.folder, self.url))

    def kill(self, place: int) -> None:
        """kill -9, now; another takes its place."""
        one = self.workers.pop(place)
        assert one.exitcode is None, "a worker ended by itself"
        one.kill()
        one.join(10)
        self.killed += 1
        self.more()

    def end(self) -> None:
        for one in self.workers:
            one.kill()
        self.provider.terminate()
        for one in (*self.workers, self.provider):
            one.join(10)

    def truth(self) -> list[dict[str, str]]:
        file = self.folder / "truth.jsonl"
        whole, _, _ = file.read_text().rpartition("\n") if file.exists() else ("", "", "")  # it is being written to
        return [json.loads(line) for line in whole.splitlines()]


@pytest.fixture
def play(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Play]:
    monkeypatch.delenv("OUTREACH_SPECS", raising=False)  # held to elsewhere: here it would take the most of the time
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    (tmp_path / "rules").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "rules" / "all.yaml").write_text(RULES)
    (tmp_path / "templates" / "hello.sms.txt").write_text("Hello {{ customer.first_name }}.")
    chosen = Settings(database_url=url, rules=tmp_path / "rules", templates=tmp_path / "templates", secret="one")
    open_store(chosen, create=True).engine.dispose()
    made = Play(tmp_path, url)
    yield made
    made.end()


def the_house(play: Play) -> App:
    """Everybody bought something just now."""
    while not (play.folder / "address").exists():
        time.sleep(0.02)
    app = worker.opened(play.folder, play.url)
    people = [Customer(id=f"c{n}", first_name="Ann", phone=f"+1212{n:07}", timezone="UTC") for n in range(SENDS)]
    app.engine.save_customers([(c, ()) for c in people])
    events = [Event(id=f"e{n}", type="purchase", customer=f"c{n}", time=play.clock.now()) for n in range(SENDS)]
    for start in range(0, SENDS, 500):
        app.engine.ingest(events[start : start + 500])
    return app


def states(app: App) -> dict[str, int]:
    with app.store.reading() as tx:
        return tx.follow_ups.counts()


def undecided(app: App) -> int:
    """What isn't known yet, and no person must say."""
    found = states(app)
    with app.store.reading() as tx:
        to_look_up = len(tx.attempts.unknown(SENDS, looked_up=True)) - tx.attempts.undecided()
    return found.get("scheduled", 0) + found.get("claimed", 0) + to_look_up


def kill_while_sending(play: Play, app: App, chance: random.Random) -> None:
    """Kills go by what is accepted, not by the clock; a worker is killed at any moment after."""
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        accepted = len(play.truth())
        if play.killed >= KILLS and states(app).get("scheduled", 0) == 0:
            return
        if accepted >= play.killed * SENDS * 0.8 / KILLS or states(app).get("scheduled", 0) == 0:
            time.sleep(chance.random() * 0.1)
            play.kill(chance.randrange(WORKERS))
        else:
            time.sleep(0.02)
    raise AssertionError(f"{states(app)} after {LONGEST} s, {play.killed} kills")


def let_time_pass(play: Play, app: App, chance: random.Random) -> int:
    """From one moment at which something is to be done to the next, with a kill now and then, until nothing is left to
    find out; how many minutes."""
    end, passed, steps = time.monotonic() + LONGEST, 0.0, 0
    while undecided(app):
        assert time.monotonic() < end, (states(app), passed)
        ahead = (next_moment(app) - play.clock.now()).total_seconds()
        calling = states(app).get("claimed", 0)
        if ahead <= 0 or at_work(app, 1.2 if calling else 0.3):
            time.sleep(0.05)
            continue
        # While a call is on its way time may not leap: to the provider it would come hours after its intent.
        play.clock.shift(step := min(max(ahead + 0.5, 20), 61 if calling else 3600))
        passed, steps = passed + step, steps + 1
        if steps % 8 == 0:
            time.sleep(chance.random() * 0.1)
            play.kill(chance.randrange(WORKERS))
    return int(passed // 60)


def at_work(app: App, seconds: float) -> bool:
    """Whether a worker is writing down what it looked up: time must not run away from it."""
    before = heard_of(app)
    time.sleep(seconds)
    return heard_of(app) != before


def heard_of(app: App) -> tuple[int, int, dict[str, int]]:
    with app.store.reading() as tx:
        unknown = tx.attempts.unknown(SENDS, looked_up=True)
    return len(unknown), sum(a.looks for a in unknown), states(app)


def next_moment(app: App) -> datetime:
    with app.store.reading() as tx:
        looks = [a.look for a in tx.attempts.unknown(SENDS, looked_up=True) if a.look is not None]
    return min([app.engine.next_wake() or datetime.max.replace(tzinfo=UTC), *looks])


def test_killed_at_any_moment_nothing_is_sent_twice_or_lost(play: Play):
    chance, began = random.Random(7), time.monotonic()
    app = the_house(play)
    for _ in range(WORKERS):
        play.more()
    kill_while_sending(play, app, chance)
    open_then = states(app)
    minutes = let_time_pass(play, app, chance)
    truth = play.truth()
    with app.store.reading() as tx:
        follow_ups = list(tx.follow_ups.ended()) + [f for fs in tx.follow_ups.open_of(everybody()).values() for f in fs]
        attempts = tx.attempts.of(everybody())
    ends, tries = dict(Counter(f.state for f in follow_ups)), dict(Counter(a.state for a in attempts))
    print(f"\n{app.store.engine.dialect.name}: {SENDS} follow-ups, {play.killed} kills, {len(truth)} messages; at the"
          f" end of the sending {open_then}, {minutes} min later {ends}, attempts {tries}; in"
          f" {time.monotonic() - began:.0f} s")  # fmt: skip
    assert play.killed >= KILLS
    books_balance(follow_ups, attempts, truth)
    assert all(u.evidence for u in unknowns(app.engine))
    explained(app, follow_ups)
    app.store.engine.dispose()


def everybody() -> list[str]:
    return [f"c{n}" for n in range(SENDS)]


def books_balance(follow_ups: list[FollowUp], attempts: list[Attempt], truth: list[dict[str, str]]) -> None:
    """Against the provider's own log: each message had an intent, none went twice, none is missing that is said to be
    sent."""
    by_id = {a.id: a for a in attempts}
    assert [m for m in truth if m["attempt"] not in by_id] == []
    assert [m for m in truth if float(m["at"]) < by_id[m["attempt"]].made.timestamp()] == []
    went = Counter(by_id[m["attempt"]].follow_up for m in truth)
    assert [f for f, times in went.items() if times > 1] == []
    assert len(follow_ups) == len({f.id for f in follow_ups}) == SENDS
    assert {f.state for f in follow_ups} <= {"sent", "unknown", "failed"}
    assert [f.id for f in follow_ups if f.state == "sent" and not went[f.id]] == []
    assert [f.id for f in follow_ups if f.state == "failed" and went[f.id]] == []
    sids = {m["attempt"]: m["sid"] for m in truth}
    assert [a.id for a in attempts if a.state == "accepted" and sids.get(a.id) != a.provider_id] == []
    assert [a.id for a in attempts if a.state in ("unsent", "refused") and a.id in sids] == []


def explained(app: App, follow_ups: list[FollowUp]) -> None:
    """Each has a trace, each that was not sent a reason; and the proof, with code of its own, finds no fault."""
    with app.store.reading() as tx:
        silent = [f.id for f in follow_ups if not any(t.follow_up == f.id for t in tx.traces.of(f.customer))]
    assert silent == []
    assert [f.id for f in follow_ups if f.state != "sent" and not f.reason] == []
    found = prove(app.store, app.engine.policy, app.engine.clock.now())
    assert (found.violations, found.faults) == (0, [])

"""Many writers on a few customers: processes that plan and claim as fast as they can on one SQLite file or PostgreSQL,
through the real engine on the real clock, with a cadence of fractions of a second. A judge of its own then counts what
was broken.

    python -m bench.hot [seconds] [writers] [postgresql://…, an empty database]

An attempt is one follow-up that was decided: it went, or the cadence said no. The time of each claim (its locks waited
for, decided, reserved, committed) and of each dispatch (handed over and recorded besides) is measured in the writer. A
turn is an event or four taken in, and a dispatch. Writers who never rest can't have one sooner, in the mean, than their
number times its CPU by the number of cores, whatever is locked: what the writers spend is shown, and what PostgreSQL
spends comes on top.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from outreach.bootstrap import clock_of
from outreach.core.cadence import Cap
from outreach.core.customer import Customer
from outreach.core.event import Event
from outreach.core.policy import Policy
from outreach.core.rule_index import RuleIndex
from outreach.engine import Engine
from outreach.errors import DatabaseError
from outreach.ports import Rendered
from outreach.rulebook.load import load_rulebook
from outreach.senders.outbox import OutboxSender
from outreach.store import schema
from outreach.store.database import open_engine
from outreach.store.store import Store

CUSTOMERS, WRITERS, SECONDS = 16, 8, 10.0
#: In microseconds: the gap, and caps as (most, window, channel or "" for all).
GAP = 200_000
CAPS = ((3, 2_000_000, ""), (2, 1_500_000, "email"), (9, 8_000_000, ""))
RULES = """\
rules:
  text: {on: text, purpose: care, on_cap: drop, steps: [{sms: {at: immediately, template: hi}}]}
  mail: {on: mail, purpose: care, on_cap: drop, steps: [{email: {at: immediately, template: hi}}]}
  wait: {on: wait, purpose: care, steps: [{sms: {at: immediately, valid_for: 1 minute, template: hi}}]}
cadence: {min_gap: 1 minute, caps: [], hours: {}, laws: [], holidays: none}
calendars: {business: {days: mon-sun, timezone: UTC}}
"""
MIX = ["text"] * 60 + ["mail"] * 39 + ["wait"]


class _NoText:
    def render(self, *_: object) -> Rendered:
        return Rendered(body="hi")

    render_text = render


class Row(NamedTuple):
    """A touch that holds a place, in microseconds."""

    subject: str
    at: int
    channel: str


@dataclass(frozen=True)
class Result:
    """What came of it; times in milliseconds."""

    seconds: float
    writers: int
    attempts: int
    touches: int
    median: float
    p99: float
    longest: float
    claim_p99: float
    broken: list[str]
    failed: int
    turns: int
    cpu: float
    deadlocks: int = 0

    @property
    def soonest(self) -> float:
        """The mean of a turn if nobody ever waited for anything but a core."""
        return self.cpu * max(1.0, self.writers / (os.cpu_count() or 1))

    def __str__(self) -> str:
        return (
            f"{self.writers} writers on {CUSTOMERS} customers for {self.seconds:.0f} s: {self.attempts} attempts"
            f" ({self.attempts / self.seconds:.0f}/s), {self.touches} touches; a claim takes {self.median:.1f} ms"
            f" in the middle, p99 {self.p99:.0f} ms, {self.longest:.0f} ms at most (its transaction alone: p99"
            f" {self.claim_p99:.0f} ms); a turn takes its writer {self.cpu:.1f} ms of CPU, so on"
            f" {os.cpu_count()} cores no less than {self.soonest:.0f} ms in the mean; {self.failed} claims failed,"
            f" {self.deadlocks} deadlocks, {len(self.broken)} violations"
        )


def people() -> list[Customer]:
    """Two share each phone, and the next two each mailbox."""
    return [
        Customer(id=f"c{n}", first_name="Ann", phone=f"+1212555{n // 2:04}", timezone="UTC",
                 email=f"m{(n + 1) % CUSTOMERS // 2}@example.com")
        for n in range(CUSTOMERS)
    ]  # fmt: skip


def a_policy(policy: Policy) -> Policy:
    """Windows of fractions of a second, which no rulebook can write."""
    caps = tuple(
        Cap(max=most, per=timedelta(microseconds=per), label=f"{most}/{per}us",
            channels=frozenset({channel}) if channel else None)
        for most, per, channel in CAPS
    )  # fmt: skip
    return replace(policy, cadence=replace(policy.cadence, min_gap=timedelta(microseconds=GAP), caps=caps))


def an_engine(folder: Path, worker: str, url: str) -> Engine:
    book = load_rulebook(folder / "rules", folder / "templates", strict=False)
    outbox = OutboxSender()
    store = Store(open_engine(url), b"hot")
    return Engine(
        store=store, rules=RuleIndex(book.rules), policy=a_policy(book.policy), renderer=_NoText(),
        senders={"sms": outbox, "email": outbox}, clock=clock_of(store), worker=worker,
    )  # fmt: skip


def timed(deed: Any, took: list[float]) -> Any:
    """It, and how long each call took."""

    def watched(*given: Any) -> Any:
        start = time.perf_counter()
        try:
            return deed(*given)
        finally:
            took.append(time.perf_counter() - start)

    return watched


def write(folder: Path, url: str, number: int, begin: float, seconds: float, told: Any) -> None:
    """One writer: an event or four, a claim, and again."""
    engine, chance = an_engine(folder, f"w{number}", url), Random(number)
    claims: list[float] = []
    Engine._claim = timed(Engine._claim, claims)  # type: ignore[method-assign]
    time.sleep(max(0.0, begin - time.monotonic()))
    took: list[float] = []
    attempts = failed = turn = 0
    spent = time.process_time()
    while time.monotonic() < begin + seconds:
        turn += 1
        now = engine.clock.now()
        news = [
            Event(id=f"{number}-{turn}-{n}", type=chance.choice(MIX), customer=f"c{chance.randrange(CUSTOMERS)}",
                  time=now)
            for n in range(chance.randint(1, 4))
        ]  # fmt: skip
        try:
            engine.ingest(news)
            start = time.perf_counter()
            attempts += engine.dispatch()
            took.append(time.perf_counter() - start)
        except DatabaseError:
            failed += 1
    told.put((attempts, failed, took, claims, turn, time.process_time() - spent))


def asked(url: str, sql: str) -> list[Any]:
    """Plain SQL, past all of the program's."""
    database = open_engine(url)
    with database.connect() as db:
        found = list(db.exec_driver_sql(sql))
    database.dispose()
    return found


def rows(url: str) -> list[Row]:
    """The ledger."""
    sql = "SELECT subject, at, channel FROM touch WHERE state <> 'released'"
    return sorted(Row(*row) for row in asked(url, sql))


def broken(entries: Iterable[Row], gap: int = GAP, caps: Sequence[tuple[int, int, str]] = CAPS) -> list[str]:
    """Every touch that came too early after others: whole numbers, no line of the guard's."""
    found = []
    for subject, group in groupby(entries, key=lambda r: r.subject):
        mine = list(group)
        for n, touch in enumerate(mine):
            before = [
                o for o in mine if o is not touch and (o.at < touch.at or (o.at == touch.at and mine.index(o) < n))
            ]
            if any(touch.at - o.at < gap for o in before):
                found.append(f"{subject}: gap at {touch.at}")
            for most, per, channel in caps:
                near = [o for o in before if touch.at - o.at < per and channel in ("", o.channel)]
                if channel in ("", touch.channel) and len(near) >= most:
                    found.append(f"{subject}: {most} in {per} at {touch.at}")
    return found


def half_done(url: str) -> list[str]:
    """Follow-ups set aside because the backstop refused them, or with more than one live touch at a subject."""
    aside = asked(url, "SELECT id, reason FROM follow_up WHERE substr(reason, 1, 6) = 'error:'")
    twice = asked(
        url,
        "SELECT subject, follow_up FROM touch WHERE follow_up <> '' AND state <> 'released'"
        " GROUP BY 1, 2 HAVING count(*) > 1",
    )
    return [f"{a}: {b}" for a, b in (*aside, *twice)]


def deadlocks(url: str) -> int:
    """How many PostgreSQL had to break up."""
    if url.startswith("sqlite"):
        return 0
    return int(asked(url, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")[0][0])


def run(seconds: float = SECONDS, writers: int = WRITERS, url: str = "") -> Result:
    """Let them loose on a new file, or on an empty PostgreSQL, and judge."""
    with tempfile.TemporaryDirectory(prefix="outreach-hot-") as name:
        folder = Path(name)
        url = url or f"sqlite:///{folder / 'hot.db'}"
        _found(folder, url)
        context = multiprocessing.get_context("fork")
        told = context.Queue()
        begin = time.monotonic() + 2
        crowd = [context.Process(target=write, args=(folder, url, n, begin, seconds, told)) for n in range(writers)]
        for one in crowd:
            one.start()
        answers = [told.get(timeout=seconds + 120) for _ in crowd]
        for one in crowd:
            one.join(60)
        ledger = rows(url)
        took = sorted(1000 * t for _, _, mine, *_ in answers for t in mine)
        claims = sorted(1000 * t for _, _, _, mine, *_ in answers for t in mine)
        return Result(
            seconds=seconds, writers=writers, attempts=sum(a for a, *_ in answers),
            touches=sum(1 for r in ledger if r.subject.startswith("c:")), median=took[len(took) // 2],
            p99=took[int(len(took) * 0.99)], longest=took[-1], claim_p99=claims[int(len(claims) * 0.99)],
            failed=sum(f for _, f, *_ in answers), turns=(turns := sum(a[4] for a in answers)),
            cpu=1000 * sum(a[5] for a in answers) / max(1, turns), deadlocks=deadlocks(url),
            broken=[*broken(ledger), *half_done(url)],
        )  # fmt: skip


def _found(folder: Path, url: str) -> None:
    for sub in ("rules", "templates"):
        (folder / sub).mkdir()
    (folder / "rules" / "rules.yaml").write_text(RULES)
    (folder / "templates" / "hi.sms.txt").write_text("hi")
    (folder / "templates" / "hi.email.md").write_text("---\nsubject: hi\n---\nhi")
    database = open_engine(url)
    schema.upgrade(database)
    database.dispose()
    engine = an_engine(folder, "first", url)
    engine.save_customers([(c, ()) for c in people()])
    engine.store.engine.dispose()


def main(*arguments: str) -> int:
    """Prints the figures, and each violation; 1 if there is one."""
    result = run(*map(float, arguments[:1]), *map(int, arguments[1:2]), *arguments[2:])
    print(result)
    print("\n".join(result.broken[:20]))
    return int(bool(result.broken))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

"""A business on a file whose process is killed, started anew and paused, and whose clock somebody sets back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import strategies as st
from sqlalchemy import event as sql_event

from outreach.core.event import Event
from outreach.ports import Message
from outreach.store.database import open_engine
from outreach.store.store import Store
from tests.support.business import Business, an_empty_file
from tests.support.random_business import START, Chance, minutes
from tests.support.replay import HOUR, OBEYS, select
from tests.support.senders import ScriptedSender

#: (minute, what, number): killed before the provider heard of it, or after; the clock goes back by so many hours.
Trouble = tuple[int, str, int]
KINDS = ("killed before", "killed after", "restart", "pause", "resume")
SCOPES = ("*", "advert", "chain", "thanks", "stay")


def troubles(*kinds: str) -> st.SearchStrategy[list[Trouble]]:
    return st.lists(
        st.tuples(minutes, st.sampled_from(kinds), st.integers(0, 9)), min_size=1, max_size=8,
        unique_by=lambda t: t[0],
    )  # fmt: skip


class Killed(BaseException):
    """As `kill -9`: nothing after it runs."""


@dataclass(frozen=True)
class Accepted:
    """What the provider knows: when a message arrived, by a clock that nobody sets."""

    at: datetime
    message: Message


@dataclass
class Provider(ScriptedSender):
    """Takes an attempt once if it is `native`. `dies` says when the worker does."""

    world: World | None = None
    accepted: list[Accepted] = field(default_factory=list)
    dies: str = ""

    def send(self, message: Message):  # type: ignore[no-untyped-def]
        dies, self.dies = self.dies, ""
        if dies == "killed before":
            raise Killed
        known = self.idempotency == "native" and any(a.message.attempt == message.attempt for a in self.accepted)
        if not known:
            assert self.world is not None
            self.accepted.append(Accepted(self.world.true_time, message))
        if dies:
            raise Killed
        return ScriptedSender.send(self, message)


@dataclass
class World:
    """The business, what time it really is, and what the provider has seen. `events` are told by clocks that go as the
    business's goes."""

    shop: Business
    provider: Provider
    file: Path
    outcome: str | None
    behind: timedelta = timedelta(0)
    told: list[Event] = field(default_factory=list)
    heard: list[tuple[datetime, Event]] = field(default_factory=list)  # and when, by a clock that nobody sets
    lives: int = 1

    @property
    def true_time(self) -> datetime:
        return self.shop.clock.instant + self.behind

    def play(self, events: Sequence[Event], hit: Sequence[Trouble]) -> World:
        steps = [(e.time, 0, e) for e in events]
        steps += [(START + timedelta(minutes=at, seconds=30), 1, (what, n)) for at, what, n in hit]
        for at, _, one in sorted(steps, key=lambda s: s[:2]):
            self.work(at)
            self.shop.clock.instant = max(self.shop.clock.instant, at - self.behind)
            if isinstance(one, Event):
                self.tell(one)
            else:
                self.suffer(*one)
        for scope in SCOPES:
            self.resume(scope)
        self.work(None)
        return self

    def tell(self, event: Event) -> None:
        told = replace(event, time=event.time - self.behind)
        self.told.append(told)
        self.heard.append((self.true_time, told))
        [receipt] = self.shop.engine.ingest([told])
        assert receipt.status == "accepted", receipt

    def suffer(self, what: str, n: int) -> None:
        if what.startswith("killed"):
            self.provider.dies = what
        elif what == "restart":
            self.restart()
        elif what == "back":
            self.shop.clock.instant -= timedelta(hours=7 * n)
            self.behind += timedelta(hours=7 * n)
        elif what == "pause":
            with self.shop.engine.store.writing() as tx:
                tx.house.pause(SCOPES[n % len(SCOPES)], self.shop.clock.instant, "Kim")
        else:
            self.resume(SCOPES[n % len(SCOPES)])

    def resume(self, scope: str) -> None:
        with self.shop.engine.store.writing() as tx:
            tx.house.resume(scope)

    def restart(self) -> None:
        """The engine is thrown away; another one opens the same file."""
        old, self.lives = self.shop.engine, self.lives + 1
        old.store.engine.dispose()
        self.shop.engine = replace(old, store=a_store_on(self.file), worker=f"worker-{self.lives}")

    def work(self, end: datetime | None) -> None:
        """Whatever falls due until then, by the true clock."""
        while (due := self.shop.engine.next_wake()) is not None and (end is None or due + self.behind <= end):
            now = self.shop.clock.instant = max(self.shop.clock.instant, due)
            try:
                while self.shop.engine.dispatch():
                    pass
            except Killed:
                self.restart()
            with self.shop.engine.store.reading() as tx:
                fresh = tx.follow_ups.listed_at(now)
            for f in fresh if self.outcome else []:
                said = "done" if (f.channel, self.outcome) == ("task", "reached") else self.outcome
                data = {"follow_up": f.id, "outcome": said}
                self.shop.engine.ingest(
                    [Event(id=f"said:{f.id}:{f.attempt}", type="outcome", customer=f.customer, time=now, data=data)]
                )


def a_store_on(file: Path) -> Store:
    database = open_engine(f"sqlite:///{file}")
    sql_event.listen(database, "connect", _in_a_hurry)
    return Store(database, b"test")


def _in_a_hurry(connection, _record) -> None:  # type: ignore[no-untyped-def]
    """Nobody cuts the power here, and waiting for the disk is most of the time."""
    connection.execute("PRAGMA synchronous = OFF")


@contextmanager
def a_world(chance: Chance, idempotency: str) -> Iterator[World]:
    with TemporaryDirectory(prefix="outreach-test-") as folder:
        file = an_empty_file(Path(folder) / "outreach.db")
        provider = Provider(idempotency=idempotency)
        shop = chance.open(store=a_store_on(file), senders={"sms": provider, "email": provider})
        provider.world = world = World(shop, provider, file, chance.outcome)
        try:
            yield world
        finally:
            world.shop.engine.store.engine.dispose()


# The judges.


@dataclass(frozen=True)
class Told:
    """A business as it was told of: what `replay` asks of a Chance, with the events as they were told."""

    chance: Chance
    events: Sequence[Event]

    def __getattr__(self, name: str):  # type: ignore[no-untyped-def]
        return getattr(self.chance, name)


def past_words(world: World) -> list[str]:
    """Messages that really went after a withdrawal, or adverts while a complaint was open, by a clock that nobody sets:
    where the house's own is set back, the times in its books can't tell which came first."""
    found = []
    for taken in world.provider.accepted:
        message, open_ = taken.message, False
        for at, event in world.heard:
            if event.customer != message.customer or at >= taken.at:
                continue
            if event.type.startswith("complaint."):
                open_ = event.type == "complaint.opened"
            if event.type == "consent.withdrawn" and all(
                event.data[name] in (own, "all")
                for name, own in (("channel", message.channel), ("purpose", message.purpose))
            ):
                found.append(f"{message.customer}: {message.channel} for {message.purpose} at {taken.at}, no at {at}")
        if open_ and message.purpose == "marketing":
            found.append(f"{message.customer}: an advert at {taken.at} while a complaint was open")
    return found


def held_and_touched(shop: Business) -> list[tuple]:
    """Adverts that went out while a complaint was open."""
    sql = "SELECT customer, time, type FROM event WHERE type LIKE 'complaint.%' ORDER BY time"
    news: dict[str, list[tuple[int, str]]] = {}
    for customer, at, type in select(shop, sql):
        news.setdefault(customer, []).append((at, type))
    touches = select(shop, "SELECT DISTINCT customer, at, id FROM touch WHERE purpose = 'marketing'"
                     " AND follow_up <> '' AND state <> 'released'")  # fmt: skip
    found = []
    for customer, at, id in touches:
        before = [type for time, type in news.get(customer, ()) if time < at]
        same = any(time == at for time, _ in news.get(customer, ()))
        if before and before[-1] == "complaint.opened" and not same:
            found.append((customer, at, id))
    return found


def twice(world: World) -> list[str]:
    """Attempts and follow-ups that the provider took more than once."""
    attempts = [a.message.attempt for a in world.provider.accepted]
    known = dict(select(world.shop, "SELECT id, follow_up FROM attempt"))
    names = attempts + [known.get(a, "no intent: " + a) for a in attempts]
    return sorted({name for name in names if names.count(name) > 1 or name.startswith("no intent")})


def too_near(world: World, gap: int) -> list[str]:
    """Messages that really arrived nearer than the gap behind another, at one customer or one address."""
    found = []
    taken = world.provider.accepted
    for n, one in enumerate(taken):
        if one.message.purpose not in OBEYS:
            continue
        for other in taken[:n]:
            alike = one.message.customer == other.message.customer or one.message.to == other.message.to
            micros = (one.at - other.at) // timedelta(microseconds=1)
            if alike and other.message.purpose != "safety" and micros < gap * HOUR:
                found.append(f"{one.message.to} {other.at} {one.at}")
    return found

"""The drill: a business runs, a snapshot is taken, more is sent, a STOP comes, the snapshot is put back."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url

from outreach.core.event import Event
from outreach.errors import InputError
from outreach.flow.reopening import Accepted, Reopening
from outreach.proof.proving import prove
from outreach.restoring import Reopened, reopen
from outreach.store.database import open_engine
from outreach.store.epoch import Epoch
from outreach.store.sqlite import back_up
from outreach.store.store import Store
from tests.support import postgres
from tests.support.business import (
    PHONE,
    Business,
    a_customer,
    a_rule,
    an_empty_file,
    an_engine,
    an_event,
    rules_of,
    utc,
)
from tests.support.senders import ScriptedSender

START = utc("2026-11-02T15:00")
PEOPLE = [a_customer(f"c{n}", phone=f"+1212555{n:04}") for n in range(24)]
RULES = rules_of(
    a_rule("sms: {at: in 1 day, valid_for: 5 days, template: hi}", name="after", purpose="marketing"),
    cadence="{min_gap: 20 hours, caps: [{max: 2, per: 3 days}], holidays: none, hours: {}, laws: []}",
)


@dataclass
class Drill:
    """A database that can be snapshot and put back; the world outside remembers what happened."""

    folder: Path
    url: str
    sender: ScriptedSender
    at: list[datetime]
    told: list[Event]
    business: Business
    epoch: Epoch

    def run(self, until: datetime) -> None:
        self.business.wait(until)

    def buys(self, *numbers: int) -> None:
        self.tell([an_event("purchase", f"c{n}", self.now, id=f"buys-{n}-{self.now:%d%H}") for n in numbers])

    def tell(self, events: list[Event]) -> None:
        self.told += events
        assert {r.status for r in self.business.engine.ingest(events)} == {"accepted"}

    @property
    def now(self) -> datetime:
        return self.business.clock.instant

    def snapshot(self) -> None:
        self.epoch.begin(self.now)
        if self.url.startswith("sqlite"):
            back_up(self.epoch.store.engine, self.folder / "backup.db")
        else:
            self.epoch.store.engine.dispose()
            postgres._run(f'CREATE DATABASE "{self.name}_b" TEMPLATE "{self.name}"', postgres.server_url())
        self.epoch.renew(self.now)

    @property
    def name(self) -> str:
        return str(make_url(self.url).database)

    def restore(self) -> None:
        """The database of the snapshot in the place of this one, with the mark that lay beside it."""
        self.epoch.store.engine.dispose()
        if self.url.startswith("sqlite"):
            for end in ("-wal", "-shm"):
                Path(self.name + end).unlink(missing_ok=True)
            shutil.copy(self.folder / "backup.db", self.name)
        else:
            postgres.dropped(self.url)
            postgres._run(f'CREATE DATABASE "{self.name}" TEMPLATE "{self.name}_b"', postgres.server_url())
        self.open(self.now)

    def open(self, now: datetime) -> None:
        store = Store(open_engine(self.url), b"test")
        self.business = _business(store, self.sender, now, known=True)
        self.epoch = Epoch(store, self.epoch.file, self.epoch.place)
        self.sender.before = lambda _: self.at.append(self.now)

    def files(self, since: datetime) -> tuple[list[Path], list[Path]]:
        """What the sources of events and the provider tell, if asked for everything since an instant."""
        events, sent = self.folder / "events.jsonl", self.folder / "sent.csv"
        rows = [
            {"id": e.id, "type": e.type, "customer": e.customer, "time": e.time.isoformat(), "data": e.data}
            for e in self.told if e.time >= since
        ]  # fmt: skip
        events.write_text("".join(json.dumps(row) + "\n" for row in rows))
        lines = [
            f"sms,{m.to},{(at + timedelta(seconds=3)).isoformat()}\n"
            for m, at in zip(self.sender.seen, self.at, strict=True) if at >= since
        ]  # fmt: skip
        sent.write_text("channel,to,at\n" + "".join(lines))
        return [events], [sent]

    def received(self) -> Counter[str]:
        return Counter(m.customer for m in self.sender.seen)

    def spaced(self) -> bool:
        """Whether nobody got two messages within the minimum gap."""
        last: dict[str, datetime] = {}
        for m, at in zip(self.sender.seen, self.at, strict=True):
            if m.customer in last and at - last[m.customer] < timedelta(hours=20):
                return False
            last[m.customer] = at
        return True


def _business(store: Store, sender: ScriptedSender, now: datetime, *, known: bool = False) -> Business:
    made = an_engine(RULES, *(PEOPLE[:1] if known else PEOPLE), store=store, senders={"sms": sender})
    made.clock.instant = now
    return made


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def drill(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Drill]:
    on_file = request.param == "sqlite"
    file = tmp_path / "outreach.db"
    url = f"sqlite:///{an_empty_file(file)}" if on_file else postgres.made(postgres._template(False))
    store, sender = Store(open_engine(url), b"test"), ScriptedSender()
    epoch = Epoch(store, tmp_path / "outreach.epoch", str(file) if on_file else "")
    made = Drill(tmp_path, url, sender, [], [], _business(store, sender, START), epoch)
    sender.before = lambda _: made.at.append(made.now)
    yield made
    made.epoch.store.engine.dispose()
    if not on_file:
        postgres.dropped(postgres.named(f"{made.name}_b"))
        postgres.dropped(url)


def play(drill: Drill) -> datetime:
    """Until the disaster: 0-5 were sent to before the snapshot, 6-11 after it, 12-17 bought after it and were sent to
    after it, 18-23 wait; 5 said STOP, which the snapshot doesn't know, and 18, who waits. The snapshot's instant."""
    drill.buys(*range(6))
    drill.run(START + timedelta(hours=12))
    drill.buys(*range(6, 12))
    drill.run(START + timedelta(hours=30))
    assert len(drill.sender.seen) == 6
    drill.snapshot()
    taken = drill.now
    drill.run(START + timedelta(hours=31))
    drill.buys(*range(12, 18))
    drill.run(START + timedelta(hours=50))
    drill.buys(*range(18, 24), 0)
    drill.tell([an_event("message.received", c, drill.now, id=f"stop-{c}", text="STOP", channel="sms")
                for c in ("c5", "c18")])  # fmt: skip
    drill.run(START + timedelta(hours=56))
    assert drill.received() == Counter(f"c{n}" for n in range(18))
    return taken


def back(drill: Drill) -> None:
    """Put back and started: quarantine, in which nothing goes out and what comes in is taken."""
    before = len(drill.sender.seen)
    drill.restore()
    assert not drill.epoch.begin(drill.now)
    with drill.epoch.store.reading() as tx:
        assert tx.house.quarantined() == drill.now
    drill.run(drill.now + timedelta(hours=2))
    drill.tell([an_event("message.received", "c19", drill.now, id="stop-c19", text="STOP", channel="sms")])
    drill.buys(7, 20)
    drill.run(drill.now + timedelta(hours=30))
    assert len(drill.sender.seen) == before


def again(drill: Drill, since: datetime, choose: Callable[..., tuple[list[Path], list[Path]]]) -> Reopened:
    done = reopen(drill.business.engine, *choose(*drill.files(since)))
    with drill.epoch.store.reading() as tx:
        assert tx.house.quarantined() is None
        assert tx.house.paused() == {}
    drill.buys(5, 18, 19, 21)
    drill.run(drill.now + timedelta(days=8))
    return done


def proved(drill: Drill) -> None:
    """By what went out, and by the ledger's own proof, which finds no fault with what was entered."""
    assert drill.spaced()
    assert prove(drill.epoch.store, drill.business.engine.policy, drill.now).violations == 0
    stopped = {
        m.customer for m, at in zip(drill.sender.seen, drill.at, strict=True) if at > START + timedelta(hours=56)
    }
    assert not stopped & {"c5", "c18", "c19"}


def test_with_what_happened_since_nobody_is_contacted_twice_and_no_stop_is_lost(drill: Drill):
    taken = play(drill)
    back(drill)
    done = again(drill, taken, lambda events, sent: (events, sent))
    assert (done.entered, done.planned) == (12, 6)
    bought = Counter(e.customer for e in drill.told if e.type == "purchase")
    assert all(drill.received()[c] <= n for c, n in bought.items())
    assert [drill.received()[f"c{n}"] for n in (6, 8, 12, 21)] == [1, 1, 1, 1]
    proved(drill)


def test_the_days_sources_may_send_all_events_again_as_new(drill: Drill):
    """What began in the time that is missing begins again, and what of it was sent is not sent again."""
    taken = play(drill)
    back(drill)
    drill.business.engine.ingest([e for e in drill.told if e.time >= taken])
    again(drill, taken, lambda events, sent: ([], sent))
    bought = Counter(e.customer for e in drill.told if e.type == "purchase")
    assert all(drill.received()[c] <= n for c, n in bought.items())
    assert all(drill.received()[f"c{n}"] == 1 for n in (*range(8, 18), 22, 23))
    proved(drill)


def test_without_the_providers_list_what_may_have_gone_out_does_not_go_again(drill: Drill):
    taken = play(drill)
    back(drill)
    done = again(drill, taken, lambda events, sent: (events, []))
    assert done.ended == 6
    assert all(drill.received()[f"c{n}"] == 1 for n in (6, 8, 9, 10, 11))
    assert drill.received()["c7"] == 2  # she bought again in quarantine
    proved(drill)


def test_a_line_that_cannot_be_understood_keeps_it_closed(drill: Drill):
    taken = play(drill)
    back(drill)
    events, [sent] = drill.files(taken)
    for bad, said in (("fax,+12125550101,2026-11-04T10:00:00Z", "channel 'fax' is none"),
                      ("sms,+12125550101,yesterday", "line 2: at"),
                      ("sms,ann,2026-11-04T10:00:00Z", "phone")):  # fmt: skip
        sent.write_text(f"channel,to,at\n{bad}\n")
        with pytest.raises(InputError, match=said):
            reopen(drill.business.engine, events, [sent])
    events[0].write_text('{"id": "x", "type": "consent.withdrawn"}\n')
    with pytest.raises(InputError, match="one of them may be a STOP"):
        reopen(drill.business.engine, events, [])
    with drill.epoch.store.reading() as tx:
        assert tx.house.quarantined() is not None


def test_reopening_again_changes_nothing_and_says_so(drill: Drill):
    taken = play(drill)
    back(drill)
    files = drill.files(taken)
    first = reopen(drill.business.engine, *files)
    with pytest.raises(InputError, match="is not in quarantine"):
        reopen(drill.business.engine, *files)
    drill.epoch.restored(drill.now)  # stopped half-way, say, and done once more
    second = reopen(drill.business.engine, *files)
    assert (first.entered, second.entered, second.planned) == (12, 0, 0)


def test_a_call_that_was_made_leaves_the_list_and_keeps_its_place():
    it = an_engine(rules_of(a_rule("call: {at: in 1 hour, valid_for: 3 days, script: hi}")))
    it.tell("purchase")
    it.wait("2026-11-02T17:00")
    assert it.states() == ["listed"]
    store = it.engine.store
    store.write(lambda tx: tx.house.quarantine(it.clock.instant + timedelta(days=1)))
    it.wait("2026-11-03T18:00")
    made = [Accepted(channel="call", address=PHONE, at=utc("2026-11-02T19:00"))]
    with store.writing() as tx:
        part = Reopening(
            tx, it.clock.instant, it.clock.instant, it.engine.policy, it.engine.rules, it.engine.watcher.say
        )
        assert part.enter(made) == (1, 1)
    assert it.states() == ["done restored:sent"]
    assert [(t.at, t.state) for t in it.touches()] == [(utc("2026-11-02T19:00"), "unknown")]
    assert prove(store, it.engine.policy, it.clock.instant).violations == 0

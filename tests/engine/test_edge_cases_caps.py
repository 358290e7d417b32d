"""Edge cases of caps and gaps, through the whole engine: the worked example, the boundary, many hands at once, a list
that nobody worked, a worker that was down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from outreach.core.rule_index import RuleIndex
from outreach.engine import Engine
from outreach.ports import Refused, Unsent
from outreach.store import schema
from outreach.store.database import open_engine
from outreach.store.store import Store
from tests.support.business import Business, a_customer, a_rule, a_rulebook, an_engine, rules_of, utc
from tests.support.senders import ScriptedSender

MICRO, HOUR, DAY = timedelta(microseconds=1), timedelta(hours=1), timedelta(days=1)
NOW = "sms: {at: immediately, template: hi, valid_for: 3 days}"
#: OneSignal's own table for three in 24 hours, where what is over the cap is dropped.
WORKED = [("02 09:00", "sent"), ("02 13:00", "sent"), ("02 17:00", "sent"), ("03 08:00", "cancelled cap:3/24h"),
          ("03 09:01", "sent"), ("03 10:00", "cancelled cap:3/24h"), ("03 11:00", "cancelled cap:3/24h"),
          ("03 14:00", "sent")]  # fmt: skip


def cadence(caps: str = "[]", gap: str = "0 minutes", more: str = "") -> str:
    return f"{{min_gap: {gap}, caps: {caps}, holidays: none{more}}}"


def sent(it: Business, customer: str = "c1") -> list[str]:
    return [f"{f.ended:%m-%d %H:%M}" for f in sorted(it.all(customer), key=lambda f: f.wake or f.ended or f.due)
            if f.state == "sent"]  # fmt: skip


def test_three_in_24_hours_as_the_worked_example_says():
    it = an_engine(
        rules_of(a_rule(NOW, on_cap="drop"), cadence=cadence("[{max: 3, per: 24 hours}]")), at="2026-11-02T08:00"
    )
    for n, (at, end) in enumerate(WORKED):
        it.wait(utc(f"2026-11-{at}")).tell("purchase", id=f"e{n:02}")
        it.wait(it.clock.instant)
        assert it.states()[n] == end, at


@pytest.mark.parametrize("held_by", ["cap", "gap"])
def test_a_place_is_free_exactly_when_the_window_is_over(held_by: str):
    window = cadence("[{max: 1, per: 30 days}]") if held_by == "cap" else cadence(gap="30 days")
    it = an_engine(rules_of(a_rule(NOW.replace("3 days", "60 days")), cadence=window))
    for id in ("e1", "e2"):
        it.tell("purchase", id=id)
    first = it.clock.instant
    assert len(sent(it.wait(first + 30 * DAY - MICRO))) == 1
    assert [t.at for t in it.wait(first + 30 * DAY).touches()] == [first, first + 30 * DAY]


def test_what_is_put_off_again_and_again_ends_with_its_worth_and_the_cap_as_reason():
    small = a_rule("sms: {at: immediately, template: hi, valid_for: 5 days}", name="small", on="visit", priority="10")
    it = an_engine(
        rules_of(
            small, a_rule(NOW.replace("3 days", "1 hour"), priority="90"), cadence=cadence("[{max: 1, per: 2 days}]")
        )
    )
    it.tell("purchase", id="e0")
    it.wait("2026-11-02T16:00").tell("visit")
    for day in range(4, 14, 2):  # whenever there is room again, something more important has just come
        it.wait(utc(f"2026-11-{day:02}T14:59")).tell("purchase", id=f"e{day}")
    it.wait("2026-11-20T00:00")
    end = it.one("small")
    assert (end.state, end.reason, end.ended) == ("expired", "cap:1/2d", end.valid_until)
    assert [decision for decision, _ in it.reasons()].count("deferred") >= 3


def test_what_finds_room_at_the_very_end_of_its_worth_goes():
    it = an_engine(rules_of(a_rule(NOW), cadence=cadence("[{max: 1, per: 3 days}]")))
    for id in ("e1", "e2"):
        it.tell("purchase", id=id)
    assert sent(it.wait("2026-11-20T00:00")) == ["11-02 15:00", "11-05 15:00"]


def test_a_cap_that_is_lowered_holds_for_what_is_planned_already():
    it = an_engine(rules_of(a_rule(NOW), cadence=cadence("[{max: 3, per: 2 days}]")))
    for hour in (15, 16, 17):
        it.wait(utc(f"2026-11-02T{hour}:00")).tell("purchase", id=f"e{hour}")
    assert sent(it.wait("2026-11-02T18:00")) == ["11-02 15:00", "11-02 16:00", "11-02 17:00"]
    it.tell("purchase", id="late")
    book = a_rulebook(rules_of(a_rule(NOW), cadence=cadence("[{max: 1, per: 2 days}]")))
    it.engine.rules, it.engine.policy = RuleIndex(book.rules), book.policy
    assert sent(it.wait("2026-11-09T00:00"))[3:] == ["11-04 17:00"]


def test_a_call_that_nobody_made_gives_its_place_back_and_who_waited_goes_then():
    call = a_rule("call: {at: immediately, script: hi, valid_for: 4 hours}", name="call", priority="90")
    sms = a_rule("sms: {at: in 1 hour, template: hi, valid_for: 12 hours}", name="sms", priority="10")
    it = an_engine(rules_of(call, sms, cadence=cadence(gap="1 day")))
    it.tell("purchase")
    assert it.wait("2026-11-02T18:59").states() == ["listed", "scheduled gap:1d"]
    it.wait("2026-11-02T23:00")
    assert (it.one("call").reason, it.one("sms").ended) == ("valid_for", utc("2026-11-02T19:00"))
    assert [t.channel for t in it.touches()] == ["sms"]


@pytest.mark.parametrize("answer", [Refused(code="21211"), Unsent(code="503", retry_after=86_400)])
def test_a_message_that_never_went_out_gives_its_place_back_and_who_waited_goes_then(answer: Refused | Unsent):
    big = a_rule("sms: {at: immediately, template: hi, valid_for: 4 hours}", name="big", priority="90")
    small = a_rule("email: {at: immediately, template: hi, valid_for: 3 days}", name="small", priority="10")
    sms = ScriptedSender([answer])
    it = an_engine(rules_of(big, small, cadence=cadence(gap="1 day")), senders={"sms": sms, "email": ScriptedSender()})
    it.tell("purchase")
    seen = []
    sms.before = lambda message: seen.append((it.engine.dispatch(), it.one("small").reason))  # another worker looks
    it.wait("2026-11-09T00:00")
    assert seen == [(1, "gap:1d")]
    assert (it.one("big").state, it.one("small").ended) == ("failed", utc("2026-11-02T15:00"))


def test_nobody_answered_and_the_next_tries_keep_the_gap_and_the_cap_of_calls():
    again = (
        "call: {{at: 1 hour after previous, when: previous.outcome == 'no_answer', script: hi, valid_for: 5 days,"
        " name: {}}}"
    )
    steps = "call: {at: immediately, script: hi, name: first}\n" + "\n".join(
        map(again.format, ("second", "third", "fourth"))
    )
    it = an_engine(rules_of(a_rule(steps), cadence=cadence("[{max: 3, per: 4 days, channel: call}]", gap="20 hours")))
    it.tell("purchase")
    listed = []
    for _ in range(4):
        it.wait(it.engine.next_wake() or it.clock.instant)
        while not (card := next((f for f in it.all() if f.state == "listed"), None)):
            it.wait(it.engine.next_wake())
        listed.append(card.listed)
        it.tell("outcome", id=f"o{len(listed)}", follow_up=card.id, outcome="no_answer")
    assert [at - listed[0] for at in listed] == [0 * HOUR, 20 * HOUR, 40 * HOUR, 96 * HOUR]
    assert [t.state for t in it.touches()] == ["attempted"] * 4


@pytest.mark.parametrize(("hours", "left"), [(24, 3), (72, 1)])
def test_a_worker_that_was_down_makes_up_within_hours_gap_and_worth(hours: int, left: int):
    """One a morning was missed; what is still worth something comes, spread out, and never at night."""
    rules = [
        a_rule(f"sms: {{at: in {n} days 09:30, template: hi, valid_for: 2 days}}", name=f"day{n}") for n in range(1, 4)
    ]
    it = an_engine(rules_of(*rules, cadence=cadence(gap="20 hours", more=', hours: {sms: {mon-sun: "09:00-20:00"}}')))
    it.tell("purchase")
    it.clock.instant = utc("2026-11-03T06:00") + hours * HOUR  # 01:00 in New York
    it.wait("2026-11-20T00:00")
    times = [t.at for t in it.touches()]
    assert all(b - a >= 20 * HOUR for a, b in pairwise(times))
    assert all(14 <= at.hour <= 23 for at in times)
    ends = Counter(f.state for f in it.all())
    assert ends["sent"] == len(times) >= left
    assert ends["sent"] + ends["expired"] == 3


@pytest.mark.parametrize("window", ["gap", "cap"])
def test_a_clock_that_is_set_back_opens_no_window_again(window: str):
    """Two days back, after a restart: she was written to a minute ago, whatever the clock says."""
    held = cadence(gap="1 day") if window == "gap" else cadence("[{max: 1, per: 1 day}]")
    it = an_engine(rules_of(a_rule(NOW.replace("3 days", "9 days")), cadence=held))
    it.tell("purchase", id="e1")
    it.wait(it.clock.instant)
    it.clock.instant -= 2 * DAY
    it.tell("purchase", id="e2")
    assert it.wait("2026-11-01T00:00").states() == ["scheduled clock", "sent"]
    assert [t.at for t in it.wait("2026-11-12T00:00").touches()] == [utc("2026-11-02T15:00"), utc("2026-11-03T15:00")]


def test_what_is_worth_nothing_by_the_time_the_clock_has_caught_up_expires_and_says_so():
    it = an_engine(rules_of(a_rule(NOW.replace("3 days", "1 day")), cadence=cadence(gap="1 hour")))
    it.tell("purchase", id="e1")
    it.wait(it.clock.instant)
    it.clock.instant -= 2 * DAY
    it.tell("purchase", id="e2")
    assert it.wait("2026-11-12T00:00").states() == ["expired clock", "sent"]


# Many hands on one file.


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Callable[..., list[Engine]]]:
    """Makes so many engines, each with a connection of its own to the same file."""
    opened: list[Store] = []

    def engines(count: int, rules: str, *people: Any, sender: ScriptedSender) -> list[Engine]:
        url = f"sqlite:///{tmp_path}/outreach.db"
        database = open_engine(url)
        schema.upgrade(database)
        first = an_engine(rules, *people, store=Store(database, b"test"), senders={"sms": sender, "email": sender})
        opened.append(first.engine.store)
        stores = [Store(open_engine(url), b"test") for _ in range(count)]
        opened.extend(stores)
        return [replace(first.engine, store=store, worker=f"w{n}") for n, store in enumerate(stores)]

    yield engines
    for store in opened:
        store.engine.dispose()


def all_at_once(engines: list[Engine], deed: Callable[[Engine], Any]) -> list[Any]:
    barrier = Barrier(len(engines))

    def start(engine: Engine) -> Any:
        barrier.wait()
        return deed(engine)

    with ThreadPoolExecutor(len(engines)) as pool:
        return list(pool.map(start, engines))


def work(engine: Engine) -> int:
    done = 0
    while looked_at := engine.dispatch():
        done += looked_at
    return done


def test_of_32_workers_at_one_due_moment_one_sends(file):
    sender = ScriptedSender()
    rules = rules_of(*(a_rule(NOW, name=f"r{n}") for n in range(32)), cadence=cadence("[{max: 1, per: 30 days}]"))
    engines = file(32, rules, sender=sender)
    it = Business(engines[0], engines[0].clock)
    it.tell("purchase")
    all_at_once(engines, lambda engine: engine.dispatch())
    assert len(sender.seen) == len(it.touches()) == 1
    assert Counter(f.state for f in it.all()) == {"sent": 1, "scheduled": 31}


def test_two_instances_on_one_database_send_each_once(file):
    people = [a_customer(f"c{n}", phone=f"+1212555{n:04}") for n in range(60)]
    sender = ScriptedSender()
    engines = file(2, rules_of(a_rule(NOW), cadence=cadence()), *people, sender=sender)
    it = Business(engines[0], engines[0].clock)
    for person in people:
        it.tell("purchase", person.id)
    assert sum(all_at_once(engines, work)) >= 60
    assert Counter(m.to for m in sender.seen) == {p.phone: 1 for p in people}
    assert {f.state for p in people for f in it.all(p.id)} == {"sent"}


def test_two_who_share_phone_and_mailbox_crosswise_lock_nobody_out(file):
    """One takes the phone and then the mailbox, the other the mailbox and then the phone, at the same moment."""
    home = {"phone": "+12125550101", "email": "home@example.com"}
    people = [a_customer(f"{who}{n}", **home | {"phone": f"+1212555{n:04}", "email": f"h{n}@example.com"})
              for n in range(10) for who in ("ann", "ben")]  # fmt: skip
    there = a_rule("sms: {at: immediately, template: hi}\nemail: {at: immediately, template: hi}", name="there")
    back = a_rule(
        "email: {at: immediately, template: hi}\nsms: {at: immediately, template: hi}", on="visit", name="back"
    )
    sender = ScriptedSender()
    engines = file(4, rules_of(there, back, cadence=cadence("[{max: 1, per: 30 days}]")), *people, sender=sender)
    it = Business(engines[0], engines[0].clock)
    for person in people:
        it.tell("purchase" if person.id.startswith("ann") else "visit", person.id)
    all_at_once(engines, work)
    assert max(Counter(m.to for m in sender.seen).values()) == 1
    touched = Counter(t.address_key for p in people for t in it.touches(p.id))
    assert set(touched.values()) == {1}
    assert all(len(it.touches(p.id)) <= 1 for p in people)
    assert sum(len(it.touches(p.id)) for p in people) == 20

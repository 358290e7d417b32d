"""E-mail in two phases: each mail in a batch of its own, whose id stands in the books before the mail is handed over.
In silence it is cancelled, and what comes to SendGrid later is discarded."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from outreach.core.delivery import News
from outreach.errors import DatabaseError
from outreach.flow import recalling
from outreach.flow.claim import LEASE
from outreach.flow.delivery import settle
from outreach.senders.sendgrid import LEAD, SendGridSender
from outreach.store.attempts import Attempt, Attempts
from outreach.unknowns import unknowns
from tests.support.business import a_customer, a_rule, rules_of
from tests.support.two_phases import DUE, House, Over, frozen_after_its_last_check
from tests.wire import specs
from tests.wire.sendgrid import KEY, SPEC, SendGrid, errors
from tests.wire.server import HICCUP, Heard, Misbehaviour, Said, Wire, refused_port

LONG = "email: {at: in 1 hour, template: hi, valid_for: 3 days}"
CALM = Misbehaviour()
SENDING, BATCH, CANCEL = "/v3/mail/send", "/v3/mail/batch", "/v3/user/scheduled_sends"


class Mails(House):
    """Its e-mails go by a provider that speaks SendGrid, on the shop's own clock."""

    def __init__(self, wire: Wire, api: SendGrid, rules: str, *people: Any):
        self.wire, self.api = wire, api
        sender = SendGridSender(
            api_key=KEY, from_email="hello@shop.example", host=wire.url, two_phase=True, timeout=(3.0, 0.5), total=3.0
        )
        super().__init__("email", sender, rules, *people)
        api.clock = self.shop.clock.now

    def ill(self, how: Misbehaviour, *paths: str) -> None:
        self.wire.moods = lambda heard: how if heard.path in paths else CALM

    def attempts(self) -> list[Attempt]:
        with self.shop.engine.store.reading() as tx:
            return tx.attempts.of(["c1"])


Build = Callable[..., Mails]


@pytest.fixture
def house() -> Iterator[Build]:
    specs.warm_up()
    api = SendGrid()
    with Wire(api) as wire:
        yield lambda rules="", *people: Mails(wire, api, rules or rules_of(a_rule(LONG)), *people)


def test_all_of_it_is_as_sendgrid_specifies(house: Build):
    specs.need(SPEC)
    it = house()
    it.ill(Misbehaviour(cut=0), SENDING)
    it.pass_time(80)
    assert {h.path for h in it.wire.heard} == {SENDING, BATCH, CANCEL}


def test_its_batch_stands_in_the_books_before_it_is_handed_over(house: Build):
    it = house()
    books: list[str] = []

    def look(heard: Heard) -> Misbehaviour:
        if heard.path == SENDING:
            books.extend(f"{a.state} {a.batch}" for a in it.attempts())
        return CALM

    it.wire.moods = look
    it.shop.wait(DUE)
    [mail] = it.api.accepted
    assert (books, mail["batch_id"], mail["send_at"]) == (["intent batch-1"], "batch-1", int((DUE + LEAD).timestamp()))
    assert ([t.at for t in it.shop.touches()], it.shop.states(), it.proven()) == ([DUE + LEAD], ["sent"], [])


def test_hours_are_judged_where_it_goes(house: Build):
    night = '{min_gap: 0 minutes, caps: [], holidays: none, hours: {email: {mon-sun: "09:00-11:10"}}}'
    it = house(rules_of(a_rule(LONG), cadence=night))  # due at 11:00 in New York, to be sent at 11:16
    it.shop.wait("2026-11-03T13:59")
    assert (it.api.accepted, it.shop.states()) == ([], ["scheduled hours:email"])
    it.shop.wait("2026-11-03T14:00")
    assert len(it.api.accepted) == 1


@pytest.mark.parametrize("how", [Misbehaviour(says=HICCUP), Misbehaviour(cut=0, ignore=True), Misbehaviour(late=0.8)])
def test_silence_is_settled_by_cancelling(house: Build, how: Misbehaviour):
    it = house()
    it.ill(how, SENDING)
    it.shop.wait(DUE)
    assert it.shop.states()[0].startswith("unknown")
    it.wire.moods = None
    it.pass_time(1.5)
    assert ([a.state for a in it.attempts()], len(it.api.live()), it.proven()) == (["unsent", "accepted"], 1, [])
    assert (it.shop.states(), list(it.api.cancelled)) == (["sent"], ["batch-1"])
    assert it.shop.touches()[0].at == DUE + LEAD + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("how", "code"),
    [
        (Misbehaviour(says=HICCUP), "batch_500"), (Misbehaviour(cut=0), "disconnected"),
        (Misbehaviour(says=errors(429, "slow")), "429"), (Misbehaviour(says=Said(201, b"{}")), "batch_201"),
        (Misbehaviour(says=errors(400, "no")), "batch_400"),
    ],
)  # fmt: skip
def test_without_a_batch_nothing_was_sent(house: Build, how: Misbehaviour, code: str):
    it = house()
    it.ill(how, BATCH)
    it.shop.wait(DUE)
    assert ([(a.state, a.code) for a in it.attempts()], it.api.accepted) == ([("unsent", code)], [])
    it.wire.moods = None
    it.pass_time(3)
    assert (len(it.api.live()), it.shop.states(), it.proven()) == (1, ["sent"], [])


def test_a_wrong_key_stops_the_sender_before_anything_is_sent(house: Build):
    it = house()
    it.ill(Misbehaviour(says=errors(401, "no")), BATCH)
    it.shop.wait(DUE)
    assert it.shop.engine.gates.shut(it.sender, it.shop.clock.instant) is not None
    assert it.api.accepted == []


@pytest.mark.parametrize("minutes", [0, 1, 3, 9, 16, 60, 200])
def test_a_worker_that_was_frozen_after_its_last_check_doubles_nothing(house: Build, minutes: float):
    it = house()
    frozen_after_its_last_check(it, minutes)
    assert (len(it.api.live()), it.shop.states(), it.proven()) == (1, ["sent"], [])


def test_who_believes_silence_without_cancelling_doubles_it(house: Build, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(SendGridSender, "cancel", lambda self, handle: True)
    it = house()
    frozen_after_its_last_check(it, 3)
    assert len(it.api.live()) == 2


def frozen_before_its_batch_is_written(it: Mails) -> None:
    """The worker has its batch, and stands still; others go on; it wakes, and would write it down and call."""
    real = it.sender.prepare

    def freeze() -> Any:
        handle = real()
        it.shop.engine.worker = "another"
        it.use(it.sender)
        it.shop.wait(DUE + LEASE)
        it.pass_time(2)
        return handle

    slow = Over(it.sender, it.sender.send)
    slow.prepare = freeze  # type: ignore[attr-defined]
    it.use(slow)
    it.shop.wait(DUE)
    it.pass_time(20)


def test_one_that_has_no_batch_in_the_books_can_call_no_more(house: Build, monkeypatch: pytest.MonkeyPatch):
    it = house()
    frozen_before_its_batch_is_written(it)
    assert [(a.state, a.code, a.batch) for a in it.attempts()] == [
        ("unsent", "proven_unsent", ""), ("accepted", "", "batch-2"),
    ]  # fmt: skip
    assert (len(it.api.live()), it.shop.states(), it.api.cancelled, it.proven()) == (1, ["sent"], {}, [])


@pytest.mark.parametrize(
    ("purpose", "state"), [("all", "suppressed opted_out:email"), ("", "suppressed suppressed:email")]
)
def test_a_stop_takes_it_back(house: Build, purpose: str, state: str):
    it = house()
    it.shop.wait(DUE + timedelta(minutes=4))
    if purpose:
        it.shop.tell("consent.withdrawn", channel="email", purpose=purpose)
    else:
        with it.shop.engine.store.writing() as tx:
            tx.customers.suppress([tx.attempts.of(["c1"])[0].address_key], "email", "complained", it.shop.clock.instant)
    it.pass_time(1)
    assert (it.api.live(), it.shop.states(), it.shop.touches(), it.proven()) == ([], [state], [], [])


@pytest.mark.parametrize("scope", ["*", "r"])
def test_a_pause_takes_it_back_and_it_goes_later(house: Build, scope: str):
    it = house()
    it.shop.wait(DUE + timedelta(minutes=4))
    with it.shop.engine.store.writing() as tx:
        tx.house.pause(scope, it.shop.clock.instant, "Kim")
    it.pass_time(1)
    assert (it.api.live(), it.shop.touches()) == ([], [])
    with it.shop.engine.store.writing() as tx:
        tx.house.resume(scope)
    it.pass_time(1)
    assert (len(it.api.live()), it.shop.states(), it.proven()) == (1, ["sent"], [])


def stopped_late(it: Mails) -> None:
    it.shop.wait(DUE + timedelta(minutes=7))
    it.shop.tell("consent.withdrawn", channel="email", purpose="care")
    it.pass_time(1)


def test_what_is_taken_back_too_late_to_be_certain_is_told_by_the_provider(house: Build):
    it = house()
    stopped_late(it)
    assert (it.shop.states(), [t.state for t in it.shop.touches()]) == (["unknown unknown:revoked_late"], ["unknown"])
    it.shop.wait(DUE + LEAD)
    [attempt] = it.attempts()
    with it.shop.engine.store.writing() as tx:
        settle(tx, attempt.id, News(status="delivered"), it.shop.clock.instant)
    assert (it.shop.states(), len(it.api.live())) == (["delivered"], 1)
    assert [f.check for f in it.proven()] == ["consent"]  # it did go out after she had said no, and the proof says so


def test_or_by_a_person(house: Build):
    it = house()
    stopped_late(it)
    it.pass_time(20)
    [entry] = unknowns(it.shop.engine)
    assert "too near to when it goes" in entry.evidence
    assert len(it.api.accepted) == 1


def test_what_the_books_do_not_take_is_not_handed_over(house: Build, monkeypatch: pytest.MonkeyPatch):
    it = house()

    def full(*_: object) -> bool:
        raise DatabaseError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(Attempts, "hold_by", full)
        it.shop.wait(DUE)
        assert ([(a.state, a.code) for a in it.attempts()], it.api.accepted) == ([("unsent", "unwritten")], [])
    it.pass_time(3)
    assert (len(it.api.live()), it.shop.states(), it.proven()) == (1, ["sent"], [])


def test_only_ten_can_be_cancelled_and_then_a_person_is_asked(house: Build):
    it = house()
    it.api.cancelled = {f"old-{n}": DUE for n in range(10)}
    it.ill(Misbehaviour(cut=0), SENDING)
    it.shop.wait(DUE)
    it.wire.moods = None
    it.pass_time(20)
    assert (len(it.api.accepted), it.shop.states()) == (1, ["unknown unknown:disconnected"])
    assert len(unknowns(it.shop.engine)) == 1


def test_a_pause_takes_back_as_many_as_there_is_room_for_and_says_so(house: Build, caplog: pytest.LogCaptureFixture):
    people = [a_customer(f"c{n}", email=f"c{n}@example.com", phone="") for n in range(1, 4)]
    it = house("", *people)
    it.shop.tell("purchase", "c2")
    it.shop.tell("purchase", "c3")
    it.shop.wait(DUE)
    it.api.cancelled = {f"old-{n}": DUE for n in range(8)}
    it.shop.tell("consent.withdrawn", "c3", channel="email", purpose="care")
    with it.shop.engine.store.writing() as tx:
        tx.house.pause("*", it.shop.clock.instant, "Kim")
    with caplog.at_level(logging.ERROR):
        it.pass_time(0.25)
    assert "could not be taken back from sendgrid" in caplog.text
    assert (len(it.api.live()), it.shop.states("c3")) == (1, ["suppressed opted_out:email"])
    asked = [h for h in it.wire.heard if h.path == CANCEL]
    assert [h.method for h in asked] == ["GET", "POST", "POST"]


def test_a_cancellation_whose_answer_was_lost_is_known_all_the_same(house: Build):
    it = house()
    it.shop.wait(DUE)
    it.ill(Misbehaviour(cut=0), CANCEL)
    assert it.sender.cancel("batch-1") is False
    it.wire.moods = None
    assert it.sender.cancel("batch-1") is True
    assert it.sender.cancel("another") is False
    assert SendGridSender(api_key=KEY, from_email="a@b.example", host=f"http://127.0.0.1:{refused_port()}").room() == 0


def test_that_it_lies_there_is_no_news_of_what_was_taken_back(house: Build):
    """SendGrid may say `processed` of a mail that it discards when its moment comes."""
    it = house()
    it.ill(Misbehaviour(cut=0), SENDING)
    it.shop.wait(DUE)
    it.shop.clock.instant = DUE + timedelta(minutes=1)
    first = it.attempts()[0]
    assert recalling.recalled(it.sender, first, it.shop.clock).text.startswith("taken back")
    with it.shop.engine.store.writing() as tx:
        assert settle(tx, first.id, News(status="queued"), it.shop.clock.instant) == "settled"
    it.wire.moods = None
    it.pass_time(30)
    assert (len(it.api.live()), it.shop.states()) == (0, ["sent"])


def test_what_would_be_worth_nothing_by_then_goes_at_once(house: Build):
    it = house(rules_of(a_rule("email: {at: in 1 hour, template: hi, valid_for: 10 minutes}")))
    it.shop.wait(DUE)
    assert not {"send_at", "batch_id"} & it.api.accepted[0].keys()
    assert (it.shop.touches()[0].at, it.api.batches) == (DUE, [])

"""A message that is handed over a quarter of an hour before it goes: judged where it goes, taken back until then, and
proven unsent by the provider's own clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from outreach.flow import reconciling
from outreach.ports import Answer, Message, Unknown
from outreach.senders.twilio import LEAD, TwilioSender
from outreach.unknowns import unknowns
from tests.support.business import a_rule, rules_of
from tests.support.two_phases import DUE, House, Over, frozen_after_its_last_check
from tests.wire import specs
from tests.wire.server import HICCUP, Misbehaviour, Wire
from tests.wire.twilio import ACCOUNT, SERVICE, TOKEN, Twilio

LONG = "sms: {at: in 1 hour, template: hi, valid_for: 3 days}"


class Texts(House):
    """Its SMS go through a Messaging Service that speaks Twilio."""

    def __init__(self, wire: Wire, api: Twilio, rules: str):
        self.wire, self.api = wire, api
        sender = TwilioSender(
            account_sid=ACCOUNT, auth_token=TOKEN, messaging_service_sid=SERVICE, base_url=wire.url, two_phase=True,
            timeout=(3.0, 0.5), total=3.0,
        )  # fmt: skip
        super().__init__("sms", sender, rules)
        api.clock = self.shop.clock.now

    def live(self) -> list[str]:
        """What the customer gets."""
        return [m["sid"] for m in self.api.messages if m["status"] != "canceled"]


Build = Callable[..., Texts]


@pytest.fixture
def house() -> Iterator[Build]:
    specs.warm_up()
    api = Twilio()
    with Wire(api) as wire:
        yield lambda rules="": Texts(wire, api, rules or rules_of(a_rule(LONG)))


def test_it_is_handed_over_at_once_and_counts_from_when_it_goes(house: Build):
    it = house()
    it.shop.wait(DUE)
    [sent] = it.api.accepted
    assert (sent["ScheduleType"], sent["SendAt"]) == ("fixed", "2026-11-02T16:16:00Z")
    assert ([t.at for t in it.shop.touches()], it.shop.states(), it.proven()) == ([DUE + LEAD], ["sent"], [])


def test_hours_are_judged_where_it_goes(house: Build):
    night = '{min_gap: 0 minutes, caps: [], holidays: none, hours: {sms: {mon-sun: "09:00-11:10"}}}'
    it = house(rules_of(a_rule(LONG), cadence=night))  # due at 11:00 in New York, to be sent at 11:16
    it.shop.wait("2026-11-03T13:59")
    assert (it.api.accepted, it.shop.states()) == ([], ["scheduled hours:sms"])
    it.shop.wait("2026-11-03T14:00")
    assert it.api.accepted[0]["SendAt"] == "2026-11-03T14:16:00Z"


def test_the_next_one_keeps_its_distance_from_there(house: Build):
    it = house(rules_of(a_rule(LONG), cadence="{min_gap: 1 day, caps: [], holidays: none}"))
    it.shop.wait(DUE)
    it.shop.tell("purchase", id="again")
    it.shop.wait(DUE + timedelta(days=2))
    assert [m["SendAt"] for m in it.api.accepted] == ["2026-11-02T16:16:00Z", "2026-11-03T16:32:00Z"]
    assert it.proven() == []


@pytest.mark.parametrize(
    ("words", "state"),
    [
        (("message.received", {"text": "STOP"}), "suppressed suppressed:sms"),
        (("consent.withdrawn", {"channel": "sms", "purpose": "care"}), "suppressed opted_out:sms"),
    ],
)
def test_a_stop_takes_it_back(house: Build, words: tuple[str, dict[str, str]], state: str):
    it = house()
    it.shop.wait(DUE + timedelta(minutes=10))
    it.shop.tell(words[0], **words[1])
    it.pass_time(1)
    assert (it.live(), it.shop.states(), it.shop.touches(), it.proven()) == ([], [state], [], [])


@pytest.mark.parametrize("scope", ["*", "r"])
def test_a_pause_takes_it_back_and_it_goes_later(house: Build, scope: str):
    it = house()
    it.shop.wait(DUE + timedelta(minutes=10))
    with it.shop.engine.store.writing() as tx:
        tx.house.pause(scope, it.shop.clock.instant, "Kim")
    it.pass_time(1)
    assert (it.live(), it.shop.touches()) == ([], [])
    with it.shop.engine.store.writing() as tx:
        tx.house.resume(scope)
    it.pass_time(1)
    assert (len(it.live()), it.shop.states(), it.proven()) == (1, ["sent"], [])


def test_what_has_gone_is_not_taken_back(house: Build):
    it = house()
    it.shop.wait(DUE + timedelta(minutes=17))
    it.shop.tell("message.received", text="STOP")
    it.pass_time(1)
    assert (len(it.live()), it.shop.states()) == (1, ["sent"])


@pytest.mark.parametrize("there", [True, False])
def test_silence_is_settled_before_it_goes(house: Build, there: bool):
    it = house()
    it.wire.misbehaviour = Misbehaviour(says=HICCUP) if there else Misbehaviour(cut=0, ignore=True)
    it.shop.wait(DUE)
    assert it.shop.states()[0].startswith("unknown")
    it.wire.misbehaviour = Misbehaviour()
    it.pass_time(11.5)
    assert len(it.live()) == there
    it.pass_time(1.5)
    assert (len(it.live()), it.shop.states(), it.proven()) == (1, ["sent"], [])
    assert it.shop.touches()[0].at == DUE + LEAD + (timedelta() if there else timedelta(minutes=12))


def test_a_message_that_is_there_twice_goes_once(house: Build):
    it = house()
    real = it.sender.send

    def twice(message: Message) -> Answer:
        real(message)
        real(message)
        return Unknown(code="timeout")

    it.use(Over(it.sender, twice))
    it.shop.wait(DUE)
    it.pass_time(2)
    assert (len(it.api.messages), len(it.live()), it.shop.states()) == (2, 1, ["sent"])


@pytest.mark.parametrize("minutes", [3, 9, 10, 10.5, 11, 13, 14, 60, 200])
def test_a_worker_that_was_frozen_after_its_last_check_doubles_nothing(house: Build, minutes: float):
    it = house()
    frozen_after_its_last_check(it, minutes)
    assert (len(it.live()), it.shop.states(), it.proven()) == (1, ["sent"], [])


def plain(it: Texts) -> Texts:
    object.__setattr__(it.sender, "two_phase", False)
    return it


def test_without_the_second_phase_one_that_wakes_after_our_last_look_doubles_it(house: Build):
    """What is left over of the plain protocol, told: nothing but the provider can close it."""
    it = plain(house())
    frozen_after_its_last_check(it, 60)
    assert len(it.live()) == 2


@pytest.mark.parametrize("minutes", [3, 4, 9, 13])
def test_one_that_wakes_beyond_the_window_is_seen_while_looks_go_on(house: Build, minutes: float):
    it = plain(house())
    frozen_after_its_last_check(it, minutes)
    [entry] = unknowns(it.shop.engine)
    assert entry.evidence.startswith("the provider has 1 such message(s), made after this attempt could")
    assert it.live()[0] in entry.evidence
    assert (len(it.live()), it.shop.states(), it.proven()) == (1, ["unknown unknown:worker_lost"], [])


def test_who_looks_into_the_window_only_doubles_it(house: Build, monkeypatch: pytest.MonkeyPatch):
    look = reconciling.window_of
    monkeypatch.setattr(reconciling, "window_of", lambda attempt, now=None: look(attempt))
    it = plain(house())
    frozen_after_its_last_check(it, 9)
    assert len(it.live()) == 2


def test_a_service_that_sends_at_once_is_an_alarm_and_stops(house: Build, caplog: pytest.LogCaptureFixture):
    it = house()
    real = it.api.created
    it.api.created = lambda fields, status: real(fields, "queued")  # type: ignore[method-assign]
    it.shop.wait(DUE)
    assert (it.shop.states(), len(it.live())) == (["sent"], 1)
    assert "sent at once instead of scheduled" in caplog.text
    assert it.shop.engine.gates.shut(it.sender, it.shop.clock.instant) is not None


def test_what_would_be_worth_nothing_by_then_goes_at_once(house: Build):
    it = house(rules_of(a_rule("sms: {at: in 1 hour, template: hi, valid_for: 10 minutes}")))
    it.shop.wait(DUE)
    assert "SendAt" not in it.api.accepted[0]
    assert it.shop.touches()[0].at == DUE

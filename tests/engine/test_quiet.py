"""Back-off and silence through the whole engine: what resets, what wakes, and what holds in the plan."""

from __future__ import annotations

from datetime import timedelta

import pytest

from outreach.core.follow_up import FollowUp
from outreach.simulation.run import Simulation
from tests.support.business import Business, a_customer, a_rule, an_engine, an_event, rules_of, utc

HOUR = timedelta(hours=1)
BACK_OFF = "{min_gap: 20 hours, caps: [], holidays: none, back_off: {after: 1, factor: 2, longest: 8}}"
SILENCE = "{min_gap: 0 minutes, caps: [], holidays: none, silence_after_refusal: 60 days}"
LONG = "sms: {at: immediately, template: hi, valid_for: 60 days}"


def five(cadence: str = BACK_OFF, **rule: str) -> Business:
    """Five follow-ups of one visit, all wished for at once."""
    rules = [a_rule(LONG, name=f"r{n}", on="visit", priority=str(90 - n), **rule) for n in range(5)]
    shop = an_engine(rules_of(*rules, cadence=cadence), a_customer())
    shop.tell("visit")
    return shop


def hours(shop: Business) -> list[float]:
    """When she was touched, in hours from the first time."""
    at = [t.at for t in shop.touches()]
    return [(t - at[0]) / HOUR for t in at]


def test_unanswered_contacts_stretch_the_gap():
    assert hours(five().wait("2026-12-30T00:00")) == [0, 20, 60, 140, 300]


def test_any_sign_of_life_begins_it_anew_and_wakes_what_waits():
    shop = five().wait("2026-11-04T20:00")  # two went out; the third must wait seven hours more
    assert "back_off:40h" in [f.reason for f in shop.all()]
    shop.tell("purchase")
    shop.wait(shop.clock.instant)
    assert hours(shop) == [0, 20, 53]
    assert ("woken", "purchase") in shop.reasons()
    assert hours(shop.wait("2026-12-30T00:00")) == [0, 20, 53, 53 + 20, 53 + 60]


@pytest.mark.parametrize(
    ("type", "data"),
    [
        ("consent.given", {"channel": "email"}), ("customer.changed", {"points": 5}), ("complaint.resolved", {}),
        ("contact.made", {"channel": "email", "purpose": "safety"}),
    ],
)  # fmt: skip
def test_bookkeeping_is_no_sign_of_life(type: str, data: dict):
    shop = five().wait("2026-11-05T03:00")
    shop.tell(type, **data)
    assert hours(shop.wait("2026-12-30T00:00")) == (
        [0, 20, 60, 140, 300] if type != "contact.made" else [0, 20, 60, 60, 140, 300]
    )


def test_a_contact_by_hand_goes_unanswered_like_any_other():
    shop = five().wait("2026-11-02T16:00")
    shop.tell("contact.made", channel="call", by="Lena")
    assert hours(shop.wait("2026-12-30T00:00")) == [0, 1, 1 + 40, 1 + 40 + 80, 281, 441]


def test_what_she_waits_for_is_not_stretched():
    assert hours(five(purpose="transactional").wait("2026-12-30T00:00")) == [0, 0, 0, 0, 0]


def calls(outcome: str) -> Business:
    """Three calls, each with this outcome a quarter of an hour later."""
    steps = "call: {at: immediately, script: hi, valid_for: 30 days}"
    rules = [a_rule(steps, name=f"r{n}", on="visit", priority=str(90 - n)) for n in range(3)]
    shop = an_engine(rules_of(*rules, cadence=BACK_OFF), a_customer())
    shop.tell("visit")
    while (due := shop.engine.next_wake()) is not None and due < utc("2026-12-02T00:00"):
        shop.wait(due)
        for f in (f for f in shop.all() if f.state == "listed"):
            shop.clock.instant += HOUR / 4
            shop.tell("outcome", follow_up=f.id, outcome=outcome)
    return shop


def test_a_call_that_reached_her_is_a_sign_of_life_and_one_that_did_not_is_none():
    assert hours(calls("reached")) == [0, 20, 40]
    assert hours(calls("no_answer")) == [0, 20, 60]


def test_in_a_simulation_the_call_and_its_outcome_share_an_instant():
    steps = "call: {at: immediately, script: hi, valid_for: 30 days}"
    rules = [a_rule(steps, name=f"r{n}", on="visit", priority=str(90 - n)) for n in range(3)]
    for outcome, expected in (("reached", [0, 20, 40]), ("no_answer", [0, 20, 60])):
        shop = an_engine(rules_of(*rules, cadence=BACK_OFF), a_customer())
        Simulation(shop.engine, shop.clock, outcome=outcome).run([an_event("visit")])
        assert hours(shop) == expected


def test_contacts_of_long_ago_count_until_she_stirs():
    """A hundred days of silence are longer than any window that is loaded; what went unanswered before still counts."""
    shop = five()
    shop.wait("2026-11-30T00:00")
    shop.clock.instant = utc("2027-03-10T15:00")
    lately = [a_rule(LONG, name=f"l{n}", on="consent.given", priority=str(90 - n)) for n in range(2)]
    later = an_engine(rules_of(*lately, cadence=BACK_OFF), at="2027-03-10T15:00", store=shop.engine.store)
    later.tell("consent.given", channel="email")
    assert hours(later.wait("2027-04-30T00:00"))[-1] - hours(later)[-2] == 160


def test_it_is_hers_and_not_that_of_the_phone():
    rules = [a_rule(LONG, name=f"r{n}", on="visit", priority=str(90 - n)) for n in range(3)]
    shop = an_engine(rules_of(*rules, cadence=BACK_OFF), a_customer("ann"), a_customer("ben", phone="+12125550199"))
    for person in ("ann", "ben"):
        shop.tell("visit", person)
    shop.wait("2026-12-30T00:00")
    assert [t.at for t in shop.touches("ann")] == [t.at for t in shop.touches("ben")]


STEPS = (
    "sms: {at: in 1 hour, template: hi, valid_for: 90 days}\n"
    "email: {at: in 2 hours, template: hi, valid_for: 90 days}\n"
    "call: {at: in 3 hours, script: hi, valid_for: 90 days}"
)


def refused(type: str, **data: object) -> Business:
    shop = an_engine(rules_of(a_rule(STEPS), cadence=SILENCE), a_customer())
    shop.tell("purchase")
    shop.tell(type, **data)
    return shop


REFUSALS = [
    ("message.received", {"text": "STOP"}),
    ("message.received", {"text": "please leave me alone", "channel": "chat"}),
    ("consent.withdrawn", {"channel": "email", "purpose": "marketing"}),
]


@pytest.mark.parametrize(("type", "data"), REFUSALS)
def test_after_a_refusal_there_is_silence_by_every_channel(type: str, data: dict):
    shop = refused(type, **data).wait("2027-01-01T14:59")
    assert shop.touches() == []
    waiting = [f for f in shop.all() if f.state == "scheduled"]
    assert {f.reason for f in waiting} <= {"silence:60d"}
    shop.wait("2027-01-01T15:00")
    assert {t.at for t in shop.touches()} == ({shop.clock.instant} if waiting else set())


def test_do_not_call_is_a_refusal_too():
    rules = rules_of(a_rule("call: {at: immediately, script: hi}"), a_rule(LONG, name="s", on="visit"), cadence=SILENCE)
    shop = an_engine(rules, a_customer())
    shop.tell("purchase")
    shop.wait("2026-11-02T15:00").tell("outcome", rule="r", outcome="do_not_call")
    shop.tell("visit")
    assert shop.wait("2026-12-30T00:00").one("s").reason == "silence:60d"
    assert shop.wait("2027-01-01T15:00").one("s").state == "sent"


def test_a_wrong_number_is_no_refusal_of_hers():
    shop = refused("message.received", text="wrong number")
    assert shop.wait("2026-11-04T00:00").all()[1].state == "sent"


@pytest.mark.parametrize("purpose", ["transactional", "safety"])
def test_what_she_waits_for_goes_out(purpose: str):
    shop = an_engine(rules_of(a_rule(STEPS, purpose=purpose), cadence=SILENCE), a_customer())
    shop.tell("purchase")
    shop.tell("consent.withdrawn", channel="email", purpose="marketing")
    assert [f.state for f in shop.wait("2026-11-04T00:00").all()] == ["sent", "sent", "listed"]


def test_the_latest_refusal_counts_and_no_yes_ends_the_silence():
    shop = refused("consent.withdrawn", channel="email", purpose="marketing")
    shop.wait("2026-11-20T15:00").tell("consent.withdrawn", channel="email", purpose="marketing")
    shop.tell("consent.given", channel="all", evidence="form", basis="express")
    one: FollowUp = shop.wait("2027-01-18T00:00").all()[0]
    assert (one.state, one.reason) == ("scheduled", "silence:60d")
    assert shop.wait("2027-01-19T15:00").all()[0].state == "sent"


def test_an_old_refusal_is_only_as_young_as_it_is():
    shop = an_engine(rules_of(a_rule(STEPS), cadence=SILENCE), a_customer())
    shop.tell("consent.withdrawn", at="2026-09-04T16:00", channel="email", purpose="marketing")
    shop.tell("purchase")
    assert shop.wait("2026-11-04T00:00").touches()[0].at == utc("2026-11-03T16:00")

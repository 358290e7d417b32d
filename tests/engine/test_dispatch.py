"""When it is due: who goes first, who waits, what the cadence says, and what is paused."""

from __future__ import annotations

import pytest

from tests.support.business import Business, a_customer, a_rule, an_engine, rules_of, utc

pytestmark = pytest.mark.postgres_too("groups")

ONE_A_DAY = "{min_gap: 1 day, caps: [], holidays: none}"
LONG = "sms: {at: in 1 hour, template: hi, valid_for: 3 days}"
ANN, BEN = a_customer("ann"), a_customer("ben")


def ended(shop: Business, customer: str = "c1") -> dict[str, str]:
    return {f.rule: f"{f.state} {f.ended:%m-%d %H:%M}" for f in shop.all(customer) if f.ended}


def test_of_two_due_at_once_the_more_important_goes_first():
    shop = an_engine(
        rules_of(a_rule(LONG, name="small", priority="10"), a_rule(LONG, name="big", priority="90"), cadence=ONE_A_DAY)
    )
    shop.tell("purchase")
    assert ended(shop.wait("2026-11-09T00:00")) == {"big": "sent 11-02 16:00", "small": "sent 11-03 16:00"}


def test_a_small_one_is_not_spent_when_it_would_push_out_a_bigger_one():
    big = a_rule("sms: {at: in 12 hours, template: hi, valid_for: 2 hours}", name="big", priority="90")
    shop = an_engine(rules_of(a_rule(LONG, name="small", priority="10"), big, cadence=ONE_A_DAY))
    shop.tell("purchase")
    assert ended(shop.wait("2026-11-09T00:00")) == {"big": "sent 11-03 03:00", "small": "sent 11-04 03:00"}


def test_what_finds_no_room_expires_for_that_reason():
    shop = an_engine(rules_of(a_rule(name="a"), a_rule(name="b"), cadence=ONE_A_DAY))
    shop.tell("purchase")
    assert shop.wait("2026-11-09T00:00").one("b").reason == "gap:1d"


@pytest.mark.parametrize(("on_cap", "end"), [("drop", "cancelled 11-02 16:00"), ("defer", "sent 11-03 16:00")])
def test_a_rule_says_what_becomes_of_what_is_over_the_cap(on_cap: str, end: str):
    shop = an_engine(rules_of(a_rule(LONG, name="a"), a_rule(LONG, name="b", on_cap=on_cap), cadence=ONE_A_DAY))
    shop.tell("purchase")
    assert ended(shop.wait("2026-11-09T00:00"))["b"] == end


def test_what_a_rule_drops_over_the_cap_is_said_to_be_over_the_cap_at_night_too():
    night = '{min_gap: 1 day, caps: [], holidays: none, hours: {sms: {mon-sun: "18:00-20:00"}}}'
    shop = an_engine(rules_of(a_rule(LONG, name="a"), a_rule(LONG, name="b", on_cap="drop"), cadence=night))
    shop.tell("purchase")
    assert shop.wait("2026-11-09T00:00").one("b").reason == "gap:1d"


def test_two_who_share_a_phone_are_not_both_written_to_in_one_claim(database_kind: str):
    shop = an_engine(rules_of(a_rule(LONG), cadence=ONE_A_DAY), ANN, BEN)
    for person in (ANN, BEN):
        shop.tell("purchase", person.id)
    shop.clock.instant = utc("2026-11-02T16:00")
    claims = [1, 1] if database_kind == "groups" else [2]  # there each is in a group of her own
    assert [shop.engine.dispatch() for _ in claims] == claims
    assert (shop.states("ann"), shop.states("ben")) == (["sent"], ["scheduled gap:1d"])
    assert ended(shop.wait("2026-11-09T00:00"), "ben") == {"r": "sent 11-03 16:00"}


def test_two_who_share_a_phone_have_mailboxes_of_their_own():
    shop = an_engine(rules_of(a_rule("email: {at: in 1 hour, template: hi}"), cadence=ONE_A_DAY), ANN, BEN)
    for person in (ANN, BEN):
        shop.tell("purchase", person.id)
    shop.wait("2026-11-02T16:00")
    assert (shop.states("ann"), shop.states("ben")) == (["sent"], ["sent"])


def test_a_template_that_cannot_be_filled_in_holds_the_message_for_a_person():
    shop = an_engine(rules_of(a_rule("sms: {at: in 1 hour, template: broken}")))
    shop.tell("purchase")
    assert shop.wait("2026-11-09T00:00").states() == ["held template"]
    assert shop.touches() == []


@pytest.mark.parametrize(("direction", "left"), [("outbound", "scheduled gap:1d"), ("inbound", "sent")])
def test_a_contact_made_by_hand_counts_when_it_was_ours(direction: str, left: str):
    shop = an_engine(rules_of(a_rule(LONG), cadence=ONE_A_DAY))
    shop.tell("purchase")
    shop.tell("contact.made", channel="call", direction=direction, by="Kim")
    assert shop.wait("2026-11-02T16:00").states() == [left]


def test_a_contact_with_her_husband_on_their_phone_counts_too():
    shop = an_engine(rules_of(a_rule(LONG), cadence=ONE_A_DAY), ANN, BEN)
    shop.tell("purchase", "ann")
    shop.tell("contact.made", "ben", channel="call")
    assert shop.wait("2026-11-02T16:00").states("ann") == ["scheduled gap:1d"]


def test_news_of_an_order_goes_past_the_gap_and_counts_for_it():
    news = a_rule(name="news", purpose="transactional")
    shop = an_engine(rules_of(news, a_rule(LONG, on="visit", name="care"), cadence=ONE_A_DAY))
    shop.tell("visit")
    shop.wait("2026-11-02T16:00").tell("purchase")
    shop.wait("2026-11-02T17:00").tell("visit", id="again")
    assert shop.wait("2026-11-02T20:00").one("news").state == "sent"
    assert shop.wait("2026-11-09T00:00").all()[2].ended == utc("2026-11-03T17:00")


def pause(shop: Business, scope: str) -> None:
    with shop.engine.store.writing() as tx:
        tx.house.pause(scope, shop.clock.instant, "Kim")


@pytest.mark.parametrize(
    ("scope", "left"), [("r", {"r": "scheduled", "s": "sent"}), ("*", {"r": "scheduled", "s": "scheduled"})]
)
def test_what_is_paused_waits_and_goes_on_when_resumed(scope: str, left: dict[str, str]):
    shop = an_engine(rules_of(a_rule(), a_rule(name="s")))
    shop.tell("purchase")
    pause(shop, scope)
    assert {f.rule: f.state for f in shop.wait("2026-11-02T18:00").all()} == left
    with shop.engine.store.writing() as tx:
        assert tx.house.resume(scope)
    assert {f.state for f in shop.wait("2026-11-02T19:00").all()} == {"sent"}


def test_what_was_paused_for_too_long_expires():
    shop = an_engine(rules_of(a_rule()))
    shop.tell("purchase")
    pause(shop, "*")
    shop.wait("2026-11-09T00:00")
    with shop.engine.store.writing() as tx:
        tx.house.resume("*")
    assert shop.wait("2026-11-09T01:00").states() == ["expired valid_for"]


def test_what_is_paused_takes_no_room_from_what_is_not():
    paused = a_rule(LONG, name="paused", priority="90")
    shop = an_engine(rules_of(a_rule(LONG, name="small"), paused, cadence=ONE_A_DAY))
    shop.tell("purchase")
    pause(shop, "paused")
    assert ended(shop.wait("2026-11-04T00:00")) == {"small": "sent 11-02 16:00"}


def test_a_shorter_gap_in_the_rulebook_holds_for_what_was_sent_before():
    shop = an_engine(rules_of(a_rule(LONG), cadence="{min_gap: 3 days, caps: [], holidays: none}"))
    shop.tell("purchase", id="e1")
    shop.wait("2026-11-02T16:00").tell("purchase", id="e2")
    after = an_engine(rules_of(a_rule(LONG), cadence=ONE_A_DAY), store=shop.engine.store, at="2026-11-02T16:00")
    assert [f.ended for f in after.wait("2026-11-09T00:00").all()] == [utc("2026-11-02T16:00"), utc("2026-11-03T16:00")]


def test_room_that_somebody_leaves_is_taken_by_who_waits():
    big = a_rule(
        "sms: {at: in 20 hours, template: hi, valid_for: 2 hours}", name="big", priority="90", stop_on="[refund]"
    )
    shop = an_engine(rules_of(a_rule(name="small", priority="10"), big, cadence=ONE_A_DAY))
    shop.tell("purchase")
    shop.wait("2026-11-02T17:00").tell("refund")
    assert ended(shop.wait("2026-11-09T00:00"))["small"].startswith("sent")


def test_room_that_a_cancelled_one_frees_is_used_by_the_one_that_waited_for_it():
    big = a_rule(
        "sms: {at: in 12 hours, template: hi, valid_for: 2 hours}", name="big", priority="90", stop_on="[visit]"
    )
    small = a_rule("sms: {at: in 1 hour, template: hi, valid_for: 8 hours}", name="small", priority="10")
    shop = an_engine(rules_of(small, big, cadence=ONE_A_DAY))
    shop.tell("purchase")
    assert shop.wait("2026-11-02T18:00").one("small").reason == "gap:1d"
    shop.tell("visit")
    assert ended(shop.wait("2026-11-09T00:00"))["small"] == "sent 11-02 18:00"

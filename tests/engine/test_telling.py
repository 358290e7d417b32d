"""What templates may speak of besides the event and the customer: the step before, and the past."""

from __future__ import annotations

from outreach.core.follow_up import FollowUp
from outreach.desk import cards
from tests.support.business import Business, a_rule, an_engine, rules_of

CALL = "call: {at: immediately, script: hi, valid_for: 2 days}"
TASK = 'task: {at: 1 hour after previous, title: "{{ previous.note }}, says {{ previous.by }}"}'


def sent(shop: Business) -> list[str]:
    with shop.engine.store.reading() as tx:
        return [attempt.body for attempt in tx.attempts.of(["c1"])]


def rang(shop: Business, step: str = "call") -> FollowUp:
    shop.tell("outcome", rule="r", step=step, outcome="no_answer", by="Marco", note="rang twice")
    return shop.one(step=step)


def test_a_message_tells_how_the_step_before_came_out():
    shop = an_engine(rules_of(a_rule(f"{CALL}\nsms: {{at: 1 hour after previous, template: telling}}")))
    shop.tell("purchase")
    shop.wait("2026-11-02T16:00")
    rang(shop)
    shop.wait("2026-11-02T20:00")
    assert sent(shop) == ["no_answer by Marco: rang twice"]


def test_a_card_tells_it_too():
    shop = an_engine(rules_of(a_rule(f"{CALL}\n{TASK}")))
    shop.tell("purchase")
    shop.wait("2026-11-02T16:00")
    rang(shop)
    shop.wait("2026-11-02T18:00")
    [card] = cards(shop.engine)
    assert (card.title, card.problem) == ("rang twice, says Marco", "")


def test_the_step_before_is_the_last_one_that_was_not_passed_over():
    passed = "sms: {at: 1 hour after previous, template: hi, when: previous.outcome == 'reached'}"
    shop = an_engine(rules_of(a_rule(f"{CALL}\n{passed}\n{TASK}")))
    shop.tell("purchase")
    shop.wait("2026-11-02T16:00")
    rang(shop)
    shop.wait("2026-11-02T18:00")
    assert [card.title for card in cards(shop.engine)] == ["rang twice, says Marco"]


def test_of_a_step_that_has_not_ended_nothing_is_told():
    shop = an_engine(rules_of(a_rule(f"{CALL}\nsms: {{at: in 3 hours, template: telling}}")))
    shop.tell("purchase")
    shop.wait("2026-11-02T20:00")
    assert sent(shop) == []
    assert shop.one(step="sms").state == "held"


def test_a_condition_that_waits_for_no_step_may_ask_how_the_one_before_came_out():
    asking = "sms: {at: in 3 hours, template: hi, when: previous.outcome == 'no_answer'}"
    for outcome_comes in (True, False):
        shop = an_engine(rules_of(a_rule(f"{CALL}\n{asking}")))
        shop.tell("purchase")
        shop.wait("2026-11-02T16:00")
        if outcome_comes:
            rang(shop)
        shop.wait("2026-11-02T20:00")
        assert sent(shop) == (["Hello Ann"] if outcome_comes else [])


def test_the_past_is_there_for_a_template_that_speaks_of_it_without_a_condition_that_asks():
    shop = an_engine(rules_of(a_rule("sms: {at: in 1 hour, template: past}")))
    shop.tell("visit", room="7", at="2026-10-01T10:00")
    shop.tell("visit", room="9", at="2026-10-20T10:00")
    shop.tell("purchase")
    shop.wait("2026-11-02T20:00")
    assert sent(shop) == ["Room 9, then purchase"]


def test_without_that_past_the_message_is_held():
    shop = an_engine(rules_of(a_rule("sms: {at: in 1 hour, template: past}")))
    shop.tell("purchase")
    shop.wait("2026-11-02T20:00")
    assert sent(shop) == []
    assert shop.one().state == "held"

"""One step after another: what `previous.outcome` says, and which step comes next."""

from __future__ import annotations

import pytest

from tests.support.business import Business, a_customer, a_rule, an_engine, rules_of

CHAIN = rules_of(
    a_rule(
        "call: {at: in 1 hour, script: hi, name: first}\n"
        "sms: {at: 1 hour after previous, template: hi, name: sorry, when: previous.outcome == 'no_answer'}\n"
        "call: {at: 2 days after previous 10:00, script: hi, name: again,"
        " when: previous.outcome == 'no_answer' || previous.outcome == 'sent'}\n"
        "email: {at: 1 day after previous, template: hi, name: last}"
    )
)


def called(outcome: str) -> Business:
    """The first call of the chain came to this outcome at 11:30."""
    shop = an_engine(CHAIN)
    shop.tell("purchase")
    shop.wait("2026-11-02T16:30").tell("outcome", rule="r", step="first", outcome=outcome, by="Kim", note="hm")
    return shop


def names(shop: Business) -> list[str]:
    return [f"{f.step} {f.state}" for f in shop.all()]


def test_nobody_answered_so_a_message_follows():
    shop = called("no_answer")
    assert names(shop) == ["first done", "sorry scheduled"]
    assert shop.one(step="sorry").due == shop.one(step="first").ended.replace(hour=17)


def test_every_step_waits_for_the_one_before():
    shop = called("no_answer").wait("2026-11-04T16:00")
    assert names(shop) == ["first done", "sorry sent", "again listed"]
    shop.tell("outcome", rule="r", step="again", outcome="reached")
    assert shop.wait("2026-11-09T16:00").one(step="last").state == "sent"


def test_a_step_whose_condition_does_not_hold_is_passed_over():
    assert names(called("reached")) == ["first done", "last scheduled"]


def test_what_nobody_did_expires_and_the_next_step_sees_it():
    shop = an_engine(
        rules_of(
            a_rule(
                "call: {at: in 1 hour, script: hi}\n"
                "sms: {at: 1 hour after previous, template: hi, when: previous.outcome == 'expired'}"
            )
        )
    )
    shop.tell("purchase")
    assert shop.wait("2026-11-04T16:00").states() == ["expired valid_for", "sent"]


def test_what_was_refused_is_an_outcome_too():
    shop = an_engine(
        rules_of(a_rule("sms: {at: in 1 hour, template: hi}\nemail: {at: 1 hour after previous, template: hi}")),
        a_customer(phone=""),
    )
    shop.tell("purchase")
    assert shop.wait("2026-11-03T16:00").states() == ["suppressed no_address:sms", "sent"]


def test_a_stop_ends_the_chain_before_its_next_step_is_planned():
    shop = an_engine(CHAIN.replace("    steps:", "    stop_on: [refund]\n    steps:", 1))
    shop.tell("purchase")
    shop.tell("refund")
    assert names(shop.wait("2026-11-09T16:00")) == ["first cancelled"]


@pytest.mark.parametrize("said", [{"rule": "r"}, {"rule": "r", "step": "call"}, {"rule": "r", "step": "first"}])
def test_an_outcome_names_its_call_by_rule_and_step(said: dict[str, str]):
    shop = an_engine(CHAIN)
    shop.tell("purchase")
    shop.wait("2026-11-02T16:30").tell("outcome", outcome="reached", **said)
    assert shop.one(step="first").state == "done"


def test_an_outcome_names_its_call_by_id_and_keeps_who_and_what():
    shop = an_engine(CHAIN)
    shop.tell("purchase")
    shop.wait("2026-11-02T16:30").tell("outcome", follow_up=shop.one().id, outcome="left_message", by="Kim", note="hm")
    done = shop.one(step="first")
    assert (done.state, done.outcome, done.outcome_by, done.note) == ("done", "left_message", "Kim", "hm")


def test_of_two_calls_the_one_on_the_list_is_meant():
    shop = an_engine(rules_of(a_rule("call: {at: in 1 hour, script: hi}")))
    shop.tell("purchase", id="e1")
    shop.wait("2026-11-02T16:00").tell("purchase", id="e2")
    shop.tell("outcome", rule="r", outcome="reached")
    assert [f.state for f in shop.all()] == ["done", "scheduled"]


def test_an_outcome_of_a_call_that_is_over_changes_nothing():
    shop = called("reached")
    before = shop.all()
    shop.tell("outcome", rule="r", step="first", outcome="no_answer", id="again")
    assert shop.all() == before


def test_a_call_counts_from_its_listing_whatever_came_of_it():
    [touch] = called("no_answer").touches()
    assert (touch.channel, f"{touch.at:%H:%M}", touch.state, touch.by) == ("call", "16:00", "attempted", "Kim")


def test_a_task_touches_nobody():
    shop = an_engine(
        rules_of(
            a_rule(
                "task: {at: in 1 hour, title: Champagne}\n"
                "sms: {at: 1 hour after previous, template: hi, when: previous.outcome == 'done'}"
            )
        )
    )
    shop.tell("purchase")
    assert shop.wait("2026-11-02T16:00").touches() == []
    shop.tell("outcome", rule="r", step="task", outcome="done")
    assert shop.touches() == []
    assert shop.wait("2026-11-03T16:00").states() == ["done done", "sent"]


def test_a_condition_is_asked_again_when_the_step_is_due():
    shop = an_engine(rules_of(a_rule("sms: {at: in 1 day, template: hi, when: count('refund') == 0}")))
    shop.tell("purchase")
    shop.tell("refund")
    assert shop.wait("2026-11-09T16:00").states() == ["cancelled when"]

"""What customers write back: a refusal in their own words, a wrong number, and what a person has to read."""

from __future__ import annotations

import pytest

from outreach.desk import cards
from outreach.flow.replying import READ_REPLY
from tests.support.business import PHONE, Business, a_customer, a_rule, an_engine, an_event, rules_of

ANN, BEN = a_customer("ann"), a_customer("ben")  # one phone, two mailboxes
STEPS = "sms: {at: in 1 hour, template: hi}\nemail: {at: in 2 hours, template: hi}\ncall: {at: in 3 hours, script: hi}"
CARE, ADVERT = rules_of(a_rule(STEPS)), rules_of(a_rule(STEPS, purpose="marketing"))
NEWS, RECALL = rules_of(a_rule(STEPS, purpose="transactional")), rules_of(a_rule(STEPS, purpose="safety"))
LONG = "sms: {at: in 1 hour, template: hi, valid_for: 3 days}"
DONE = ["sent", "sent", "listed"]


def after(rules: str, text: str, **data: str) -> Business:
    """Both bought something, Ann answered, and a day went by."""
    shop = an_engine(rules, ANN, BEN)
    for person in (ANN, BEN):
        shop.tell("purchase", person.id)
    shop.tell("message.received", "ann", text=text, **data)
    return shop.wait("2026-11-03T14:00")


@pytest.mark.parametrize(
    "text", ["STOP PLEASE", "Stopp!", "please stop texting me", "Arrêtez s'il vous plaît", "No más mensajes", "BAJA"]
)
def test_a_stop_in_other_words_is_one(text: str):
    shop = after(CARE, text)
    assert shop.states("ann") == ["suppressed opted_out:sms", "sent", "listed"]
    assert shop.states("ben") == ["suppressed opted_out:sms", "sent", "listed"]


@pytest.mark.parametrize("text", ["Please leave me alone", "Lassen Sie mich in Ruhe", "Déjenme en paz"])
def test_who_wants_to_be_left_alone_is_by_every_channel_and_the_other_at_that_phone_by_mail_as_before(text: str):
    for rules in (CARE, ADVERT):
        shop = after(rules, text)
        assert {s.split()[0] for s in shop.states("ann")} == {"suppressed"}
        assert shop.states("ben") == ["suppressed opted_out:sms", "sent", "suppressed opted_out:call"]
    assert after(NEWS, text).states("ann") == ["suppressed opted_out:sms", "sent", "listed"]


@pytest.mark.parametrize("text", ["Don't call me anymore", "Ne m'appelez plus", "Rufen Sie mich nicht mehr an"])
def test_who_does_not_want_to_be_called_is_not_called_either(text: str):
    assert after(CARE, text).states("ann") == ["suppressed opted_out:sms", "sent", "suppressed opted_out:call"]


def test_a_mail_that_refuses_ends_mail_that_wants_something():
    for rules, mail in ((CARE, "suppressed opted_out:email"), (ADVERT, "suppressed opted_out:email"), (NEWS, "sent")):
        shop = after(rules, "unsubscribe me", channel="email")
        assert (shop.states("ann")[1], shop.states("ben")[1]) == (mail, "sent")
        assert shop.states("ann")[0] == "sent"


def test_on_the_answering_machine_it_ends_calls_and_marketing_by_sms():
    assert after(CARE, "do not call again", channel="call").states("ann") == [
        "sent",
        "sent",
        "suppressed opted_out:call",
    ]
    assert after(ADVERT, "do not call again", channel="call").states("ben")[0] == "suppressed opted_out:sms"


def test_a_recall_hears_a_stop_by_sms_and_goes_out_by_the_other_channels():
    assert after(RECALL, "please leave me alone").states("ann") == ["suppressed opted_out:sms", "sent", "listed"]


def test_it_is_the_phone_she_wrote_from_as_well():
    shop = an_engine(CARE, ANN, a_customer("eve", phone="+12125550199"))
    shop.tell("purchase", "eve")
    shop.tell("message.received", "ann", text="STOP", **{"from": "+1 (212) 555-0199"})
    assert shop.wait("2026-11-03T14:00").states("eve") == ["suppressed opted_out:sms", "sent", "listed"]
    shop.tell("purchase", "ann", id="hers")
    assert shop.wait("2026-11-04T16:00").states("ann")[0] == "suppressed suppressed:sms"


@pytest.mark.parametrize("sender", ["212 555 0199", "unknown", "", "0012125550199x"])
def test_a_sender_that_is_no_number_leaves_her_own(sender: str):
    shop = after(CARE, "STOP", **{"from": sender})
    assert shop.states("ann")[0] == "suppressed opted_out:sms"


@pytest.mark.parametrize("word", ["START", "YES", "UNSTOP", "Yes"])
def test_no_word_lifts_a_stop(word: str):
    shop = after(CARE, "STOP")
    shop.tell("message.received", "ann", text=word)
    shop.tell("purchase", "ann", id="again")
    assert shop.wait("2026-11-04T16:00").states("ann")[3] == "suppressed suppressed:sms"


@pytest.mark.parametrize("text", ["Wrong number", "who is this?", "Falsche Nummer", "Se equivoca de número"])
def test_a_wrong_number_is_used_by_nobody_for_nothing(text: str):
    for rules in (CARE, RECALL):
        shop = after(rules, text)
        assert shop.states("ann") == ["suppressed opted_out:sms", "sent", "suppressed opted_out:call"]
        assert shop.states("ben") == shop.states("ann")
        assert all(t.channel == "email" for t in shop.touches("ann"))


def test_its_new_owner_inherits_nothing_and_nothing_goes_there():
    shop = after(CARE, "wrong number")
    shop.engine.save_customers([(a_customer("new", phone=PHONE), [])])
    shop.tell("purchase", "new")
    assert shop.wait("2026-11-04T16:00").states("new") == [
        "suppressed suppressed:sms",
        "sent",
        "suppressed suppressed:call",
    ]


def asked(rules: str = rules_of(a_rule(LONG)), text: str = "not interested") -> Business:
    shop = an_engine(rules, ANN, BEN)
    shop.tell("purchase", "ann")
    shop.tell("message.received", "ann", text=text)
    return shop.wait("2026-11-02T17:00")


def the_task(shop: Business):
    [task] = [f for f in shop.all("ann") if f.rule == READ_REPLY]
    return task


def test_what_nobody_can_tell_waits_and_is_on_the_list():
    shop = asked()
    assert (shop.one(customer="ann").state, shop.one(customer="ann").reason) == ("scheduled", "hold:reply")
    [card] = cards(shop.engine)
    assert (card.id, card.channel, card.text) == (the_task(shop).id, "task", "not interested")
    assert card.title == "Read the reply of Ann"


def test_only_she_waits():
    shop = asked()
    shop.tell("purchase", "ben")
    assert shop.wait("2026-11-02T19:00").states("ben") == ["sent"]


@pytest.mark.parametrize("purpose", ["transactional", "safety"])
def test_what_she_waits_for_is_not_held(purpose: str):
    assert asked(rules_of(a_rule(LONG, purpose=purpose))).one(customer="ann").state == "sent"


def test_after_a_day_it_goes_on_by_itself_and_says_that_nobody_looked():
    shop = asked().wait("2026-11-03T14:59")
    assert shop.one(customer="ann").state == "scheduled"
    shop.wait("2026-11-03T15:00")
    assert (shop.one(customer="ann").state, shop.touches("ann")[0].at) == ("sent", shop.clock.instant)
    assert (the_task(shop).state, the_task(shop).reason) == ("expired", "valid_for")


def say(shop: Business, outcome: str) -> Business:
    shop.tell("outcome", "ann", follow_up=the_task(shop).id, outcome=outcome, by="Lena")
    return shop.wait(shop.clock.instant)


def test_a_person_says_that_it_is_none_and_it_goes_on_at_once():
    shop = say(asked(), "done")
    assert (shop.one(customer="ann").state, the_task(shop).outcome) == ("sent", "done")


def test_a_person_says_that_it_is_one():
    shop = say(asked(rules_of(a_rule(LONG), a_rule("call: {at: in 3 days, script: hi}", name="ring"))), "do_not_call")
    assert shop.one(customer="ann").reason == "opted_out:sms"
    shop.tell("purchase", "ben")
    assert shop.wait("2026-11-02T20:00").one(customer="ben").reason == "suppressed:sms"


def test_a_person_says_that_the_number_is_wrong():
    shop = say(asked(rules_of(a_rule(LONG), a_rule("call: {at: in 3 days, script: hi}", name="ring"))), "wrong_number")
    assert {f.reason for f in shop.all("ann") if f.rule != READ_REPLY} == {"opted_out:sms", "opted_out:call"}


def test_who_could_not_read_it_changes_nothing():
    shop = say(asked(), "not_done")
    assert shop.one(customer="ann").reason == "hold:reply"
    assert shop.wait("2026-11-03T15:00").one(customer="ann").state == "sent"


def test_of_two_replies_both_are_read_first():
    shop = asked()
    shop.tell("message.received", "ann", text="This is annoying", id="second")
    first = next(f for f in shop.all("ann") if f.rule == READ_REPLY and f.event != "second")
    shop.tell("outcome", "ann", follow_up=first.id, outcome="done")
    assert shop.wait("2026-11-03T15:00").one(customer="ann").state == "scheduled"
    assert shop.wait("2026-11-03T17:00").one(customer="ann").state == "sent"


def test_a_clear_word_settles_what_was_doubtful():
    shop = asked()
    shop.tell("message.received", "ann", text="STOP")
    assert (the_task(shop).state, the_task(shop).reason) == ("cancelled", "refused")
    assert cards(shop.engine) == []


def test_history_and_old_news_ask_nobody_to_read():
    shop = an_engine(rules_of(a_rule(LONG)), ANN)
    reply = an_event("message.received", "ann", at="2026-11-02T14:00", text="not interested")
    shop.engine.ingest([reply], starts=False)
    shop.tell("message.received", "ann", at="2026-10-30T14:00", text="not interested")
    shop.tell("purchase", "ann")
    assert shop.wait("2026-11-03T14:00").states("ann") == ["sent"]


def test_a_refusal_in_history_counts():
    shop = an_engine(rules_of(a_rule(LONG)), ANN)
    shop.engine.ingest(
        [an_event("message.received", "ann", at="2024-11-02T14:00", text="leave me alone")], starts=False
    )
    shop.tell("purchase", "ann")
    assert shop.wait("2026-11-03T14:00").states("ann") == ["suppressed suppressed:sms"]


def test_a_rule_may_not_ask_for_the_marks():
    shop = an_engine(rules_of(a_rule(when="open('reply') || open('refusal')")), ANN)
    shop.tell("message.received", "ann", text="not interested")
    shop.tell("consent.withdrawn", "ann", channel="email")
    shop.tell("purchase", "ann")
    assert [f.rule for f in shop.all("ann")] == [READ_REPLY]


def test_the_same_reply_twice_is_one_task():
    shop = asked()
    reply = next(f for f in shop.all("ann") if f.rule == READ_REPLY).event
    again = an_event("message.received", "ann", id=reply, text="not interested")
    assert shop.engine.ingest([again])[0].status == "duplicate"
    assert the_task(shop).state == "listed"

"""Edge cases of what changes between plan and send: it is asked again at the last moment, and heard."""

from __future__ import annotations

from datetime import timedelta

import pytest

from outreach.core.rule_index import RuleIndex
from outreach.ports import Message
from tests.support.business import Business, a_customer, a_rule, a_rulebook, an_engine, rules_of, utc
from tests.support.senders import ScriptedSender

SECOND = timedelta(seconds=1)
DUE = utc("2026-11-02T16:00")
LONG = "sms: {at: in 1 hour, template: hi, valid_for: 3 days}"
CALL = "call: {at: in 1 hour, script: hi, valid_for: 3 days}"
HELD = (
    "{min_gap: 1 day, caps: [], holidays: none, holds: [{while: complaint, purposes: [marketing]},"
    " {while: bereavement, purposes: [marketing, care]}]}"
)
ANN, BEN = a_customer("ann"), a_customer("ben")


def advert(step: str = LONG, **keys: str) -> str:
    return a_rule(step, **({"purpose": "marketing"} | keys))


def bought(*rules: str, cadence: str = HELD, **given: object) -> Business:
    """Something was bought at 15:00; what follows is due at 16:00."""
    it = an_engine(rules_of(*rules, cadence=cadence), **given)
    it.tell("purchase")
    return it


def just_before(it: Business) -> Business:
    return it.wait(DUE - SECOND)


def with_rules(it: Business, text: str) -> Business:
    """The engine is started anew with other rules, on the same database."""
    book = a_rulebook(text)
    it.engine.rules, it.engine.policy = RuleIndex(book.rules), book.policy
    it.engine.__post_init__()
    return it


def test_a_complaint_a_second_before_holds_an_advert():
    it = just_before(bought(advert()))
    it.tell("complaint.opened", key="k")
    assert it.wait(DUE).states() == ["scheduled hold:complaint"]
    assert it.wait("2026-11-09T00:00").states() == ["expired hold:complaint"]


def test_a_complaint_takes_an_advertising_call_off_the_list_and_gives_its_place_back():
    it = bought(advert(CALL)).wait("2026-11-02T17:00")
    assert (it.states(), len(it.touches())) == (["listed"], 1)
    it.tell("complaint.opened", key="k")
    it.wait("2026-11-02T17:00")
    assert (it.states(), it.touches()) == (["scheduled hold:complaint"], [])
    it.wait("2026-11-03T10:00").tell("complaint.resolved", key="k")
    assert it.wait("2026-11-03T10:00").states() == ["listed"]


def test_a_complaint_leaves_a_call_of_care_on_the_list():
    it = bought(a_rule(CALL)).wait("2026-11-02T17:00")
    it.tell("complaint.opened", key="k")
    assert it.wait("2026-11-02T18:00").states() == ["listed"]


def test_a_stop_a_second_before_is_heard():
    it = just_before(bought(a_rule(LONG)))
    it.tell("message.received", text="STOP")
    assert (it.wait("2026-11-09T00:00").states(), it.touches()) == (["suppressed opted_out:sms"], [])


def test_a_stop_while_the_provider_is_called_allows_that_one_and_no_other():
    sender = ScriptedSender()
    it = bought(a_rule(LONG + "\nsms: {at: 2 days after previous, template: hi}"), senders={"sms": sender})

    def she_says_stop(message: Message) -> None:
        if not sender.seen:
            it.tell("message.received", text="STOP")

    sender.before = she_says_stop
    assert it.wait("2026-11-12T00:00").states() == ["sent", "suppressed suppressed:sms"]
    assert (len(sender.seen), [t.state for t in it.touches()]) == (1, ["attempted"])


@pytest.mark.parametrize(
    ("type", "data"),
    [("visit", {}), ("message.received", {"text": "Thanks, all fine"}), ("appointment.booked", {}), ("purchase", {})],
)
def test_who_came_back_replied_or_booked_a_second_before_is_left_alone(type: str, data: dict[str, str]):
    """The rule says what its goal is: a sign of it ends the run."""
    it = just_before(
        bought(advert(stop_on="[visit, message.received, appointment.booked, purchase]", once_per="customer"))
    )
    it.tell(type, id="back", **data)
    assert it.wait("2026-11-09T00:00").states() == [f"cancelled stop_on:{type}"]


def test_who_was_called_by_hand_this_morning_is_not_written_to_before_the_gap_is_over():
    it = bought(a_rule(LONG), cadence="{min_gap: 20 hours, caps: [], holidays: none}")
    it.wait("2026-11-02T15:30").tell("contact.made", channel="call", by="Kim")
    assert it.wait(DUE).states() == ["scheduled gap:20h"]
    assert it.wait("2026-11-09T00:00").one().ended == utc("2026-11-03T11:30")


@pytest.mark.parametrize("purpose", ["marketing", "care"])
def test_who_has_died_is_held_by_a_hold_that_the_house_has_named(purpose: str):
    it = just_before(bought(a_rule(LONG, purpose=purpose)))
    it.tell("bereavement.opened")
    assert it.wait("2026-11-09T00:00").states() == ["expired hold:bereavement"]


def test_a_hold_of_the_houses_own_takes_calls_off_the_list_and_ends_when_it_is_resolved():
    it = bought(a_rule(CALL)).wait(DUE)
    it.tell("bereavement.opened", key="k")
    assert it.wait("2026-11-02T20:00").states() == ["scheduled hold:bereavement"]
    it.tell("bereavement.resolved", key="k")
    assert it.wait("2026-11-02T20:00").states() == ["listed"]


def test_a_hold_that_no_cadence_names_holds_nothing():
    it = just_before(bought(a_rule(LONG)))
    it.tell("audit.opened")
    assert it.wait(DUE).states() == ["sent"]


def test_a_minor_is_left_out_by_a_rule_that_asks():
    it = just_before(bought(advert(when="\"!('minor' in customer.tags)\"", if_no_longer_matches="stop")))
    it.tell("customer.changed", tags=["minor"])
    assert it.wait(DUE).states() == ["cancelled no_longer_matches"]


def test_a_new_phone_a_second_before_is_the_one_that_is_written_to_and_counts():
    sender = ScriptedSender()
    it = just_before(bought(a_rule(LONG), senders={"sms": sender}))
    it.tell("customer.changed", phone="+12125550177")
    it.wait(DUE)
    with it.engine.store.reading() as tx:
        new = tx.customers.keys(a_customer(phone="+12125550177"))["sms"]
    assert [m.to for m in sender.seen] == ["+12125550177"]
    assert [t.address_key for t in it.touches()] == [new]


def test_a_new_phone_that_has_just_been_written_to_waits_for_its_gap():
    it = an_engine(rules_of(a_rule(LONG), cadence=HELD), ANN, a_customer("ben", phone="+12125550177"))
    it.tell("purchase", "ben")
    it.wait("2026-11-02T15:30").tell("purchase", "ann")
    it.wait(DUE).tell("customer.changed", "ann", phone="+12125550177")
    it.wait("2026-11-09T00:00")
    assert (it.one(customer="ben").ended, it.one(customer="ann").ended) == (DUE, DUE + timedelta(days=1))


def test_a_call_on_the_list_that_would_now_go_to_another_phone_counts_there():
    """Her husband's phone was rung an hour ago: her call leaves the list and waits for that phone's gap."""
    it = an_engine(rules_of(a_rule(CALL), cadence=HELD), ANN, a_customer("ben", phone="+12125550177"))
    it.tell("purchase", "ben")
    it.wait("2026-11-02T15:30").tell("purchase", "ann")
    it.wait("2026-11-02T17:00").tell("customer.changed", "ann", phone="+12125550177")
    assert it.wait("2026-11-02T17:00").states("ann") == ["scheduled gap:1d"]
    assert it.wait("2026-11-03T16:00").states("ann") == ["listed"]


@pytest.mark.parametrize(("seconds", "state"), [(1, "sent"), (0, "suppressed no_consent:sms")])
def test_consent_that_runs_out_between_plan_and_send_is_worth_nothing_from_its_very_end(seconds: int, state: str):
    it = an_engine(rules_of(advert(), cadence=HELD), agreed=False)
    until = (DUE + seconds * SECOND).isoformat()
    it.tell("consent.given", channel="sms", purpose="marketing", expires=until)
    it.tell("purchase")
    assert it.wait(DUE).states() == [state]


def test_a_rule_that_is_edited_after_the_plan_is_taken_as_it_is_now():
    it = bought(a_rule("sms: {at: in 1 hour, template: hi}", when="event.total > 10"), cadence=HELD)
    assert it.all() == []
    it.tell("purchase", id="e2", total=50)
    planned = it.one().version
    with_rules(it, rules_of(a_rule("sms: {at: in 1 hour, template: hi, when: event.total > 100}"), cadence=HELD))
    assert it.wait(DUE).states() == ["cancelled when"]
    assert it.one().version == planned != ""


@pytest.mark.parametrize(
    ("text", "end"),
    [
        (rules_of(a_rule(LONG, active="false"), cadence=HELD), "cancelled rule_inactive"),
        (rules_of(a_rule(LONG, name="another"), cadence=HELD), "cancelled rule_removed"),
    ],
)
def test_a_rule_that_is_switched_off_or_removed_a_second_before_sends_nothing(text: str, end: str):
    assert with_rules(just_before(bought(a_rule(LONG))), text).wait(DUE).states() == [end]


def test_a_template_that_has_lost_its_value_holds_the_message_and_takes_no_place():
    it = bought(a_rule("sms: {at: in 1 hour, template: broken}"), a_rule(LONG, name="s", priority="10"))
    it.wait(DUE)
    assert sorted(it.states()) == ["held template", "sent"]
    assert len(it.touches()) == 1

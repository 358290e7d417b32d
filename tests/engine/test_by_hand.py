"""Contacts made by hand: one may ask first, each counts, what it breaks is written down, and the plan makes room."""

from __future__ import annotations

import pytest

from outreach.by_hand import Answer, Contact, UnknownCustomerError, ask, log
from outreach.core.trace import Reason
from outreach.errors import InputError
from tests.support.business import Business, a_customer, a_rule, an_engine, an_event, rules_of, utc

pytestmark = pytest.mark.postgres_too

CADENCE = (
    "{min_gap: 20 hours, caps: [{max: 1, per: 14 days, channel: call}, {max: 3, per: 30 days}], holidays: none,"
    " hours: {call: {mon-fri: '10:00-18:00'}}}"
)
WIDE = "{min_gap: 20 hours, caps: [], holidays: none}"


def a_call(priority: int = 70, at: str = "in 1 hour", valid_for: str = "3 days", name: str = "r", **keys: str) -> str:
    step = f"call: {{at: {at}, valid_for: {valid_for}, script: hi}}"
    return a_rule(step, name=name, priority=str(priority), **keys)


def a_house(*rules: str, cadence: str = CADENCE, at: str = "2026-11-02T15:00") -> Business:
    return an_engine(rules_of(*rules or [a_rule(on="never")], cadence=cadence), a_customer(), at=at)


def may(it: Business, **given: str) -> Answer:
    return ask(it.engine, Contact(customer="c1", **given))


def codes(answer: Answer) -> list[str]:
    return [r.code for r in answer.verdict.reasons]


def by_hand(it: Business, customer: str = "c1") -> list[tuple[Reason, ...]]:
    with it.engine.store.reading() as tx:
        return [t.reasons for t in tx.traces.of(customer) if t.decision == "by_hand"]


def test_nothing_stands_in_the_way():
    answer = may(a_house())
    assert (answer.verdict.allowed, answer.verdict.next) == (True, utc("2026-11-02T15:00"))


def test_all_that_stands_in_the_way_is_told_with_its_numbers():
    it = a_house()
    it.tell("contact.made", channel="call")
    it.wait("2026-11-03T09:00")  # four in the morning where she is
    answer = may(it)
    assert codes(answer) == ["hours:call", "gap:20h", "cap:1/14d"]
    [cap] = [r for r in answer.verdict.reasons if r.code == "cap:1/14d"]
    assert cap.numbers == {"used": 1, "limit": 1, "window": "14d", "free": "2026-11-16T15:00:00+00:00"}
    assert answer.verdict.next == utc("2026-11-16T15:00")
    assert codes(may(it, channel="email")) == ["gap:20h"]
    assert may(it, channel="email", purpose="transactional").verdict.allowed


def test_it_asks_for_consent_and_address_too():
    it = a_house()
    it.engine.save_customers([(a_customer("c2", phone="", email="c2@example.com"), [])])
    assert codes(ask(it.engine, Contact(customer="c2"))) == ["no_address:call"]
    wanted = ask(it.engine, Contact(customer="c2", channel="email", purpose="marketing"))
    assert (codes(wanted), wanted.verdict.next) == (["no_consent:email"], None)


def test_a_contact_that_would_push_out_a_more_important_one_is_warned_of():
    it = a_house(a_call(70, valid_for="2 hours"), cadence=WIDE)
    it.tell("purchase")
    answer = may(it)
    assert codes(answer) == ["pushes_out:r"]
    assert answer.verdict.reasons[0].numbers["planned"] == "2026-11-02T16:00:00+00:00"
    assert answer.verdict.next == utc("2026-11-03T12:00")  # 20 hours behind it
    assert may(it, channel="email", purpose="transactional").verdict.allowed  # what she waits for can't wait for it


def test_a_less_important_one_is_moved_and_said_so():
    it = a_house(a_call(30, valid_for="2 hours"), a_call(90, valid_for="5 days", on="visit", name="late"), cadence=WIDE)
    it.tell("purchase")
    assert may(it).verdict.allowed
    assert [(s.follow_up.rule, s.after) for s in may(it).verdict.shifts] == [("r", None)]
    it = a_house(a_call(90, valid_for="5 days"), cadence=WIDE)
    it.tell("purchase")
    assert [(s.follow_up.rule, s.after) for s in may(it).verdict.shifts] == [("r", utc("2026-11-03T11:00"))]
    assert may(it).verdict.allowed


@pytest.mark.parametrize("given", [{"channel": "task"}, {"purpose": "love"}, {"direction": "up"}])
def test_what_is_unknown_is_refused_with_what_is_known(given: dict[str, str]):
    with pytest.raises(InputError, match="use one of"):
        may(a_house(), **given)


def test_an_unknown_customer_is_refused():
    with pytest.raises(UnknownCustomerError, match="customers import"):
        log(a_house().engine, Contact(customer="nobody"))


def test_the_guard_refuses_a_contact_until_somebody_says_why_all_the_same():
    it = a_house()
    assert log(it.engine, Contact(customer="c1", by="Lena")).status == "accepted"
    it.clock.instant = utc("2026-11-02T17:00")
    assert log(it.engine, Contact(customer="c1")).status == "refused"
    assert len(it.touches()) == 1
    assert log(it.engine, Contact(customer="c1", override="she asked me to")).status == "accepted"
    assert [(t.by, t.state, t.counts) for t in it.touches()] == [("Lena", "attempted", "yes"), ("", "attempted", "yes")]
    allowed, broken = by_hand(it)
    assert [r.code for r in allowed] == ["contact.made"]
    assert [r.code for r in broken] == ["contact.made", "gap:20h", "cap:1/14d", "override"]
    assert broken[2].numbers["used"] == 1
    assert broken[3].text == "she asked me to"


def test_told_twice_under_the_same_id_it_counts_once():
    it = a_house()
    assert log(it.engine, Contact(customer="c1", id="k1")).status == "accepted"
    assert log(it.engine, Contact(customer="c1", id="k1")).status == "duplicate"
    assert len(it.touches()) == 1


def test_a_bare_event_is_a_fact_that_counts_and_what_it_broke_is_told():
    it = a_house()
    it.tell("contact.made", channel="sms", id="a")
    it.wait("2026-11-02T16:00").tell("contact.made", channel="sms", id="b", override="wrong text sent")
    assert [[r.code for r in told] for told in by_hand(it)] == [
        ["contact.made"], ["contact.made", "gap:20h", "override"],
    ]  # fmt: skip
    assert len(it.touches()) == 2


@pytest.mark.parametrize("direction", ["inbound", "Inbound"])
def test_what_she_did_never_counts(direction: str):
    it = a_house()
    it.tell("contact.made", channel="call", direction=direction)
    assert (it.touches(), by_hand(it)) == ([], [])
    assert log(it.engine, Contact(customer="c1", direction="inbound")).status == "accepted"
    assert it.touches() == []


def test_a_preparation_touches_nobody():
    it = a_house()
    it.tell("contact.made", channel="task")
    assert it.touches() == []


def test_a_purpose_that_nobody_knows_counts_as_care():
    it = a_house()
    it.tell("contact.made", channel="call", purpose="birthday")
    assert [t.purpose for t in it.touches()] == ["care"]


def test_a_clock_that_is_fast_makes_no_contact_of_tomorrow():
    it = a_house()
    it.tell("contact.made", at="2026-11-03T14:00", channel="call")
    assert [t.at for t in it.touches()] == [utc("2026-11-02T15:00")]
    assert by_hand(it)[0][0].numbers["said"] == "2026-11-03T14:00:00+00:00"
    assert it.tell("contact.made", at="2026-11-04T15:01", channel="call").status == "rejected"


def test_one_of_long_ago_is_kept_and_holds_nothing_back():
    it = a_house(a_call())
    it.tell("purchase")
    it.tell("contact.made", at="2025-11-02T15:00", channel="call")
    assert [r.code for r in by_hand(it)[0]] == ["contact.made", "long_ago"]
    assert (it.one().reason, it.wait("2026-11-02T16:00").one().state) == ("", "listed")


def test_one_of_last_week_counts_for_as_long_as_is_left():
    it = a_house()
    it.tell("contact.made", at="2026-10-26T15:00", channel="call")
    assert may(it).verdict.next == utc("2026-11-09T15:00")


def test_history_counts_and_judges_nobody():
    it = a_house(a_call())
    it.tell("purchase")
    it.engine.ingest([an_event("contact.made", channel="call")], starts=False)
    assert (len(it.touches()), by_hand(it), it.one().reason) == (1, [], "")


def test_what_is_planned_and_has_no_room_any_more_is_put_off_at_once():
    it = a_house(a_call(valid_for="20 days"))
    it.tell("purchase")
    it.tell("contact.made", channel="call")
    put_off = it.one()
    assert (put_off.state, put_off.reason, put_off.wake) == ("scheduled", "cap:1/14d", utc("2026-11-16T15:00"))
    assert ("deferred", "cap:1/14d") in it.reasons()


def test_what_finds_no_room_while_it_is_worth_something_expires_for_that_reason():
    it = a_house(a_call(valid_for="3 days"))
    it.tell("purchase")
    it.tell("contact.made", channel="call")
    over = it.wait("2026-11-10T00:00").one()
    assert (over.state, over.reason, over.listed) == ("expired", "cap:1/14d", None)


def test_a_card_on_the_list_is_taken_off_when_somebody_has_rung_by_hand():
    it = a_house(a_call(valid_for="20 days"))
    it.tell("purchase")
    assert it.wait("2026-11-02T16:30").one().state == "listed"
    it.tell("contact.made", channel="call", by="Dana")
    assert it.one().state == "scheduled"
    assert [t.by for t in it.touches() if t.counting] == ["Dana"]
    assert ("taken_off", "gap:20h") in it.reasons()
    assert it.wait("2026-11-16T16:29").one().state == "scheduled"
    assert it.wait("2026-11-16T16:30").one().state == "listed"
    assert len([t for t in it.touches() if t.counting]) == 2


def test_a_card_that_cannot_wait_stays_on_the_list():
    it = a_house(a_call(valid_for="20 days", purpose="transactional"))
    it.tell("purchase")
    it.wait("2026-11-02T16:30").tell("contact.made", channel="call")
    assert it.one().state == "listed"


def test_a_card_stays_on_the_list_where_only_its_hours_are_over():
    it = a_house(
        a_call(valid_for="20 days"), cadence=CADENCE.replace("20 hours", "0 minutes").replace("max: 1", "max: 9")
    )
    it.tell("purchase")
    it.wait("2026-11-03T00:30").tell("contact.made", channel="call")
    assert it.one().state == "listed"


def test_an_inbound_contact_moves_nothing():
    it = a_house(a_call(valid_for="20 days"))
    it.tell("purchase")
    it.tell("contact.made", channel="call", direction="inbound")
    assert (it.one().reason, it.one().wake) == ("", utc("2026-11-02T16:00"))


def test_who_has_become_another_is_asked_about_and_written_down_as_that_one():
    it = an_engine(rules_of(a_rule(on="never"), cadence=CADENCE), a_customer(), a_customer("c2"), at="2026-11-02T15:00")
    it.tell("contact.made", "c2", channel="call", id="k0")
    it.tell("customer.merged", into="c2")
    answer = may(it)
    assert (answer.contact.customer, codes(answer)) == ("c2", ["gap:20h", "cap:1/14d"])
    made = Contact(customer="c1", override="she asked", id="k1")
    assert [log(it.engine, made).status for _ in range(2)] == ["accepted", "duplicate"]
    assert (len(it.touches("c2")), it.touches("c1")) == (2, [])


def test_a_restored_database_cannot_tell():
    it = a_house()
    it.engine.store.write(lambda tx: tx.house.quarantine(it.clock.instant))
    answer = may(it)
    assert (codes(answer), answer.verdict.next, answer.verdict.shifts) == (["quarantine"], None, ())
    assert log(it.engine, Contact(customer="c1")).status == "refused"
    assert log(it.engine, Contact(customer="c1", direction="inbound", id="she rang")).status == "accepted"
    assert log(it.engine, Contact(customer="c1", override="it was made")).status == "accepted"
    assert len(it.touches()) == 1

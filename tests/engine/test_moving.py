"""What moves: a stay that is postponed, a customer who changes her time zone or her date."""

from __future__ import annotations

import pytest

from tests.support.business import a_customer, a_rule, an_engine, rules_of, utc

pytestmark = pytest.mark.postgres_too

STAY = (
    "sms: {at: 5 days before event.arrival 09:00, template: hi}\n"
    "sms: {at: 2 days after event.arrival 10:00, template: hi}"
)
BOOKED = rules_of(a_rule(STAY, on="stay.booked", key="stay_id", stop_on="[stay.cancelled]"))
CALL = rules_of(a_rule("call: {at: 1 day before event.arrival 10:00, script: hi}", on="stay.booked", key="stay_id"))


def dues(shop) -> list[str]:
    return [f"{f.due:%m-%d %H:%M}" for f in shop.all()]


def test_a_moved_stay_moves_what_lies_ahead():
    shop = an_engine(BOOKED)
    shop.tell("stay.booked", stay_id="S", arrival="2026-11-20")
    assert dues(shop) == ["11-15 14:00", "11-22 15:00"]
    shop.tell("stay.moved", stay_id="S", arrival="2026-11-27")
    assert dues(shop) == ["11-22 14:00", "11-29 15:00"]
    assert shop.wait("2026-12-20T00:00").states() == ["sent", "sent"]


def test_what_was_done_stays_where_it_was():
    shop = an_engine(BOOKED)
    shop.tell("stay.booked", stay_id="S", arrival="2026-11-20")
    shop.wait("2026-11-16T00:00").tell("stay.moved", stay_id="S", arrival="2026-11-27")
    assert dues(shop) == ["11-15 14:00", "11-29 15:00"]


def test_a_stay_of_another_name_moves_nothing():
    shop = an_engine(BOOKED)
    shop.tell("stay.booked", stay_id="S", arrival="2026-11-20")
    shop.tell("stay.moved", stay_id="T", arrival="2026-11-27")
    assert dues(shop) == ["11-15 14:00", "11-22 15:00"]


def test_a_cancelled_stay_is_neither_welcomed_nor_thanked():
    shop = an_engine(BOOKED)
    shop.tell("stay.booked", stay_id="S", arrival="2026-11-20")
    shop.tell("stay.cancelled", stay_id="S")
    assert set(shop.states()) == {"cancelled stop_on:stay.cancelled"}


def test_a_call_already_on_the_list_leaves_it_and_gives_its_place_back():
    shop = an_engine(CALL)
    shop.tell("stay.booked", stay_id="S", arrival="2026-11-05")
    assert shop.wait("2026-11-04T15:00").states() == ["listed"]
    shop.tell("stay.moved", stay_id="S", arrival="2026-11-12")
    assert (shop.states(), shop.touches(), dues(shop)) == (["scheduled"], [], ["11-11 15:00"])
    assert shop.wait("2026-11-11T15:00").states() == ["listed"]
    assert [t.at for t in shop.touches()] == [utc("2026-11-11T15:00")]


def test_a_stay_moved_into_the_past_lets_what_is_stale_expire():
    shop = an_engine(CALL)
    shop.tell("stay.booked", stay_id="S", arrival="2026-11-20")
    shop.tell("stay.moved", stay_id="S", arrival="2026-10-28")
    assert shop.wait("2026-11-03T00:00").states() == ["expired valid_for"]


def test_the_trace_tells_from_where_to_where():
    shop = an_engine(CALL)
    shop.tell("stay.booked", stay_id="S", arrival="2026-11-20")
    shop.tell("stay.moved", stay_id="S", arrival="2026-11-27")
    assert ("moved", "moved:stay.moved") in shop.reasons()


def test_a_condition_sees_what_changed():
    shop = an_engine(
        rules_of(a_rule("sms: {at: 1 day before event.arrival 09:00, template: hi, when: event.room == 'suite'}",
                        on="stay.booked", key="stay_id"))
    )  # fmt: skip
    shop.tell("stay.booked", stay_id="S", arrival="2026-11-20", room="suite")
    shop.tell("stay.moved", stay_id="S", arrival="2026-11-21", room="single")
    assert shop.wait("2026-12-01T00:00").states() == ["cancelled when"]


def test_a_customer_who_moves_west_is_called_on_her_new_clock():
    shop = an_engine(rules_of(a_rule("call: {at: next day 10:00, script: hi}")))
    shop.tell("purchase")
    shop.tell("customer.changed", timezone="America/Los_Angeles")
    assert dues(shop) == ["11-03 18:00"]


def test_a_customers_own_date_moves_what_hangs_on_it():
    shop = an_engine(
        rules_of(a_rule("sms: {at: 60 days before customer.renews_on 10:00, template: hi}", on="contract.signed")),
        a_customer(fields={"renews_on": "2027-06-01"}),
    )
    shop.tell("contract.signed")
    shop.tell("customer.changed", renews_on="2027-07-01")
    assert dues(shop) == ["05-02 14:00"]

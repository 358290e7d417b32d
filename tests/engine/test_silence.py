"""Rules on silence: nobody came for so long."""

from __future__ import annotations

import pytest

from tests.support.business import a_customer, a_rule, an_engine, an_event, rules_of, utc

pytestmark = pytest.mark.postgres_too

WE_MISS_YOU = rules_of(
    a_rule("sms: {at: immediately, template: hi}", on="{inactive: 90 days, events: [visit, purchase]}")
)


def sent(it, customer: str = "c1") -> list[str]:
    return [f"{f.ended:%Y-%m-%dT%H:%M}" for f in it.all(customer) if f.state == "sent"]


def test_it_fires_when_the_silence_is_long_enough_and_once():
    it = an_engine(WE_MISS_YOU)
    it.tell("visit")
    assert sent(it.wait("2028-01-01T00:00")) == ["2027-01-31T15:00"]


def test_every_such_event_begins_the_silence_anew():
    it = an_engine(WE_MISS_YOU)
    it.tell("visit")
    it.wait("2026-12-02T15:00").tell("purchase")
    it.wait("2026-12-10T15:00").tell("newsletter.opened")
    assert sent(it.wait("2028-01-01T00:00")) == ["2027-03-02T15:00"]


def test_after_it_has_fired_the_next_visit_begins_another_silence():
    it = an_engine(WE_MISS_YOU)
    it.tell("visit")
    it.wait("2027-02-10T15:00").tell("visit")
    assert sent(it.wait("2028-01-01T00:00")) == ["2027-01-31T15:00", "2027-05-11T14:00"]


def test_without_types_any_deed_of_the_customers_counts_and_only_those():
    it = an_engine(rules_of(a_rule("sms: {at: immediately, template: hi}", on="{inactive: 10 days}")))
    it.tell("newsletter.opened")
    it.wait("2026-11-05T15:00").tell("contact.made")
    it.tell("customer.changed", first_name="Anna")
    assert sent(it.wait("2026-12-01T00:00")) == ["2026-11-12T15:00"]


def test_who_never_came_is_not_missed():
    assert an_engine(WE_MISS_YOU).wait("2028-01-01T00:00").all() == []


def test_importing_years_of_history_contacts_nobody():
    it = an_engine(WE_MISS_YOU, *(a_customer(f"c{i}") for i in range(5)))
    past = [an_event("visit", f"c{i}", f"202{n}-0{i + 1}-01T10:00") for i in range(5) for n in range(3, 7)]
    it.engine.ingest(past)
    assert [f for i in range(5) for f in it.wait("2026-11-03T15:00").all(f"c{i}")] == []


def test_an_older_event_that_comes_late_changes_nothing():
    it = an_engine(WE_MISS_YOU)
    it.tell("visit")
    it.wait("2026-11-10T15:00").tell("visit", at="2026-10-01T15:00")
    assert sent(it.wait("2028-01-01T00:00")) == ["2027-01-31T15:00"]


def test_a_visit_withdraws_what_the_silence_planned():
    rule = rules_of(
        a_rule("sms: {at: next day 10:00, template: hi}", on="{inactive: 10 days, events: [visit]}", stop_on="visit")
    )
    it = an_engine(rule)
    it.tell("visit")
    it.wait("2026-11-12T16:00").tell("visit")
    assert it.states() == ["cancelled stop_on:visit"]


def test_a_rule_that_is_new_watches_everybody():
    before = an_engine(rules_of(a_rule()), *(a_customer(f"c{i}") for i in range(3)))
    for i in range(3):
        before.tell("visit", f"c{i}", at=f"2026-09-0{i + 1}T15:00")
    after = an_engine(WE_MISS_YOU, a_customer("late"), store=before.engine.store)
    after.wait("2027-01-01T00:00")
    assert [sent(after, f"c{i}") for i in range(3)] == [
        ["2026-11-30T16:00"],
        ["2026-12-01T16:00"],
        ["2026-12-02T16:00"],
    ]


def test_a_restart_forgets_nothing_and_repeats_nothing():
    it = an_engine(WE_MISS_YOU)
    it.tell("visit")
    again = an_engine(WE_MISS_YOU, a_customer("other"), store=it.engine.store, at="2027-01-31T14:00")
    again.wait("2027-02-02T15:00")
    third = an_engine(WE_MISS_YOU, a_customer("other"), store=it.engine.store, at="2027-02-02T15:00")
    assert sent(third.wait("2027-12-01T00:00")) == ["2027-01-31T15:00"]


def test_a_rule_that_is_taken_away_leaves_no_watch():
    it = an_engine(WE_MISS_YOU)
    it.tell("visit")
    other = an_engine(rules_of(a_rule(on="{every: day 09:00}", when="'false'")), store=it.engine.store)
    other.wait("2027-03-01T00:00")
    with it.engine.store.reading() as tx:
        assert [w.wake for w in tx.watches.of(["c1"])] == [utc("2027-03-01T14:00")]

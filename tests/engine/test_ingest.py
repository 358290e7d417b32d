"""The door: what was seen is passed over, what can't be true is refused, and nothing else of a batch is lost."""

from __future__ import annotations

import sqlite3

import pytest

from tests.support.business import ON_SQLITE, Business, a_customer, a_rule, an_engine, an_event, rules_of

THANKS = rules_of(a_rule())


def said(business: Business, *events) -> list[str]:
    return [receipt.status for receipt in business.engine.ingest(events)]


def test_an_event_is_accepted_and_its_follow_up_planned():
    shop = an_engine(THANKS)
    assert shop.tell("purchase").status == "accepted"
    assert shop.states() == ["scheduled"]


def test_the_same_id_twice_in_a_batch_is_one_event():
    shop = an_engine(THANKS)
    assert said(shop, an_event("purchase", id="e1"), an_event("purchase", id="e1")) == ["accepted", "duplicate"]
    assert len(shop.all()) == 1


def test_the_same_id_in_a_later_batch_is_a_duplicate():
    shop = an_engine(THANKS)
    said(shop, an_event("purchase", id="e1"))
    assert said(shop, an_event("purchase", id="e1"), an_event("purchase", id="e2")) == ["duplicate", "accepted"]
    assert len(shop.all()) == 2


def test_a_duplicate_with_other_data_changes_nothing():
    shop = an_engine(rules_of(a_rule(when="event.total > 10")))
    said(shop, an_event("purchase", id="e1", total=1))
    assert said(shop, an_event("purchase", id="e1", total=99)) == ["duplicate"]
    assert shop.all() == []


def test_the_same_id_from_another_source_is_another_event():
    shop = an_engine(THANKS)
    events = [an_event("purchase", id="e1", source=s) for s in ("till", "web")]
    assert said(shop, *events) == ["accepted", "accepted"]
    assert len(shop.all()) == 2


def test_an_unknown_customer_is_refused_and_nothing_else_is_lost():
    shop = an_engine(THANKS)
    receipts = shop.engine.ingest([an_event("purchase", "nobody"), an_event("purchase")])
    assert [r.status for r in receipts] == ["rejected", "accepted"]
    assert "import the customer first" in receipts[0].reason


def test_a_refused_event_may_come_again_once_its_customer_is_known():
    shop = an_engine(THANKS)
    said(shop, an_event("purchase", "c2", id="e1"))
    shop.engine.save_customers([(a_customer("c2"), [])])
    assert said(shop, an_event("purchase", "c2", id="e1")) == ["accepted"]


def test_customer_changed_may_be_the_first_that_is_heard_of_somebody():
    shop = an_engine(THANKS)
    new = an_event("customer.changed", "c7", phone="+12125550177", timezone="America/New_York", first_name="Bo")
    assert said(shop, new, an_event("purchase", "c7", at="2026-11-02T15:00:01")) == ["accepted", "accepted"]
    assert shop.wait("2026-11-03T15:00").states("c7") == ["sent"]


@pytest.mark.parametrize(
    ("at", "reason"),
    [("2026-11-03T15:01", "ahead of now"), ("2027-11-02T15:00", "ahead of now"), ("1899-12-31T00:00", "before 1900")],
)
def test_a_time_that_cannot_be_true_is_refused(at: str, reason: str):
    receipt = an_engine(THANKS).tell("purchase", at=at)
    assert receipt.status == "rejected"
    assert reason in receipt.reason


def test_a_clock_that_runs_a_little_ahead_is_forgiven():
    shop = an_engine(THANKS)
    assert shop.tell("purchase", at="2026-11-03T15:00").status == "accepted"
    assert shop.tell("visit", at="1900-01-01T00:00").status == "accepted"


def test_old_news_starts_nothing():
    shop = an_engine(THANKS)
    shop.tell("purchase", at="2026-10-31T13:59")  # more than two days ago
    assert shop.states() == []


def test_news_as_old_as_is_allowed_starts_a_run():
    shop = an_engine(rules_of(a_rule("sms: {at: in 3 days, template: hi}")))
    shop.tell("purchase", at="2026-10-31T14:00")  # 10:00 there, as now: two days by the wall clock, 49 hours
    assert shop.states() == ["scheduled"]


def test_a_rule_says_itself_how_old_its_news_may_be():
    shop = an_engine(rules_of(a_rule("sms: {at: in 10 days, template: hi}", max_event_age="8 days")))
    shop.tell("purchase", at="2026-10-25T14:00")
    shop.tell("purchase", at="2026-10-25T13:59")
    assert len(shop.all()) == 1


def test_history_starts_nothing_but_is_known():
    shop = an_engine(rules_of(a_rule(when="count('purchase') == 2")))
    shop.engine.ingest([an_event("purchase", id="old")], starts=False)
    shop.tell("purchase", id="new")
    assert [f.event for f in shop.all()] == ["new"]


@pytest.mark.parametrize(
    ("type", "data", "reason"),
    [
        ("outcome", {"rule": "r", "outcome": "vanished"}, "unknown: use one of"),
        ("outcome", {"outcome": "reached"}, "which call or task it ends"),
        ("consent.withdrawn", {"channel": 5}, "`channel` is 5 and must be sms, email, call or all"),
        ("customer.merged", {"into": "c2"}, "`into` is the unknown customer 'c2'"),
    ],
)
def test_what_the_engine_cannot_understand_is_refused(type: str, data: dict, reason: str):
    receipt = an_engine(THANKS).tell(type, **data)
    assert receipt.status == "rejected"
    assert reason in receipt.reason


def test_many_events_of_one_batch_give_what_they_give_one_by_one():
    events = [an_event("purchase", f"c{n}", id=f"e{n}") for n in range(30)]
    people = [a_customer(f"c{n}") for n in range(30)]
    at_once, one_by_one = an_engine(THANKS, *people), an_engine(THANKS, *people)
    at_once.engine.ingest(events)
    for event in events:
        one_by_one.engine.ingest([event])
    assert [at_once.all(c.id) for c in people] == [one_by_one.all(c.id) for c in people]


def test_a_sleeping_scheduler_is_woken_only_when_something_is_planned():
    woken = []
    shop = an_engine(THANKS, notify=lambda: woken.append(1))
    shop.tell("visit")
    assert woken == []
    shop.tell("purchase")
    assert woken == [1]


def test_a_batch_of_a_keyed_rule_may_be_larger_than_a_statement_has_room_for_values(database_kind: str):
    if database_kind not in ON_SQLITE:
        pytest.skip("a limit of SQLite's")
    shop = an_engine(rules_of(a_rule(key="order_id")))
    with shop.engine.store.reading() as tx:
        tx.events.conn.connection.driver_connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 100)
    events = [an_event("purchase", id=f"e{n}", order_id=n) for n in range(150)]
    assert set(said(shop, *events)) == {"accepted"}
    assert set(said(shop, *events)) == {"duplicate"}
